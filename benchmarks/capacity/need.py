"""The needs of a scale: partitions, workers, brokers, states, disk, network, and their cost a year."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from math import ceil
from typing import Final, NamedTuple

from benchmarks.capacity.inputs import AskedScale, Measured
from benchmarks.capacity.peak import Peaks, peaks
from benchmarks.capacity.skew import Skew, many_keys, nation_keys, skew

PARTITIONS: Final = (8, 24, 48, 96, 192, 384)
HOURS: Final = 7.0  # of opening of an office
OPEN_DAYS: Final = 251
YEARS: Final = 10
REPLICAS: Final = 3
MONTHS: Final = 12
RETENTION: Final = 31  # days: 30, and the segment that is written to
DRAWS: Final = 30
FEWEST_WORKERS: Final = 2
SCRAPE_LIMIT: Final = 10.0  # s, Prometheus's usual timeout
CHECKPOINT_LIMIT: Final = 5.0  # s, between two checkpoints
RESTORE_LIMIT: Final = 60.0  # s, well below the five minutes after which an alert reports that no events are counted
REPORT_LIMIT: Final = 10.0  # s


class Limit(NamedTuple):
    """A bounded quantity: how much is used, and its bound; `fixed` does not grow with the load."""

    name: str
    growing: float
    end: float
    unit: str = "s"
    fixed: float = 0.0

    @property
    def used(self) -> float:
        return self.fixed + self.growing

    @property
    def growth(self) -> float:
        """Return the possible growth of the load as a factor; below one the bound is exceeded."""
        return (self.end - self.fixed) / self.growing


class Need:
    """The needs of a scale; sizes in MB, times in seconds, unless a name says otherwise."""

    def __init__(
        self, scale: AskedScale, measured: Measured, assumed: Mapping[str, float], prices: Mapping[str, float]
    ) -> None:
        self.scale, self.measured, self.assumed, self.prices = scale, measured, assumed, prices
        self.lines = scale.sites * scale.lines
        self.counters = scale.sites * scale.counters
        self._keys = (
            nation_keys() if scale.desks == len(nation_keys()) else many_keys(scale.sites, scale.lines + scale.counters)
        )

    @cached_property
    def peaks(self) -> Peaks:
        sites = min(self.scale.sites, 200)  # with more, chance adds nothing
        return peaks(sites, self.scale.calls * self.scale.lines, self.assumed["first opening day of a month"])

    def _a_day(self, column: str, calls: float = 1.0, visitors: float = 1.0) -> float:
        """Return what all desks write a day, from a column of bytes per desk, or per case with numbers of cases."""
        of_line, of_counter = self.measured.of_line(column, self.scale.calls), self.measured.of_counter(column)
        return self.lines * calls * of_line + self.counters * visitors * of_counter

    @cached_property
    def events(self) -> float:
        """Return the events of an opening day."""
        return self._a_day("events a case", self.scale.calls, self.scale.visitors)

    @property
    def peak(self) -> float:
        """Return the events a second in the busiest quarter of an hour of the year."""
        return self.events / (HOURS * 3600) * self.peaks.year

    @property
    def one_core(self) -> float:
        """Return the maximal load of a worker in events a second: live, with room to spare."""
        return self.assumed["share of a core to use"] / self.measured.live

    def skew(self, partitions: int, workers: int = 0) -> Skew:
        """Return how uneven the partitions, or the workers, are."""
        spread = self.assumed["spread of offices"] if self.scale.sites > 1 else 0.0
        return skew(self._keys, partitions, spread, workers, DRAWS)

    @cached_property
    def partitions(self) -> int:
        """Return the fewest partitions such that one core can take the busiest, at least four for each worker."""
        for each in PARTITIONS:
            if self.busiest(each) <= self.one_core and each >= 4 * self._bare_workers():
                return each
        return PARTITIONS[-1]

    def busiest(self, partitions: int) -> float:
        """Return the events a second of the busiest partition at the peak."""
        return self.peak / partitions * self.skew(partitions).unlucky

    def _bare_workers(self) -> int:
        """Return the number of workers if all had the same load."""
        by_fold = self.peak / self.one_core
        by_scrape = self.lines * self.measured.first_scrape / (0.8 * SCRAPE_LIMIT)
        return max(1, ceil(by_fold), ceil(by_scrape))

    @cached_property
    def workers(self) -> int:
        """Return how many workers are needed, one of which may be down."""
        even = self._bare_workers()
        uneven = ceil(self.peak / self.one_core * (self.skew(self.partitions, even).unlucky if even > 1 else 1.0))
        return max(FEWEST_WORKERS, max(even, uneven) + 1)

    @property
    def of_worker(self) -> float:
        """Return the lines of a worker while another is down."""
        return self.lines / (self.workers - 1)

    @property
    def states(self) -> float:
        """Return the MB of all states."""
        return self._a_day("state, kB") / 1e3

    @property
    def worker_memory(self) -> float:
        """Return the MB of a worker that reads a backlog and has a dead one's lines too."""
        held = self.assumed["memory of a state over its record"] * self.states / (self.workers - 1)
        return self.measured.backlog + max(self.of_worker * self.measured.line, held)

    @property
    def brokers(self) -> int:
        """Return the number of brokers: three, or more if their disks would be too slow."""
        return max(REPLICAS, ceil(REPLICAS * self.writes / self.assumed["MB/s that a broker writes"]))

    @property
    def writes(self) -> float:
        """Return the MB a second written at the peak, without replicas."""
        events = self.events * self.measured.of_line("packed, bytes", self.scale.calls) / 1e6
        a_day = events + self._a_day("changelog, MB") + self._a_day("drafts, MB")
        return a_day / (HOURS * 3600) * self.peaks.year

    @property
    def changelog_a_day(self) -> float:
        """Return the GB of states written on an opening day, without replicas."""
        return self._a_day("changelog, MB") / 1e3

    @property
    def ledger_a_year(self) -> float:
        """Return the GB of the ledger's days of a year, without replicas."""
        return self._a_day("day, bytes") * OPEN_DAYS / 1e9

    @property
    def disk(self) -> float:
        """Return the GB of a broker's disk after ten years, half of it free."""
        events = (
            self.events * self.measured.of_line("packed, bytes", self.scale.calls) * RETENTION * OPEN_DAYS / 365 / 1e9
        )
        hour = self.writes * 3600 / 1e3  # no state is compacted within an hour
        states = 2 * self.states / 1e3 + hour
        return 2 * (events + states + self.ledger_a_year * YEARS) * REPLICAS / self.brokers

    @property
    def board(self) -> float:
        """Return the MB of a board with ten years of days in memory, as they were written."""
        a_day = self._a_day("day, bytes") + self.scale.desks * self.assumed["bytes that hold a day in memory"]
        return self.assumed["MB of a board"] + a_day * OPEN_DAYS * YEARS / 1e6

    def report(self, years: int) -> float:
        """Return the s of a year's report with a number of years in the ledger."""
        records = self.scale.desks * OPEN_DAYS
        return records * years * self.measured.reading + self.lines * self.measured.figures

    @property
    def cost(self) -> float:
        """Return the euros a year of all machines."""
        cores = self.workers * self.assumed["share of a core to use"] * 2 + self.brokers * 2 + 2
        memory = (self.workers * self.worker_memory + self.board) / 1024 + self.brokers * 4 + 2
        disk = self.brokers * self.disk
        prices = self.prices
        month = cores * prices["a core"] + memory * prices["a GiB of memory"] + disk * prices["a GB of disk"]
        return MONTHS * (month + disk / REPLICAS * prices["a GB of backup"])

    def limits(self) -> list[Limit]:
        """Return all limits with their use."""
        measured, lines, at_peak = self.measured, self.of_worker, self.peak / (self.workers - 1)
        slowest, machine = self.assumed["MB/s that a broker writes"], self.assumed["GiB of a board's machine"]
        states = self.states / self.workers * measured.restore
        alone = self.assumed["MB of a board"] / 1024
        return [
            Limit("the busiest partition, by one core", self.busiest(self.partitions) * measured.live, 1.0, "core"),
            Limit("a worker at the peak, by one core", at_peak * measured.live, 1.0, "core"),
            Limit("a worker's first scrape", lines * measured.first_scrape, SCRAPE_LIMIT),
            Limit("a worker's scrape after a quarter of an hour", lines * measured.scrape, SCRAPE_LIMIT),
            Limit("a checkpoint of all lines of a worker", lines * measured.checkpoint, CHECKPOINT_LIMIT),
            Limit("the restore of a dead worker's lines", states, RESTORE_LIMIT, fixed=measured.start),
            Limit("what a broker writes at the peak", self.writes * REPLICAS / self.brokers, slowest, "MB/s"),
            Limit("the year's report in the first year", self.report(1), REPORT_LIMIT),
            Limit(f"the year's report in year {YEARS}", self.report(YEARS), REPORT_LIMIT),
            Limit(f"the board's memory in year {YEARS}", self.board / 1024 - alone, machine, "GiB", fixed=alone),
        ]
