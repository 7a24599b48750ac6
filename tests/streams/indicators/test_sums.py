"""Sums of services and of channels: weighted by people, corrected, and withheld if one of their parts is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pytest

from streams.indicators.annual import Annual, annual
from streams.indicators.indicator import Indicator
from streams.indicators.period import Period
from streams.indicators.plan import ChannelPlan, ServicePlan
from streams.kept.waits import Waits
from streams.ledger.day import ChannelDay, LedgerDay, RequestSlot, ServiceDay, TicketSlot
from streams.watch.incident import Incident
from tests.streams.indicators.telling import days, held, incident, plan

FIRST, LAST = date(2013, 3, 4), date(2013, 5, 31)
PERIOD, LATER = Period(FIRST, LAST), date(2014, 1, 1)
SERVICES = {
    "cartes": ServicePlan("Cartes grises", None),
    "permis": ServicePlan("Permis", None),
    "ensemble": ServicePlan("Cartes grises et permis", 600.0, ("cartes", "permis")),
}
CHANNELS = {
    "im341": ChannelPlan("CNI", None, "calendar"),
    "im342": ChannelPlan("Passeports", None, "calendar"),
    "titres": ChannelPlan("Titres", None, "calendar", ("im341", "im342")),
}


def waits(people: int, minutes: float) -> Waits:
    found = Waits()
    for _ in range(people):
        found.add(round(minutes * 60_000))
    return found


def counter(name: str, people: int, minutes: float, *, first: date = FIRST) -> list[ServiceDay]:
    return [
        ServiceDay(
            id=f"lozere/{name}",
            day=day.isoformat(),
            slots={1: TicketSlot(issued=people, served=people)},
            waits=waits(people, minutes),
            times_in_service=waits(people, minutes / 2),
        )
        for day in days(first, LAST)
    ]


def register(name: str, answers: int, delay: int) -> list[ChannelDay]:
    slot = RequestSlot(received=answers, answered=answers, days=answers * delay)
    return [ChannelDay(id=f"lozere/{name}", day=day.isoformat(), slots={1: slot}) for day in days(FIRST, LAST)]


def made(ledger: Iterable[LedgerDay], *incidents: Incident) -> Annual:
    return annual(held(ledger, incidents), plan(lines={}, services=SERVICES, channels=CHANNELS), PERIOD, LATER)


def figure(found: Annual, name: str) -> Indicator:
    return next(each for each in found.indicators if each.id == name)


def divided_by_60(first: date, last: date, desk: str = "permis") -> Incident:
    return incident(first, last, line=desk, desk="service", cause="waits too short", kind="unit", id=f"{desk}-unit")


BOTH = [*counter("cartes", 9, 8.0), *counter("permis", 3, 12.0)]


def test_a_sum_is_weighted_by_people() -> None:
    found = made([*BOTH, *register("im341", 6, 3), *register("im342", 2, 1)])
    wait, delay = figure(found, "wait:ensemble"), figure(found, "mean_days:titres")
    assert (wait.corrected.value, wait.corrected.met, wait.label) == (9.0, True, "Cartes grises et permis")
    assert wait.corrected.whole == 12 * len(days(FIRST, LAST))
    assert figure(found, "time_in_service:ensemble").corrected.value == 4.5
    assert (delay.corrected.value, delay.corrected.part) == (2.5, 20 * len(days(FIRST, LAST)))
    assert found.services["ensemble"].served == found.services["cartes"].served + found.services["permis"].served
    assert [each.wait for each in found.services["ensemble"].months] == [540.0] * 3


def test_a_day_that_one_part_counted_wrong_is_left_out_of_the_sum() -> None:
    wrong = date(2013, 3, 11)
    ledger = [each for each in BOTH if (each.id, each.day) != ("lozere/permis", wrong.isoformat())]
    ledger += [each for each in counter("permis", 3, 0.2) if each.day == wrong.isoformat()]
    found = figure(made(ledger, divided_by_60(wrong, wrong)), "wait:ensemble")
    assert (found.corrected.value, found.method, found.raw.status) == (9.0, "exclude", "U")
    assert found.raw.value is not None
    assert found.raw.value < 9.0, "the count itself is never altered"
    assert found.incidents == ["permis-unit"]
    assert found.coverage == pytest.approx(1 - 1 / len(days(FIRST, LAST)))
    own = figure(made(ledger, divided_by_60(wrong, wrong)), "wait:cartes")
    assert (own.corrected.value, own.incidents) == (8.0, [])


def test_days_that_two_parts_leave_out_add_up() -> None:
    incidents = divided_by_60(date(2013, 3, 4), date(2013, 3, 15)), divided_by_60(LAST, LAST, "cartes")
    found = figure(made(BOTH, *incidents), "wait:ensemble")
    assert found.coverage == pytest.approx(1 - 11 / len(days(FIRST, LAST)))
    assert {*found.incidents} == {"permis-unit", "cartes-unit"}


def test_a_sum_is_withheld_if_one_part_is() -> None:
    withheld = made(BOTH, divided_by_60(FIRST, date(2013, 5, 3)))
    part, whole = figure(withheld, "wait:permis"), figure(withheld, "wait:ensemble")
    assert part.guard is not None
    assert (whole.corrected.value, whole.guard) == (None, part.guard)
    assert whole.raw.value == 9.0
    unlearnt = made([*counter("cartes", 9, 8.0), *counter("permis", 3, 12.0, first=LAST)])
    guard = figure(unlearnt, "wait:ensemble").guard
    assert guard is not None
    assert guard.reason == "no baseline"


def test_a_sum_without_one_of_its_parts_is_none() -> None:
    found = figure(made(counter("cartes", 9, 8.0)), "wait:ensemble")
    assert (found.raw.value, found.corrected.value) == (8.0, None)
    assert found.guard is not None
    assert found.guard.reason == "part"
    nothing = figure(made([]), "wait:ensemble")
    assert (nothing.raw.value, nothing.guard) == (None, None)
