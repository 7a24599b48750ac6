"""Breaks in a series, in words: a line's or channel's definition, and when it changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from agents.language import Language
from agents.pages.words import REASONS
from agents.translation import Words
from agents.writing import Writing
from streams.calls.definition import Basis, LineDefinition
from streams.indicators.breaks import Break, Definition
from streams.indicators.indicator import Indicator
from streams.said import Said, said

BETWEEN: Final = " | "  # between sentences in one cell or line
_BASES: Final[Mapping[Basis, Said]] = {"lost_over_offered": said("rate: lost over offered")}
_DAYS: Final = {"working": said("working days"), "calendar": said("calendar days")}


def defined(by: Definition, language: Language) -> str:
    """Describe a definition.

    >>> week = LineDefinition(lost_reasons=("full", "timeout"), short_call=5_000, within=20_000)
    >>> defined(week, Language.EN)
    'lost by: queue full, timeout; short below 5 s; in time within 20 s; rate: lost over offered'
    """
    text, writing = Words(language), Writing(language)
    if isinstance(by, LineDefinition):
        short, within = (
            writing.number(each, 1 if each % 1 else 0) for each in (by.short_call / 1000, by.within / 1000)
        )
        return text(
            "lost by: {reasons}; short below {short} s; in time within {within} s; {rate}",
            reasons=", ".join(text(REASONS[each]) for each in by.lost_reasons) or text("no reason"),
            short=short,
            within=within,
            rate=_BASES[by.definition],
        )
    if by.target_days is None:
        return text("no target, {days}", days=_DAYS[by.days])
    return text("in time within {count} {days}", count=by.target_days, days=_DAYS[by.days])


def broke(change: Break, language: Language) -> str:
    """Say when the definition changed, and describe both."""
    text, writing = Words(language), Writing(language)
    return text(
        "break in the series on {day}{mixed}: before, {before}; since, {after}",
        day=writing.day(change.day),
        mixed=text(" (that day holds both)") if change.mixed else "",
        before=defined(change.before, language),
        after=defined(change.after, language),
    )


def breaks(each: Indicator, language: Language) -> list[str]:
    """Describe every break of an indicator, and how many days have an unknown definition."""
    sentences = [broke(change, language) for change in each.breaks]
    if each.unstamped:
        sentences.append(
            Words(language).counted(
                "the definition of {count} day is unknown: an earlier version wrote it",
                "the definition of {count} days is unknown: an earlier version wrote them",
                each.unstamped,
            )
        )
    return sentences
