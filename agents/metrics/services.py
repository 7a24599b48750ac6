"""Metrics of the counter services: tickets, waits and counters."""

from __future__ import annotations

from collections.abc import Iterator

from agents.metrics.family import SERVICE, Family, add_waits, buckets
from streams.calls.windows import WINDOWS
from streams.desks.service import Service
from streams.tickets.ticket import CANCELLED, NO_SHOW, SERVED, TRANSFERRED
from streams.tickets.visits import TICKET_WAIT_BOUNDS

OUTCOMES = {
    SERVED: ("served", "Tickets served."),
    NO_SHOW: ("no_show", "Tickets that were called, but whose visitor was not served by the end of the day."),
    CANCELLED: ("cancelled", "Tickets cancelled."),
    TRANSFERRED: ("transferred", "Tickets transferred to another service."),
}


def _label(service: Service) -> tuple[str, str]:
    return (service.rules.site, service.rules.service)


def since_ever(services: list[Service], _now: int) -> Iterator[Family]:
    """Yield the counters and histograms of services."""
    issued = Family("counter", "tocsin_tickets_issued", "Distinct tickets.", SERVICE)
    waits = Family("histogram", "tocsin_ticket_wait_seconds", "Wait from issue to first call.", SERVICE)
    cut = Family("counter", "tocsin_tickets_cut", "Tickets settled early because too many were live.", SERVICE)
    forgotten = Family(
        "counter",
        "tocsin_tickets_forgotten",
        "Settled tickets no longer remembered: if repeated, they would be counted again.",
        SERVICE,
    )
    for service in services:
        label, state = _label(service), service.state
        issued.add(label, state.issued)
        waits.add_histogram(label, *buckets(TICKET_WAIT_BOUNDS, state.shown.wait))
        cut.add(label, state.cut)
        forgotten.add(label, state.forgotten)
    yield from (issued, waits, cut, forgotten)
    for outcome, (name, words) in OUTCOMES.items():
        family = Family("counter", f"tocsin_tickets_{name}", words, SERVICE)
        for service in services:
            family.add(_label(service), service.state.shown.counter(outcome, service.count(outcome)))
        yield family


def waiting(services: list[Service], now: int) -> Iterator[Family]:
    """Yield the families of the visitors who wait at `now` (ms)."""
    visitors = Family("gauge", "tocsin_tickets_waiting", "Visitors waiting for a first call now.", SERVICE)
    longest = Family(
        "gauge", "tocsin_ticket_longest_wait_seconds", "Longest wait of the visitors waiting now.", SERVICE
    )
    for service in services:
        waits = service.waiting(now)
        visitors.add(_label(service), len(waits))
        longest.add(_label(service), max(waits, default=0) / 1000)
    yield from (visitors, longest)


def windows(services: list[Service], now: int) -> Iterator[Family]:
    """Yield the families of the windows that end at `now` (ms)."""
    labels = (*SERVICE, "window")
    counters = Family("gauge", "tocsin_counters_open", "Counters that called or served someone in the window.", labels)
    called = Family("gauge", "tocsin_tickets_called", "Tickets first called in the window.", labels)
    mean = Family(
        "gauge", "tocsin_ticket_wait_seconds_mean", "Mean wait of the tickets first called in the window.", labels
    )
    quantile = Family(
        "gauge",
        "tocsin_ticket_wait_seconds_quantile",
        "Quantile of the waits of the tickets first called in the window (within 1 %).",
        (*labels, "quantile"),
    )
    serving = Family(
        "gauge",
        "tocsin_ticket_service_seconds_mean",
        "Mean time in service of the tickets first called in the window.",
        labels,
    )
    absent = Family(
        "gauge",
        "tocsin_ticket_no_show_ratio",
        "No-shows over ended tickets, among the tickets first called in the window.",
        labels,
    )
    for service in services:
        for window in WINDOWS:
            visits = service.window(window, now)
            label = (*_label(service), window.name)
            counters.add(label, service.open_counters(window, now))
            called.add(label, visits.waits.count)
            add_waits(mean, quantile, label, visits.waits)
            if (served := visits.times_in_service.mean()) is not None:
                serving.add(label, served / 1000)
            if visits.no_show_rate is not None:
                absent.add(label, visits.no_show_rate)
    yield from (counters, called, mean, quantile, serving, absent)
