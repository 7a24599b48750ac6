"""Why a figure is withheld, or not to be trusted: the same words on every page and by every program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from math import floor
from typing import Final
from zoneinfo import ZoneInfo

from agents.language import Language
from agents.translation import Words
from agents.writing import Writing
from streams.chain.breach import Breach
from streams.said import Said, said
from streams.watch.guard import Guard, Reason
from streams.watch.thresholds import GATE

REASONS: Final[Mapping[Reason, Said]] = {
    "no baseline": said("no baseline"),
    "above the prior": said("above the prior"),
    "undecided": said("undecided"),
    "coverage": said("coverage is too low"),
    "recount": said("the recounted rate is implausible for this line"),
    "answers": said("too few answers about its calls"),
    "counts": said("the counts do not add up"),
    "diversions": said("the reasons of diverted calls are unknown"),
    "part": said("one of its parts was not counted"),
}
_LISTED: Final = 5  # most listed; the others are counted


def why(guard: Guard, coverage: float, zone: ZoneInfo, language: Language) -> str:
    """Say why a figure with this coverage of open slots is withheld; moments are in the office's zone.

    >>> why(Guard("undecided", 1_367_560_800_000), 1.0, ZoneInfo("Europe/Paris"), Language.EN)
    'undecided since 3 May 2013'
    >>> why(Guard("coverage"), 0.6, ZoneInfo("Europe/Paris"), Language.EN)
    'coverage of 60% is below 75%'
    """
    text, writing = Words(language), Writing(language)
    reason = _coverage(coverage, text, writing) if guard.reason == "coverage" else text(REASONS[guard.reason])
    if guard.since is None:
        return reason
    since = datetime.fromtimestamp(guard.since / 1000, zone).date()
    return text("{reason} since {day}", reason=reason, day=writing.day(since))


def _coverage(coverage: float, text: Words, writing: Writing) -> str:
    covered = floor(coverage * 1000) / 1000  # rounded down, so that a share below the limit does not look equal to it
    digits = 0 if round(covered * 100, 6).is_integer() else 1
    return text(
        "coverage of {share} is below {least}",
        share=writing.percent(covered, digits),
        least=writing.percent(GATE.coverage, 0),
    )


def withheld(guard: Guard, coverage: float, zone: ZoneInfo, language: Language) -> str:
    """Say that a figure is withheld, and why."""
    text = Words(language)
    return text("withheld: {why}", why=why(guard, coverage, zone, language))


def broken(breaches: Sequence[Breach], language: Language) -> str | None:
    """Say that figures are not to be trusted, and why; None if there is no breach."""
    if not breaches:
        return None
    text = Words(language)
    listed = [text("{name}: {sentence}", name=each.subject, sentence=each.says) for each in breaches[:_LISTED]]
    if (more := len(breaches) - _LISTED) > 0:
        listed.append(text("and {count} more", count=more))
    return text(
        "Do not publish these figures: they were tampered with ({count}): {breaches}.",
        count=len(breaches),
        breaches=text.semicolon.join(listed),
    )
