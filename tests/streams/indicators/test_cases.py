"""A service's and a register's corrected figures: days left out, doubts, and decisions."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from streams.indicators.cases import channel_means, no_baseline, service_means
from streams.kept.waits import Waits
from streams.ledger.day import ChannelDay, RequestSlot, ServiceDay, TicketSlot
from streams.watch.incident import Incident
from tests.streams.indicators.telling import incident

FIRST = date(2013, 3, 4)


def day_of(at: int) -> date:
    return datetime.fromtimestamp(at / 1000, UTC).date()


def register(delays: list[int]) -> list[ChannelDay]:
    """Return days with four requests each, answered after the day's delay."""
    return [
        ChannelDay(
            id="lozere/email",
            day=(FIRST + timedelta(number)).isoformat(),
            slots={number: RequestSlot(received=4, answered=4, within=4 if delay < 5 else 0, days=4 * delay)},
        )
        for number, delay in enumerate(delays)
    ]


def closed_on_receipt(first: int, last: int, **more: object) -> Incident:
    start, end = FIRST + timedelta(first), FIRST + timedelta(last)
    return incident(start, end, cause="same moments", kind="same-stamp", desk="channel", **more)


def waits_of(seconds: int) -> Waits:
    waits = Waits()
    waits.add(1000 * seconds)
    return waits


def test_days_of_a_miscount_are_left_out_and_withheld_if_they_are_many() -> None:
    delays = [4, 5] * 10 + [0] * 4
    means = channel_means(register(delays), [closed_on_receipt(20, 23)], day_of, target=True)
    assert (means.delay.value, means.delay.method, means.delay.incidents) == (
        4.5,
        "exclude",
        [closed_on_receipt(20, 23).id],
    )
    means = channel_means(register(delays), [closed_on_receipt(10, 23)], day_of, target=True)
    assert (means.delay.value, means.delay.guard and means.delay.guard.reason) == (None, "coverage")


def test_a_doubt_withholds_the_figure_that_it_would_change_and_no_other() -> None:
    doubt = closed_on_receipt(20, 23, verdict="undecided", status="closed")
    changed = channel_means(register([4, 5] * 10 + [0] * 4), [doubt], day_of, target=True)
    assert changed.delay.guard is not None
    assert (changed.delay.guard.reason, changed.delay.undecided) == ("undecided", True)
    alike = channel_means(register([4, 5] * 12), [doubt], day_of, target=True)
    assert (alike.delay.value, alike.delay.guard, alike.delay.undecided) == (4.5, None, True)


@pytest.mark.parametrize(("decision", "value"), [("confirmed", None), ("dismissed", 2.25)])
def test_a_person_s_decision_ends_the_doubt(decision: str, value: float | None) -> None:
    doubt = closed_on_receipt(20, 39, verdict="undecided", status=decision)
    means = channel_means(register([4, 5] * 10 + [0] * 20), [doubt], day_of, target=True)
    assert means.delay.value == value
    assert not means.delay.undecided


def test_what_is_not_judged_yet_is_in_no_corrected_figure() -> None:
    going_on = closed_on_receipt(10, 10)
    going_on.judged_until = going_on.end
    means = channel_means(register([4] * 12), [going_on], day_of, target=True)
    assert means.delay.coverage == pytest.approx(10 / 12)


def test_a_figure_of_few_cases_is_withheld() -> None:
    assert no_baseline(register([4] * 5)) is not None
    assert no_baseline(register([4] * 6)) is None
    assert channel_means([], [], day_of, no_baseline([]), target=True).delay.guard is None, "nothing is withheld"


@pytest.mark.parametrize(("minute", "method"), [(60, "none"), (90, "exclude")])
def test_visits_that_begin_and_end_at_one_moment_are_left_out_if_their_waits_differ(minute: int, method: str) -> None:
    """They were closed when they were called, or were called when they were closed: then the waits are too long."""
    days = [
        ServiceDay(
            id="lozere/cards",
            day=(FIRST + timedelta(number)).isoformat(),
            slots={number: TicketSlot(issued=4)},
            waits=waits_of(10 * (60 if number < 20 else minute)),
        )
        for number in range(24)
    ]
    same = incident(
        FIRST + timedelta(20), FIRST + timedelta(23), cause="same moments", kind="same-stamp", desk="service"
    )
    assert service_means(days, [same], day_of).wait.method == method


def test_true_waits_count_while_their_miscount_stands() -> None:
    raw, true = Waits(), Waits()
    raw.add(10_000)
    true.add(600_000)
    day = ServiceDay(
        id="lozere/cards", day=FIRST.isoformat(), slots={0: TicketSlot(issued=1)}, waits=raw, recounted=true
    )
    found = incident(FIRST, FIRST, cause="waits divided by 60", kind="unit", desk="service")
    assert service_means([day], [found], day_of).wait.value == 600.0
    zeros = incident(FIRST, FIRST, cause="waits of zero", kind="zero", desk="service")
    unsure = incident(FIRST, FIRST, cause="waits divided by 60", kind="unit", desk="service", verdict="undecided")
    assert service_means([day], [zeros, unsure], day_of).wait.value is None, "they may be false"
    found.status = "dismissed"
    assert service_means([day], [found], day_of).wait.value == 10.0
