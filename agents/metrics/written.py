"""The metrics of desks in Prometheus' formats, cached: a scrape writes only changed desks again.

Most of ten thousand lines are quiet, and a quiet line's text stays the same. `streams.desks.still` decides whether a
line has changed; this module keeps the bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final, Generic, TypeAlias, TypeVar

from msgspec import Struct
from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from agents.metrics.family import Family
from streams.kept.times import FOREVER

D = TypeVar("D")

Encoder: TypeAlias = Callable[[Collector], bytes]

END: Final = b"# EOF\n"  # of a page of OpenMetrics
PIECE: Final = 500  # desks, whose samples of a family are a megabyte at most


def _never(_desk: object, _now: int) -> int:
    return FOREVER


def _nothing(_desk: object, _now: int) -> None:
    return None


@dataclass(frozen=True)
class Subject(Generic[D]):
    """Metric families of a desk, and how to decide whether written ones are still valid; each moment `now` is in ms.

    `families` always returns the same families, whatever desks there are.
    """

    families: Callable[[list[D], int], Iterable[Family]]
    version: Callable[[D, int], Hashable]  # differs after any change that is not due to time
    until: Callable[[D, int], int] = _never  # the moment from which time alone may change it
    values: Callable[[D, int], Hashable] = _nothing  # all shown values if they are cheap to compute, or else None
    held: int = 0  # ms for which a text stays valid despite changes: for expensive figures that move slowly


class Page(Collector):
    """A collector of given metrics."""

    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> Iterable[Metric]:
        return self._metrics


# A ministry has 70,000 texts, of numbers and bytes: the garbage collector needs to look at none of them.
class _Text(Struct, gc=False):
    """The text of a desk's subject, family by family, and how long it is valid."""

    version: Hashable
    since: int  # ms
    until: int  # ms
    values: Hashable
    samples: tuple[bytes, ...]


class _Texts(Struct, gc=False):
    """The text of a desk, valid for this version and between two moments."""

    version: Hashable
    since: int  # ms
    until: int  # ms
    subjects: tuple[_Text, ...]


class Written(Generic[D]):
    """The text of desks of one kind; a desk's `version` differs if any subject's version does.

    Both of Prometheus' formats write samples alike; only the heads of families differ.
    """

    def __init__(self, subjects: Sequence[Subject[D]], version: Callable[[D, int], Hashable]) -> None:
        self._subjects = subjects
        self._version = version
        self._texts: dict[D, _Texts] = {}
        self._families = [tuple(subject.families([], 0)) for subject in subjects]

    def families(self) -> Iterator[Family]:
        """Yield the families without samples."""
        return chain.from_iterable(self._families)

    def refresh(self, desk: D, now: int) -> None:
        """Write a desk again if its text is no longer valid at `now` (ms)."""
        texts, version = self._texts.get(desk), self._version(desk, now)
        if texts is not None and texts.version == version and texts.since <= now < texts.until:
            return
        before: Sequence[_Text | None]
        before = [None] * len(self._subjects) if texts is None or now < texts.since else texts.subjects
        written = tuple(
            [self._write(subject, desk, now, text) for subject, text in zip(self._subjects, before, strict=True)]
        )
        self._texts[desk] = _Texts(version, now, min(text.until for text in written), written)

    def _write(self, subject: Subject[D], desk: D, now: int, text: _Text | None) -> _Text:
        """Return the text of a subject: the previous `text` if it is still valid."""
        version = subject.version(desk, now)
        if text is not None:
            if text.version == version and now < text.until:
                return text
            if now < text.since + subject.held:
                text.until = text.since + subject.held
                return text
        until, values = subject.until(desk, now), subject.values(desk, now)
        if text is not None and values is not None and values == text.values:
            return _Text(version, now, until, values, text.samples)
        return _Text(version, now, until, values, tuple(each.text() for each in subject.families([desk], now)))

    def lacks(self, desk: D) -> bool:
        """Return whether a desk has no text yet."""
        return desk not in self._texts

    def keep(self, desks: Iterable[D]) -> None:
        """Drop the text of all desks but these."""
        self._texts = {desk: self._texts[desk] for desk in desks if desk in self._texts}

    def pages(self, desks: Iterable[D], encode: Encoder) -> Iterator[bytes]:
        """Return the text of these desks as of now, family by family; each piece is joined when it is asked for.

        A ministry's largest families have 20 MB each: joined whole, they took a tenth of a second and more.
        """
        texts = [self._texts[desk].subjects for desk in desks]
        samples = [[subjects[number].samples for subjects in texts] for number in range(len(self._subjects))]
        return (
            piece
            for families, of_desks in zip(self._families, samples, strict=True)
            for number, family in enumerate(families)
            for piece in chain([_head(encode, family)], _joined(of_desks, number))
        )


def _joined(of_desks: Sequence[tuple[bytes, ...]], number: int) -> Iterator[bytes]:
    """Yield the samples of a family, `PIECE` desks at a time."""
    for begin in range(0, len(of_desks), PIECE):
        yield b"".join([samples[number] for samples in of_desks[begin : begin + PIECE]])


def _head(encode: Encoder, family: Family) -> bytes:
    """Return the lines that precede a family's samples."""
    return encode(Page([family.head()])).removesuffix(END)
