"""What Prometheus scrapes of the board: the indicators of the latest years, and when the topics were last read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from agents.board.follower import Follower
from agents.board.years import KeptYears
from agents.metrics.indicators import families
from streams.indicators.plan import Opened


class BoardFigures(Collector):
    """Collect the figures of the board."""

    def __init__(self, follower: Follower, years: KeptYears, opened: Opened) -> None:
        self._follower = follower
        self._years = years
        self._opened = opened

    def collect(self) -> Iterator[Metric]:
        """Yield every metric family of the board."""
        yield from families(self._years.shown(), self._opened, self._years.broken())
        read = GaugeMetricFamily(
            "tocsin_board_read_timestamp_seconds", "When the board last read its topics to their ends.", labels=()
        )
        if self._follower.read is not None:
            read.add_metric((), self._follower.read)
        yield read

    def describe(self) -> Iterable[Metric]:
        """Return nothing: names are checked when they are collected."""
        return ()
