"""Two reconciled records in the words and cells that the terminal and the page show."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple, Protocol, TypeVar

from agents.reconcile.report import RecordShape
from agents.translation import text
from streams.said import Said

EXAMPLES: Final = 3  # of each reason


class Example(NamedTuple):
    """A call, a case or a day on which the records differ."""

    when: str
    first: str
    second: str
    place: str  # where its rows are, or its name


class ReasonStory(NamedTuple):
    """One reason why the records differ, with a few of its examples."""

    why: str
    number: int
    sides: str  # the records that have them
    examples: list[Example]


class DeskStory(NamedTuple):
    """The sentences and figures of a line, a service or a channel."""

    name: str
    headline: str
    kinds: tuple[str, str]
    rows: list[list[str]]  # of the first record, the second, and both; "" for an unknown figure
    standings: list[str]
    reasons: list[ReasonStory]
    left_out: int  # differences that are not listed


class ToldRecords(NamedTuple):
    """Two reconciled records."""

    title: str
    site: str
    records: tuple[RecordShape, RecordShape]
    joined: str  # how they were joined, in a sentence
    columns: list[str]  # headings of the figures
    places: str  # heading of the examples' places
    desks: list[DeskStory]
    refusals: list[str]
    rules: Sequence[str]


class ComparedTwice(Protocol):
    """What two records have of one call, case or day."""

    @property
    def first(self) -> object | None: ...

    @property
    def second(self) -> object | None: ...


D = TypeVar("D", bound=ComparedTwice)
W = TypeVar("W", bound=str)


def reasons_told(
    by_reason: Mapping[W, Sequence[D]],
    counts: Mapping[W, int],
    words: Mapping[W, Said],
    kinds: tuple[str, str],
    example: Callable[[D], Example],
) -> list[ReasonStory]:
    """Return the differences by their reasons, most frequent first; `counts` includes the unlisted ones."""
    return [
        ReasonStory(text(words[why]), counts[why], _sides(found, kinds), [example(each) for each in found[:EXAMPLES]])
        for why, found in sorted(by_reason.items(), key=lambda pair: -counts[pair[0]])
    ]


def agreement(counts: tuple[int, int, int, int], kinds: tuple[str, str]) -> str:
    """Return how many calls, cases or days match, contradict, and are only in the first or the second record."""
    matched, contradicted, only_first, only_second = counts
    return text(
        "{matched} matched, {contradicted} contradicted, {only_first} only in {first}, {only_second} only in {second}",
        matched=matched,
        contradicted=contradicted,
        only_first=only_first,
        first=kinds[0],
        only_second=only_second,
        second=kinds[1],
    )


def _sides(differences: Sequence[ComparedTwice], kinds: tuple[str, str]) -> str:
    """Return which of two records of some kinds have some calls, cases or days, in words."""
    first = sum(each.second is None for each in differences)
    second = sum(each.first is None for each in differences)
    both = len(differences) - first - second
    alone = [
        text("{count} in {record} alone", count=count, record=kind)
        for count, kind in zip((first, second), kinds, strict=True)
        if count
    ]
    return ", ".join([*alone, text("{count} in both", count=both)] if both else alone)
