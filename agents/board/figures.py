"""The board's metrics: believed lost rates, the latest years, and when the topics were read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from agents.board.cards import Card, LineCard
from agents.board.follower import Follower
from agents.board.weeks import KeptWeeks
from agents.board.years import KeptYears
from agents.forecast.week import ForecastWeek
from agents.forecast.written import DeskKey
from agents.metrics.family import LINE, SERVICE
from agents.metrics.indicators import families
from streams.forecast.expected import LEVELS, quantiles
from streams.indicators.plan import Opened

EXPORTED: Final = (0.025, 0.5, 0.975)  # quantiles of a forecast


class BoardFigures(Collector):
    def __init__(
        self,
        follower: Follower,
        years: KeptYears,
        weeks: KeptWeeks,
        opened: Opened,
        cards: Callable[[], Iterable[Card]],
    ) -> None:
        self._follower = follower
        self._years = years
        self._weeks = weeks
        self._opened = opened
        self._cards = cards

    def collect(self) -> Iterator[Metric]:
        yield from families(self._years.shown(), self._opened, self._years.broken())
        yield read_timestamp(self._follower.read)
        yield believed_ratio(self._believed())
        yield from expected_counts(self._weeks.site, self._weeks.coming())
        yield missed_targets(self._weeks.site, self._weeks.coming())

    def _believed(self) -> Iterator[tuple[str, str, float]]:
        """Yield the last hour's rates as the wall shows them, without lines that have no call or no believed rate."""
        for card in self._cards():
            if not isinstance(card, LineCard) or card.status is None or card.silent is not None:
                continue
            if card.share.hour and card.share.rate is not None:
                yield card.status.site, card.name, card.share.rate


def expected_counts(site: str, weeks: Iterable[tuple[DeskKey, ForecastWeek]]) -> Iterator[Metric]:
    """Yield the expected calls of lines and visitors of services by day: 0 days ahead is today."""
    more = ("days_ahead", "quantile")
    calls = GaugeMetricFamily("tocsin_calls_forecast", "Calls expected on a day, by quantile.", labels=(*LINE, *more))
    tickets = GaugeMetricFamily(
        "tocsin_tickets_forecast", "Tickets expected on a day, by quantile.", labels=(*SERVICE, *more)
    )
    for (kind, name), week in weeks:
        family = calls if kind == "lines" else tickets
        for ahead, found in enumerate(quantiles([day.total for day in week.days])):
            for level in EXPORTED:
                family.add_metric((site, name, str(ahead), str(level)), found[LEVELS.index(level)])
    yield from (calls, tickets)


def missed_targets(site: str, weeks: Iterable[tuple[DeskKey, ForecastWeek]]) -> Metric:
    """Return the chances that lines miss their target for lack of agents, by day: 1 day ahead is tomorrow."""
    found = GaugeMetricFamily(
        "tocsin_call_target_missed_ratio_forecast",
        "Chance that a line's usual agents miss its target on a day, and enough agents meet it.",
        labels=(*LINE, "days_ahead"),
    )
    for (_, name), week in weeks:
        for ahead, day in enumerate(week.outlooks):
            found.add_metric((site, name, str(ahead)), day.avoidable)
    return found


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
