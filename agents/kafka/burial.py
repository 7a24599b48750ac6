"""Writes refused records as dead letters: the first few of each cause in full, and the rest as one summary.

A flood of refused records must not hold up the good ones: a dead letter costs as much as hundreds of good events. A
cause is one reason in one partition or file. Of each cause, the first `MOST_OF_A_CAUSE` records of an interval are kept
byte for byte. Of its other records only the places are kept: they can still be read there, in their topic or file.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from agents.kafka import dead_letters
from agents.kafka.dead_letters import DeadLetter, Source
from agents.sources.entry import Refused
from streams.decoding import Invalid
from streams.intake import Rejected
from streams.kept.runs import Runs
from streams.number import ANY_NUMBERS, Numbers

# Per interval: with a checkpoint every 5 s this is at most 200 letters a second.
MOST_OF_A_CAUSE: Final = 20
MOST_WHOLE: Final = 1_000
MOST_BYTES: Final = 16 * 1024 * 1024  # of the records kept in full: each may have a megabyte
MOST_RUNS: Final = 10_000  # of one summary, which then has a quarter of a megabyte


class Cause(NamedTuple):
    """The common reason and place of refused records."""

    source: Source
    reason: str


class Sum(NamedTuple):
    """The summary of one cause's records, with the source and the fault of the first."""

    source: Source
    detail: str
    runs: Runs


class Burial:
    """The dead letters of one interval: each refused record is in exactly one of them.

    `numbers` recognises the telephone numbers that must be removed from letters.
    """

    def __init__(self, numbers: Numbers = ANY_NUMBERS) -> None:
        self._numbers = numbers
        self._whole: defaultdict[Cause, int] = defaultdict(int)
        self._left, self._bytes = MOST_WHOLE, MOST_BYTES
        self._sums: dict[Cause, Sum] = {}

    def records(
        self, source: Source, rejected: Sequence[Rejected], at: float
    ) -> Iterator[tuple[bytes | None, DeadLetter]]:
        """Yield the letters that are due now for a partition's refused records, each with its key; `at`: epoch seconds.

        The records are in the order of their offsets.
        """
        by_reason: defaultdict[str, list[Rejected]] = defaultdict(list)
        for why in rejected:
            by_reason[why.reason].append(why)
        for reason, refused in by_reason.items():
            cause, begin = Cause(source, reason), 0
            for why in refused:
                if not self._spare(cause, len(why.value or b"") + len(why.key or b"")):
                    break
                letter = _letter(source, why, at, self._numbers)
                yield None if letter.key is None else letter.key.encode(), letter
                begin += 1
            if begin < len(refused):
                offsets = [why.offset for why in refused[begin:]]
                yield from ((None, letter) for letter in self._sum(cause, source, refused[begin].detail, offsets, at))

    def row(self, source: Source, refused: Refused, at: float) -> Iterator[DeadLetter]:
        """Yield the letters that are due now for a file's refused line; lines come in order; `at`: epoch seconds."""
        # The cause has no `begins`, which changes with each of a file's first lines.
        cause = Cause(source._replace(begins=None), refused.why.reason)
        if self._spare(cause, len(refused.original)):
            yield dead_letters.from_row(
                refused.why, source, row=refused.row, original=refused.original, at=at, numbers=self._numbers
            )
        else:
            yield from self._sum(cause, source, refused.why.detail, [refused.row], at)

    def sums(self, at: float) -> Iterator[DeadLetter]:
        """Yield the summaries that are left at the end of the interval; `at`: epoch seconds."""
        for cause, (source, detail, runs) in self._sums.items():
            yield dead_letters.of_many(Invalid(cause.reason, detail), source, runs, at)

    def _spare(self, cause: Cause, size: int) -> bool:
        """Return whether one more record of a cause may be kept in full, and count it if so."""
        if self._whole[cause] >= MOST_OF_A_CAUSE or not self._left or self._bytes < size:
            return False
        self._whole[cause] += 1
        self._left -= 1
        self._bytes -= size
        return True

    def _sum(self, cause: Cause, source: Source, detail: str, places: Sequence[int], at: float) -> Iterator[DeadLetter]:
        """Summarise records; yield each summary that is full."""
        while places:
            held = self._sums.setdefault(cause, Sum(source, detail, Runs()))
            room = MOST_RUNS - len(held.runs)  # a record adds at most one run
            held.runs.extend(places[:room])
            places = places[room:]
            if len(held.runs) >= MOST_RUNS:
                del self._sums[cause]
                yield dead_letters.of_many(Invalid(cause.reason, held.detail), held.source, held.runs, at)


def _letter(source: Source, why: Rejected, at: float, numbers: Numbers) -> DeadLetter:
    assert source.topic is not None
    assert source.partition is not None
    return dead_letters.from_record(
        Invalid(why.reason, why.detail),
        topic=source.topic,
        partition=source.partition,
        offset=why.offset,
        key=why.key,
        value=why.value,
        at=at,
        numbers=numbers,
    )
