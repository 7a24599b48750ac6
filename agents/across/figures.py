"""Metrics of shared faults: how many offices each has, and which offices, so that each fault alerts once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from agents.across.reading import faults_of
from agents.history.ledger import History
from config.offices import Offices
from streams.across.shared import SharedFault
from streams.kept.times import DAY_MS
from streams.watch.incident import Incident

RECENT_MS: Final = 3 * DAY_MS  # an ongoing incident's last sign is no older than this, even after a weekend


class AcrossFigures(Collector):
    """Metrics of ongoing shared faults, computed again only after news."""

    def __init__(self, offices: Callable[[], Offices], history: Callable[[], History], now: Callable[[], int]) -> None:
        """Take functions that return the offices, the history and the present (epoch ms)."""
        self._offices = offices
        self._history = history
        self._now = now
        self._read: tuple[Offices, History] | None = None
        self._faults: list[SharedFault] = []

    def faults(self) -> list[SharedFault]:
        """Return all shared faults of the history, the earliest first."""
        given = self._offices(), self._history()
        if self._read is None or any(one is not other for one, other in zip(given, self._read, strict=True)):
            self._faults, self._read = faults_of(*given), given
        return self._faults

    def collect(self) -> Iterator[Metric]:
        """Yield the metric families; there are no samples if no fault is ongoing."""
        number = GaugeMetricFamily(
            "tocsin_across_offices",
            "Offices with a part in an ongoing shared incident.",
            labels=("scope", "name", "verdict", "kind"),
        )
        part = GaugeMetricFamily(
            "tocsin_part_of_across",
            "1 if an office's incidents of a kind are part of an ongoing shared incident.",
            labels=("site", "kind", "scope", "name"),
        )
        counts, parts, now = Counter[tuple[str, ...]](), set[tuple[str, ...]](), self._now()
        for fault in self.faults():
            going_on = {site for site, own in fault.parts.items() if any(goes_on(each, now) for each in own)}
            if going_on:
                counts[fault.scope, fault.name, fault.verdict, fault.kind] += len(fault.parts)
                parts |= {
                    (site, each.kind, fault.scope, fault.name) for site, own in fault.parts.items() for each in own
                }
        for labels, count in counts.items():
            number.add_metric(labels, count)
        for of_site in sorted(parts):
            part.add_metric(of_site, 1)
        yield from (number, part)


def goes_on(incident: Incident, now: int) -> bool:
    """Whether an incident is ongoing at `now` (epoch ms), by its record.

    The record of an undecided incident is open until the incident is over. Other records only have the last sign.
    """
    if not incident.decisions:
        return incident.status == "open"
    return incident.status in {"open", "confirmed"} and incident.bounds()[1] >= now - RECENT_MS
