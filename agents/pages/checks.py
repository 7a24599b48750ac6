"""The checks behind a figure, in words: each with the share of the time in which it was impossible."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from agents.language import Language
from agents.translation import Words
from agents.writing import Writing
from streams.certificate.coverage import Absence, Check, CheckedShare
from streams.said import Said, said

CHECKS: Final[Mapping[Check, Said]] = {
    "prior": said("lost rate against the configured one"),
    "usual": said("lost rate against the line's usual one"),
    "copies": said("rows written twice"),
    "callers": said("one call at a time for each caller, redialling machines, phantom calls"),
    "talks": said("no conversation in a lost call"),
    "ends": said("every call ends"),
    "waits": said("waits agree with their timestamps"),
    "silence": said("silence of the line"),
    "emptied": said("a kind of call that stops"),
    "hours": said("calls at their usual hours (clock)"),
    "closed": said("calls counted while closed"),
    "readings": said("the counter's totals against the calls"),
    "witness": said("a second record, call by call"),
    "moments": said("the order of moments, and rows written twice"),
    "values": said("waits and delays against the usual ones: unit, zero, same moments, bulk"),
    "visits": said("visits end, and their times against the usual ones"),
    "absence": said("missing days and rows"),
}

NO_WITNESS: Final = said(
    "No second record was compared call by call: a caller who is not in the record is counted nowhere."
)

ABSENCES: Final[Mapping[Absence, Said]] = {
    "not counted": said("days missing from the ledger"),
    "no calls": said("no calls"),
    "no cases": said("no tickets or requests"),
    "no values": said("no such times in the record"),
    "learning": said("not enough history"),
    "no rate": said("no rate configured"),
    "not told": said("not in the record"),
    "not known": said("not kept in the ledger"),
    "no readings": said("no readings of the counter"),
    "no witness": said("no second record"),
    "not heard": said("no data from the second record"),
}


def share(of: float, language: Language, digits: int = 1) -> str:
    """Format a share; only a share of exactly 0 is written as 0 %, and only exactly 1 as 100 %.

    >>> [share(each, Language.EN) for each in (0.0001, 0.99999, 1.0)]
    ['0.1%', '99.9%', '100.0%']
    """
    least = 10.0 ** -(2 + digits)
    shown = min(max(of, least), 1 - least) if 0 < of < 1 else of
    return Writing(language).percent(shown, digits)


def absences(checked: CheckedShare, language: Language) -> str:
    """Say why a check was impossible, each reason with its share of the time."""
    text = Words(language)
    return text.semicolon.join(
        text("{name}: {sentence}", name=share(number / checked.whole, language), sentence=text(ABSENCES[why]))
        for why, number in sorted(checked.silent.items())
    )


def sentences(checks: Sequence[CheckedShare], language: Language) -> list[str]:
    """Say how much of the open time was watched, and which checks, including the second record, were never possible."""
    found = [_watched(checks, language)]
    if any(each.check == "witness" and not each.spoke for each in checks):
        found.append(Words(language)(NO_WITNESS))
    return found


def _watched(checks: Sequence[CheckedShare], language: Language) -> str:
    text = Words(language)
    usual = next(each for each in checks if each.check == "usual")
    silent = [each for each in checks if not each.spoke and each.check != "witness"]
    never = [text(CHECKS[each.check]) for each in silent if "not known" not in each.silent]
    hidden = [text(CHECKS[each.check]) for each in silent if "not known" in each.silent]
    found = [
        text(
            "The rate was compared with the line's usual rate for {share} of the opening hours ({absences}).",
            share=share(usual.share, language),
            absences=absences(usual, language),
        )
    ]
    if never:
        found.append(text("Not checked: {checks}.", checks=text.semicolon.join(never)))
    if hidden:
        found.append(text("No record of these checks: {checks}.", checks=text.semicolon.join(hidden)))
    return " ".join(found)
