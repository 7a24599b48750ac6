"""The board's metrics: believed lost rates, the latest years, and when the topics were read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from agents.board.cards import Card, LineCard
from agents.board.follower import Follower
from agents.board.years import KeptYears
from agents.metrics.indicators import families
from agents.metrics.labels import LINE
from streams.indicators.plan import Opened


class BoardFigures(Collector):
    def __init__(
        self, follower: Follower, years: KeptYears, opened: Opened, cards: Callable[[], Iterable[Card]]
    ) -> None:
        self._follower = follower
        self._years = years
        self._opened = opened
        self._cards = cards

    def collect(self) -> Iterator[Metric]:
        yield from families(self._years.shown(), self._opened, self._years.broken())
        yield read_timestamp(self._follower.read)
        yield believed_ratio(self._believed())

    def _believed(self) -> Iterator[tuple[str, str, float]]:
        """Yield the last hour's rates as the wall shows them, without lines that have no call or no believed rate."""
        for card in self._cards():
            if not isinstance(card, LineCard) or card.status is None or card.silent is not None:
                continue
            if card.share.hour and card.share.rate is not None:
                yield card.status.site, card.name, card.share.rate

    def describe(self) -> Iterable[Metric]:
        """Return nothing: the names of metrics are checked when metrics are collected."""
        return ()


def read_timestamp(read: float | None) -> Metric:
    """Return the time when the topics were last read to their ends (epoch s)."""
    found = GaugeMetricFamily(
        "tocsin_board_read_timestamp_seconds", "When the board last read its topics to their ends.", labels=()
    )
    if read is not None:
        found.add_metric((), read)
    return found


def believed_ratio(rates: Iterable[tuple[str, str, float]]) -> Metric:
    """Return the believed lost rates of the last hour, given as (site, line, rate)."""
    found = GaugeMetricFamily(
        "tocsin_lost_call_ratio_believed",
        "Lost calls over calls of the last hour, without what a suspected miscount added.",
        labels=LINE,
    )
    for site, line, rate in rates:
        found.add_metric((site, line), rate)
    return found
