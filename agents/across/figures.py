"""What Prometheus sees of what offices share: of how many it is, and who has a part, so that it is told once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from agents.across.reading import faults_of
from agents.history.ledger import History
from config.offices import Offices
from streams.across.shared import SharedFault
from streams.kept.times import DAY_MS
from streams.watch.incident import Incident

RECENT_MS: Final = 3 * DAY_MS  # no incident that goes on was without a sign for longer, but for a weekend


class AcrossFigures(Collector):
    """Collect what goes on in several offices at once; what was found is kept while the topics say nothing new."""

    def __init__(self, offices: Callable[[], Offices], history: Callable[[], History], now: Callable[[], int]) -> None:
        """Take what gives the offices, what the topics say, and the time (epoch ms)."""
        self._offices = offices
        self._history = history
        self._now = now
        self._read: tuple[Offices, History] | None = None
        self._faults: list[SharedFault] = []

    def faults(self) -> list[SharedFault]:
        """Return all that offices ever shared, the earliest first."""
        given = self._offices(), self._history()
        if self._read is None or any(one is not other for one, other in zip(given, self._read, strict=True)):
            self._faults, self._read = faults_of(*given), given
        return self._faults

    def collect(self) -> Iterator[Metric]:
        """Yield the metric families; there is no sample where nothing goes on."""
        number = GaugeMetricFamily(
            "tocsin_across_offices",
            "Offices that one incident of several is of, while it goes on.",
            labels=("scope", "name", "verdict", "kind"),
        )
        part = GaugeMetricFamily(
            "tocsin_part_of_across",
            "Whether an office's own incidents of a kind are a part of one of several offices that goes on: 1.",
            labels=("site", "kind", "scope", "name"),
        )
        counts, parts, now = Counter[tuple[str, ...]](), set[tuple[str, ...]](), self._now()
        for fault in self.faults():
            going_on = {site for site, told in fault.parts.items() if any(goes_on(each, now) for each in told)}
            if going_on:
                counts[fault.scope, fault.name, fault.verdict, fault.kind] += len(fault.parts)
                parts |= {
                    (site, each.kind, fault.scope, fault.name) for site, told in fault.parts.items() for each in told
                }
        for labels, count in counts.items():
            number.add_metric(labels, count)
        for of_site in sorted(parts):
            part.add_metric(of_site, 1)
        yield from (number, part)

    def describe(self) -> Iterable[Metric]:
        """Return nothing: names are checked when they are collected."""
        return ()


def goes_on(incident: Incident, now: int) -> bool:
    """Tell whether an incident goes on at a moment (epoch ms), as far as its record says.

    One that nobody decided on is open until it is over. Of others the record has no more than their last sign.
    """
    if not incident.decisions:
        return incident.status == "open"
    return incident.status in {"open", "confirmed"} and incident.bounds()[1] >= now - RECENT_MS
