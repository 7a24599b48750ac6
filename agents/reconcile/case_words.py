"""The words for two records of counters or registers: English here, French in the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple, TypeAlias

from agents.analysis.written import minutes, number
from agents.translation import counted, text
from agents.writing import NOTHING
from streams.reconcile.cases import CaseSighting, CaseWay, CaseWhy, DaySighting
from streams.said import Said, said

CaseKind: TypeAlias = Literal["services", "requests"]


class CaseNames(NamedTuple):
    """The names of a desk's sums in JSON, and in words."""

    begun: str
    met: str
    left: str
    mean: str
    words: tuple[Said, Said, Said, Said]


NAMES: Final[Mapping[CaseKind, CaseNames]] = {
    "services": CaseNames(
        *("issued", "served", "no_show", "mean_wait"),
        (said("issued"), said("served"), said("no-shows"), said("mean wait")),
    ),
    "requests": CaseNames(
        *("received", "answered", "withdrawn", "mean_days"),
        (said("received"), said("answers"), said("withdrawn"), said("mean delay")),
    ),
}
CASE_WHY: Final[Mapping[CaseWhy, Said]] = {
    "no-row": said("no row, or none of the end"),
    "outcome": said("another outcome"),
    "unit": said("a wait in another unit: one is 60 times the other"),
    "zero": said("a length of 0 instead of unknown, or an end on the stamp of the beginning"),
    "length": said("another wait or delay"),
    "moment": said("the same case at a different moment"),
    "doubled": said("a day counted twice"),
    "count": said("another number of people or requests on the day"),
}
CASE_METHODS: Final[Mapping[CaseWay, Said]] = {
    "id": said("Compared case by case: the records share their numbers."),
    "day": said("Compared day by day: the records do not share their numbers."),
    "none": said(
        "The records cannot be compared: they share no number and no day. Check that both are of the same services or "
        "channels and the same time (--timezone, --timezone2)."
    ),
}
CASE_RULES: Final = (
    said("A case or a day in only one record counts once: records omit cases, but they do not invent them."),
    said("If only one record has the end of a case, it counts. A visitor who was served by one record was there."),
    said("Of two sums of a day the greater one counts, unless it is twice the other."),
    said("The mean of a day is computed from its cases, if one record has them: a system's statistic is, too."),
    said("Otherwise a wait or a delay on which the records differ is in no mean: the mean is of the others."),
)
_OUTCOMES: Final = {
    "served": said("served"),
    "transferred": said("transferred"),
    "no_show": said("did not come"),
    "cancelled": said("cancelled"),
    "answered": said("answered"),
    "withdrawn": said("withdrawn"),
    "open": said("no outcome"),
}


def length_says(length: float | None, of: CaseKind) -> str:
    """Return a mean wait or delay in words; empty if unknown."""
    if length is None:
        return ""
    return minutes(length) if of == "services" else text("{days} days", days=number(length, 2))


def seen_says(seen: CaseSighting | DaySighting | None, of: CaseKind) -> str:
    """Return what a record says of a case or a day."""
    if seen is None:
        return text("nothing")
    if isinstance(seen, DaySighting):
        words = NAMES[of].words
        told = [
            f"{text(word)} {count}"
            for word, count in zip(words, (seen.begun, seen.met, seen.left), strict=False)
            if count is not None
        ]
        if seen.mean is not None:
            told.append(f"{text(words[3])} {length_says(seen.mean, of)}")
        return ", ".join(told)
    outcome = text(said("called") if seen.outcome is None else _OUTCOMES[seen.outcome])
    if seen.length is None:
        return text(_OUTCOMES["open"]) if seen.outcome is None else outcome
    if of == "services":
        return text("{outcome} after a wait of {minutes}", outcome=outcome, minutes=minutes(seen.length))
    return counted("{outcome} after {count} day", "{outcome} after {count} days", seen.length, outcome=outcome)


def known(length: float | None, of: CaseKind) -> str:
    """Return a mean wait or delay in words, or a dash."""
    return length_says(length, of) or NOTHING
