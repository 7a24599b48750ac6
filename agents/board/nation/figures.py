"""Metrics of a nation's board: believed lost rates, and when the topics were read."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from agents.board.figures import believed_ratio, read_timestamp
from agents.board.follower import Follower
from agents.board.nation.kept import KeptNation


class NationCollector(Collector):
    """Metrics of every line of a nation, each with its office."""

    def __init__(self, follower: Follower, kept: KeptNation) -> None:
        self._follower = follower
        self._kept = kept

    def collect(self) -> Iterator[Metric]:
        yield read_timestamp(self._follower.read)
        live = () if self._kept.last is None else self._kept.last.live
        yield believed_ratio(
            (office.site, line, rate)
            for office in live
            for line, hour in office.lines.items()
            if (rate := hour.believed.lost_rate) is not None
        )
        waiting = GaugeMetricFamily(
            "tocsin_board_incidents_to_decide", "Incidents of an office that await a decision.", labels=("site",)
        )
        counts = {office.site: 0 for office in live}
        for each in () if self._kept.last is None else self._kept.last.waiting:
            counts[each.settings.site] = counts.get(each.settings.site, 0) + 1
        for site, count in counts.items():
            waiting.add_metric((site,), count)
        yield waiting
