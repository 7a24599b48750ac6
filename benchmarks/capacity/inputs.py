"""The inputs: demands and assumptions from docs/scale.md, and measurements."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import exp, log
from pathlib import Path
from typing import Final, NamedTuple

from benchmarks.capacity.tables import PERFORMANCE, README, SCALE, Row, number, row, table

APACHE: Final = 1  # the second table of peers is of Apache Kafka
LIVE: Final = "a ministry, peak of the year"
GB: Final = 1e9


class AskedScale(NamedTuple):
    """The numbers of sites, desks and calls of a scale."""

    name: str
    sites: int
    lines: int  # a site
    counters: int  # a site
    calls: float  # a line and opening day
    visitors: float  # a counter and opening day

    @property
    def desks(self) -> int:
        """Return the lines and counters of all sites."""
        return self.sites * (self.lines + self.counters)


class Measured(NamedTuple):
    """The measurements in docs/performance.md and in the first part of docs/scale.md."""

    live: float  # s of CPU of an event that comes live, at a ministry's peak
    worker: float  # MB of a worker with few lines
    backlog: float  # MB of one that reads a backlog
    line: float  # MB of a quiet line in memory
    first_scrape: float  # s a line
    scrape: float  # s a line, after a quarter of an hour
    page: float  # MB of metrics a line
    checkpoint: float  # s a line, if all have changed
    reading: float  # s a record of the ledger
    figures: float  # s a line and year
    start: float  # s until a worker shows lines without states
    restore: float  # s a MB of states
    by_calls: Sequence[tuple[float, Row]]  # bytes that a line writes, by its calls a day
    counter: Row  # bytes that a counter writes

    def of_line(self, column: str, calls: float) -> float:
        """Return what a line with a number of calls writes, interpolated between measurements on logarithmic scales."""
        points = [(log(each), log(number(cells[column]))) for each, cells in self.by_calls]
        at = log(calls)
        for (x0, y0), (x1, y1) in pairwise(points):
            if at <= x1 or (x1, y1) == points[-1]:
                return exp(y0 + (y1 - y0) * (at - x0) / (x1 - x0))
        raise ValueError("one line alone was measured; expected two")

    def of_counter(self, column: str) -> float:
        """Return what a counter writes."""
        return number(self.counter[column])


def asked(page: Path = SCALE) -> list[AskedScale]:
    """Return the scales of the page."""
    return [
        AskedScale(name, int(number(sites)), int(number(lines)), int(number(counters)), number(calls), number(visitors))
        for name, sites, lines, counters, calls, visitors in (each.values() for each in table(page, "asked"))
    ]


def figures(part: str, page: Path = SCALE) -> dict[str, float]:
    """Return a table's figures by their names: assumptions or prices."""
    return {name: number(value) for name, value, *_ in (each.values() for each in table(page, part))}


def measured() -> Measured:
    worker = row(table(PERFORMANCE, "peers", APACHE), "**one Tocsin worker**, from source")
    scale = table(PERFORMANCE, "scale")
    few, many = row(scale, "4"), row(scale, "10,000")
    year = row(table(PERFORMANCE, "year"), "400")
    lines, records, of_year = number(many["lines"]), number(year["records"]), number(year["lines"])
    recovery = table(README, "recovery")
    (_, least, soonest), (_, most, latest) = (tuple(map(number, each.values())) for each in (recovery[0], recovery[-1]))
    written = table(SCALE, "records")
    return Measured(
        live=number(row(table(PERFORMANCE, "live"), LIVE)["all, us"]) / 1e6,
        worker=number(few["memory, MB"]),
        backlog=number(worker["peak MB"]),
        line=number(many["kB a line"]) / 1024,
        first_scrape=number(many["first scrape, s"]) / lines,
        scrape=number(many["after a quarter, s"]) / lines,
        page=number(many["its MB"]) / lines,
        checkpoint=number(many["checkpoint, ms"]) / 1e3 / lines,
        reading=number(year["reading them, s"]) / records,
        figures=number(year["figures, s"]) / of_year,
        start=soonest,
        restore=(latest - soonest) / (most - least),
        by_calls=[(number(each["cases a day"]), each) for each in written if each["desk"].startswith("line")],
        counter=row(written, "counter"),
    )
