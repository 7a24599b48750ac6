"""The events of many offices are in order of time, and each office has the same events as alone."""

from __future__ import annotations

from math import log
from statistics import mean, stdev

from streams.events import Event, TicketEvent
from streams.simulation.nation import (
    SPREAD,
    STEP,
    SimulatedSite,
    SiteTruth,
    in_order,
    seed_of,
    site_arrivals,
    size_of,
)
from streams.simulation.office import Office
from streams.simulation.visits import ServiceProfile
from tests.streams.simulation.offices import LINE, days

DESK = ServiceProfile(service="titres", visitors_a_day=12.0, counters=1, time_in_service=300.0)
NAMES = [f"office-{number}" for number in range(400)]


def site(name: str, *silences: tuple[float, float], number: int = 10) -> SimulatedSite:
    return SimulatedSite(
        office=Office(site=name, lines=(LINE,)),
        days=days(number),
        seed=seed_of(name, 1),
        services=(DESK,),
        silences=silences,
    )


def told(*sites: SimulatedSite) -> tuple[list[tuple[int, Event]], list[SiteTruth]]:
    played = [site_arrivals(each) for each in sites]
    return list(in_order([arriving for arriving, _ in played])), [truth for _, truth in played]


def test_sizes_are_log_normal_on_steps_and_their_mean_is_one() -> None:
    sizes = [size_of(name, 1) for name in NAMES]
    assert abs(mean(sizes) - 1) < 0.1
    assert abs(stdev(map(log, sizes)) - SPREAD) < 0.07
    assert all(abs((step := log(size) / log(STEP)) - round(step)) < 1e-9 for size in sizes)
    assert {size_of(name, 1, 0.0) for name in NAMES} == {1.0}


def test_a_site_is_told_as_it_would_be_alone_and_all_in_the_order_of_time() -> None:
    together, _ = told(site("mende"), site("rodez"))
    alone, _ = told(site("rodez"))
    assert [each for each in together if each[1].site == "rodez"] == alone
    assert [at for at, _ in together] == sorted(at for at, _ in together)
    calls = {name: [event.id for _, event in together if event.site == name] for name in ("mende", "rodez")}
    assert calls["mende"] != calls["rodez"]


def test_a_silence_keeps_tickets_back_and_the_truth_counts_them() -> None:
    third = days(10)[2]
    arriving, (truth,) = told(site("mende", (third.start, third.end)))
    tickets = [event for _, event in arriving if isinstance(event, TicketEvent) and event.type == "issued"]
    both = truth.services["titres"]
    assert len(tickets) == both.told.issued < both.true.issued
    assert not any(third.start <= float(str(event.at)) < third.end for event in tickets)
    assert both.true.issued == both.true.completed + both.true.no_show
