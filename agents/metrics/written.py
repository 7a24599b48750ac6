"""The figures of desks as Prometheus reads them, kept as they were written: a scrape writes anew only what changed.

Most of ten thousand lines are quiet, and what is written of a quiet one stays. What tells that is in
`streams.desks.still`; here are the bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final, Generic, TypeAlias, TypeVar

from prometheus_client import generate_latest
from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from streams.kept.times import FOREVER

D = TypeVar("D")

Encoder: TypeAlias = Callable[[Collector], bytes]

END: Final = b"# EOF\n"  # of a page of OpenMetrics


def _never(_desk: object, _now: int) -> int:
    return FOREVER


def _nothing(_desk: object, _now: int) -> None:
    return None


@dataclass(frozen=True)
class Subject(Generic[D]):
    """Say what is shown of a desk, and how to tell that it still holds; each moment `now` is in ms.

    `families` gives always the same families, whatever desks there are.
    """

    families: Callable[[list[D], int], Iterable[Metric]]
    version: Callable[[D, int], Hashable]  # what differs once anything but time may have changed it
    until: Callable[[D, int], int] = _never  # before which moment time alone does not
    told: Callable[[D, int], Hashable] = _nothing  # all that is shown, where that is cheap to tell: else None


class Page(Collector):
    """Hold metrics as one page."""

    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> Iterable[Metric]:
        """Return the metrics."""
        return self._metrics


@dataclass(slots=True)
class _Text:
    """Hold what was written of a subject of a desk, family by family, and for how long it holds."""

    version: Hashable
    until: int  # ms
    told: Hashable
    samples: tuple[bytes, ...]


@dataclass(slots=True)
class _Texts:
    """Hold what was written of a desk; it holds while the desk has this version, and from one moment to another."""

    version: Hashable
    since: int  # ms
    until: int  # ms
    subjects: list[_Text]


class Written(Generic[D]):
    """Keep what was written of desks of one kind, whose `version` differs once that of any subject does.

    Both of Prometheus' formats write a sample alike; they differ in what stands above the samples of a family.
    """

    def __init__(self, subjects: Sequence[Subject[D]], version: Callable[[D, int], Hashable]) -> None:
        self._subjects = subjects
        self._version = version
        self._texts: dict[D, _Texts] = {}
        self._families = [tuple(subject.families([], 0)) for subject in subjects]
        self._heads = [[_head(generate_latest, family) for family in families] for families in self._families]

    def families(self) -> Iterator[Metric]:
        """Yield the families that are written, each without a sample."""
        return chain.from_iterable(self._families)

    def refresh(self, desk: D, now: int) -> None:
        """Write a desk anew where what was written of it does not hold at `now` (ms)."""
        texts, version = self._texts.get(desk), self._version(desk, now)
        if texts is not None and texts.version == version and texts.since <= now < texts.until:
            return
        before: Sequence[_Text | None]
        before = [None] * len(self._subjects) if texts is None or now < texts.since else texts.subjects
        written = [
            self._write(subject, heads, desk, now, text)
            for subject, heads, text in zip(self._subjects, self._heads, before, strict=True)
        ]
        self._texts[desk] = _Texts(version, now, min(text.until for text in written), written)

    def _write(self, subject: Subject[D], heads: Sequence[bytes], desk: D, now: int, text: _Text | None) -> _Text:
        """Return what is written of a subject: what was there before (`text`) where it still holds."""
        version = subject.version(desk, now)
        if text is not None and text.version == version and now < text.until:
            return text
        until, told = subject.until(desk, now), subject.told(desk, now)
        if text is not None and told is not None and told == text.told:
            return _Text(version, until, told, text.samples)
        families = zip(subject.families([desk], now), heads, strict=True)
        return _Text(
            version, until, told, tuple(generate_latest(Page([family])).removeprefix(head) for family, head in families)
        )

    def keep(self, desks: Iterable[D]) -> None:
        """Drop what was written of all desks but these."""
        self._texts = {desk: self._texts[desk] for desk in desks if desk in self._texts}

    def pages(self, desks: Iterable[D], encode: Encoder) -> Iterator[bytes]:
        """Return what is written of these desks now, family by family, to be put together when it is asked for."""
        texts = [self._texts[desk].subjects for desk in desks]
        samples = [[subjects[number].samples for subjects in texts] for number in range(len(self._subjects))]
        return (
            b"".join((_head(encode, family), *[each[number] for each in of_desks]))
            for families, of_desks in zip(self._families, samples, strict=True)
            for number, family in enumerate(families)
        )


def _head(encode: Encoder, family: Metric) -> bytes:
    """Return what stands above the samples of a family."""
    return encode(Page([family])).removesuffix(END)
