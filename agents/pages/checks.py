"""The checks that stand behind a figure, in words, and in which part of the time they could not speak."""

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
    "usual": said("lost rate against what the line usually loses"),
    "copies": said("rows written twice"),
    "callers": said("one call at a time for each caller, redialling machines, phantom calls"),
    "talks": said("no conversation in a lost call"),
    "ends": said("every call ends"),
    "waits": said("waits as their moments say"),
    "silence": said("silence of the line"),
    "emptied": said("a sort of call that comes no more"),
    "hours": said("calls at their usual hours (clock)"),
    "closed": said("calls counted while closed"),
    "readings": said("the counter's totals against the calls"),
    "witness": said("a second record, call by call"),
}

NO_WITNESS: Final = said(
    "No second record was compared call by call: a caller who is not in the record is counted nowhere."
)

ABSENCES: Final[Mapping[Absence, Said]] = {
    "not counted": said("days that the ledger does not have"),
    "no calls": said("no calls"),
    "learning": said("what is usual not learnt yet"),
    "no rate": said("no rate configured"),
    "not told": said("the record does not tell it"),
    "not known": said("the ledger does not keep it"),
    "no readings": said("no readings of the counter"),
    "no witness": said("no second record"),
    "not heard": said("the second record tells nothing of them"),
}


def share(of: float, language: Language, digits: int = 1) -> str:
    """Write a share; one that is neither none nor all is never written as either.

    >>> [share(each, Language.EN) for each in (0.0001, 0.99999, 1.0)]
    ['0.1%', '99.9%', '100.0%']
    """
    least = 10.0 ** -(2 + digits)
    shown = min(max(of, least), 1 - least) if 0 < of < 1 else of
    return Writing(language).percent(shown, digits)


def absences(checked: CheckedShare, language: Language) -> str:
    """Say where a check could not speak and why, each reason with its share."""
    text = Words(language)
    return text.semicolon.join(
        f"{text(ABSENCES[why])} {share(number / checked.whole, language)}"
        for why, number in sorted(checked.silent.items())
    )


def sentences(checks: Sequence[CheckedShare], language: Language) -> list[str]:
    """Say how much of the open time was watched, which checks could speak nowhere, and that no second record did."""
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
    told = [
        text(
            "The rate was held against what the line usually loses in {share} of the opening hours ({absences}).",
            share=share(usual.share, language),
            absences=absences(usual, language),
        )
    ]
    if never:
        told.append(text("Not checked: {checks}.", checks=text.semicolon.join(never)))
    if hidden:
        told.append(
            text("The ledger does not show that these were checked: {checks}.", checks=text.semicolon.join(hidden))
        )
    return " ".join(told)
