"""Talk, patience and their errors, learnt from the days of a ledger."""

from __future__ import annotations

import numpy as np
import pytest

from streams.forecast.handling import of_line, of_service
from streams.kept.waits import Waits
from streams.ledger.day import CallSlot, LineDay, ServiceDay, TicketSlot

SHORT, TALK, PATIENCE, RING = 5.0, 150.0, 200.0, 3.0  # s


def waits(*seconds: float) -> Waits:
    found = Waits()
    for each in seconds:
        found.add(round(each * 1000))
    return found


def days(count: int, calls: int = 100) -> list[LineDay]:
    """Return days on which half of the callers wait in a queue for a minute and are impatient."""
    random = np.random.default_rng(2)
    found = []
    for place in range(count):
        offered = np.where(np.arange(calls) % 2, 60.0, 0.0)
        patience = random.exponential(PATIENCE, calls)
        lost = patience < offered
        slot = CallSlot(offered=calls + 5, answered=int((~lost).sum()), lost=int(lost.sum()), diverted=5)
        slot.lost_short = int((patience[lost] < SHORT).sum())
        found.append(
            LineDay(
                id="lozere/standard",
                day=f"2013-03-{place + 1:02}",
                slots={1: slot},
                answered_waits=waits(*(offered[~lost] + RING)),
                lost_waits=waits(*patience[lost]),
                talks=waits(*random.lognormal(np.log(TALK) - 0.6**2 / 2, 0.6, calls)),
            )
        )
    return found


def test_talk_patience_and_ringing_are_found_within_their_errors() -> None:
    found = of_line(days(20), SHORT, wrap_up=12)
    assert found is not None
    assert abs(found.talk - TALK) < 3 * found.talk_error * TALK
    assert found.talk_error == pytest.approx(0.6 / np.sqrt(2_000), rel=0.5)
    assert found.spread == pytest.approx(0.6, abs=0.05)
    assert abs(found.patience - PATIENCE) < 3 * found.patience_error * PATIENCE
    assert (found.ringing, found.around) == pytest.approx((RING, RING + 12), rel=0.02)
    assert found.aside == pytest.approx(5 / 105)


def test_more_days_make_the_means_surer() -> None:
    few, many = (of_line(days(count), SHORT, wrap_up=0) for count in (4, 31))
    assert few is not None
    assert many is not None
    assert many.talk_error < few.talk_error
    assert many.patience_error < few.patience_error


def test_without_talk_times_nothing_is_learnt_unless_their_mean_is_given() -> None:
    silent = [LineDay(id="lozere/standard", day="2013-03-01", slots={1: CallSlot(offered=90, answered=90)})]
    assert of_line(silent, SHORT, wrap_up=0) is None
    given = of_line([], SHORT, wrap_up=0, talk=180)
    assert given is not None
    assert (given.talk, given.talk_error, given.patience, given.patience_error) == (180, 0, 300, 0)


def test_visitors_who_are_called_in_vain_need_no_agent() -> None:
    day = ServiceDay(
        id="lozere/cartes",
        day="2013-03-01",
        slots={1: TicketSlot(issued=50, served=40, no_show=10)},
        times_in_service=waits(*[300.0] * 40),
    )
    found = of_service([day])
    assert found is not None
    assert (found.talk, found.aside) == pytest.approx((300, 0.2))
    assert np.isinf(found.patience)
    assert of_service([]) is None
