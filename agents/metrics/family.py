"""A metric family of desks, whose samples are text as soon as they are added; its labels, and the forms of waits.

A desk has more than a hundred samples. prometheus_client makes an object and a dictionary of each.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from operator import itemgetter
from typing import Final, Literal, NamedTuple, TypeAlias

from prometheus_client.core import Metric
from prometheus_client.utils import floatToGoString

from streams.desks.kinds import Desk, kind_of
from streams.kept.shown import Histogram
from streams.kept.waits import Waits

Kind: TypeAlias = Literal["counter", "gauge", "histogram"]
Labels: TypeAlias = tuple[str, ...]

EXACT: Final = 1e6  # numbers nearer to zero are written by Prometheus as by Python
_BOUND: Final = "\0"  # in place of the upper bound of a bucket
LINE: Final = ("site", "line")
SERVICE: Final = ("site", "service")
CHANNEL: Final = ("site", "channel")
DESK: Final = ("site", "line", "service", "channel")  # of the last three, one
PLACE: Final = ("site", "region", "department", "exchange", "provider")
QUANTILES: Final = (0.5, 0.9, 0.95)


class Family:
    """A metric family and the lines of its samples, as prometheus_client writes them in both formats."""

    __slots__ = ("documentation", "kind", "labels", "lines", "name")

    def __init__(self, kind: Kind, name: str, documentation: str, labels: Labels) -> None:
        self.kind: Kind = kind
        self.name = name
        self.documentation = documentation
        self.labels = labels
        self.lines: list[str] = []

    def add(self, values: Labels, number: float, labels: Labels | None = None) -> None:
        """Add a sample with the values of the family's labels, or of these `labels`."""
        name = f"{self.name}_total" if self.kind == "counter" else self.name
        self.lines.append(f"{_series(name, labels or self.labels, values)} {_number(number)}\n")

    def add_histogram(self, values: Labels, buckets: Sequence[tuple[str, int]], total: float) -> None:
        """Add a histogram: cumulative counts by upper bound, and the sum."""
        (_, count), bucket = buckets[-1], _series(f"{self.name}_bucket", (*self.labels, "le"), (*values, _BOUND))
        start, end = bucket.split(_BOUND)
        self.lines += [f"{start}{bound}{end} {_number(upto)}\n" for bound, upto in buckets]
        self.lines.append(f"{_series(f'{self.name}_count', self.labels, values)} {_number(count)}\n")
        self.lines.append(f"{_series(f'{self.name}_sum', self.labels, values)} {_number(total)}\n")

    def text(self) -> bytes:
        """Return the lines of the samples."""
        return "".join(self.lines).encode()

    def head(self) -> Metric:
        """Return the family without samples."""
        return Metric(self.name, self.documentation, self.kind)


class _Form(NamedTuple):
    """The name and labels of a series, with the values to be filled in."""

    text: str
    order: Callable[[Labels], Labels]  # of the values in it
    quotes: int


@cache
def _form(name: str, labels: Labels) -> _Form:
    order = sorted(range(len(labels)), key=labels.__getitem__)
    pairs = ",".join(f'{labels[number]}="%s"' for number in order)
    return _Form(f"{name}{{{pairs}}}", itemgetter(*order), 2 * len(labels))


def _series(name: str, labels: Labels, values: Labels) -> str:
    form = _form(name, labels)
    text = form.text % form.order(values)
    if "\\" in text or "\n" in text or text.count('"') != form.quotes:
        return form.text % form.order(tuple(map(_escaped, values)))
    return text


def _number(value: float) -> str:
    written: str = repr(float(value)) if -EXACT < value < EXACT else floatToGoString(value)  # type: ignore[no-untyped-call]
    return written


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")


def desk_label(desk: Desk) -> dict[str, str]:
    """Return the labels of a line, a service or a channel."""
    return {"site": desk.rules.site, kind_of(desk): desk.name}


def buckets(bounds: tuple[int, ...], histogram: Histogram) -> tuple[list[tuple[str, int]], float]:
    """Return the cumulative buckets by upper bound (s), and the sum in seconds."""
    cumulative: list[tuple[str, int]] = []
    upto = 0
    for bound, count in zip(_written(bounds), histogram.counts, strict=True):
        upto += count
        cumulative.append((bound, upto))
    return cumulative, histogram.total / 1000


@cache
def _written(bounds: tuple[int, ...]) -> tuple[str, ...]:
    return (*(f"{bound}.0" for bound in bounds), "+Inf")


def add_waits(mean: Family, quantile: Family, label: Labels, waits: Waits) -> None:
    """Add the mean and the quantiles (s) of waits; without any wait they are unknown, and no sample is added."""
    if (waited := waits.mean()) is not None:
        mean.add(label, waited / 1000)
    for share in QUANTILES:
        if (waited := waits.quantile(share)) is not None:
            quantile.add((*label, str(share)), waited / 1000)
