"""Requests are answered with the mean delay and the share in time of their channel."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from streams.events import RequestEvent, milliseconds
from streams.simulation.requests import ChannelProfile, request_events
from tests.streams.simulation.offices import days

WEEKS = days(84)  # Monday to Sunday, no holiday
LETTERS = ChannelProfile(
    channel="letter", received=200, mean=8.0, days="working", deadline=10, in_time=0.735, pending=12
)
FORMS = ChannelProfile(channel="im344", received=300, mean=2.5, ends="delivered")


def moments_of(channel: ChannelProfile, seed: int = 1) -> dict[str, dict[str, datetime]]:
    found: dict[str, dict[str, datetime]] = defaultdict(dict)
    for event in request_events(channel, WEEKS, "lozere", seed):
        found[event.request][event.type] = datetime.fromtimestamp(milliseconds(event.at) / 1000, UTC)
    return found


def working_days(received: datetime, answered: datetime) -> int:
    first, last = received.date().toordinal(), answered.date().toordinal()
    return sum(day % 7 not in {6, 0} for day in range(first + 1, last + 1))


def test_delays_in_working_days_have_their_mean_and_their_share_in_time() -> None:
    letters = moments_of(LETTERS)
    delays = [working_days(each["received"], each["answered"]) for each in letters.values() if "answered" in each]
    assert len(letters) == 200 == len(delays) + 12
    assert sum(delays) == 8 * len(delays)
    assert sum(delay <= 10 for delay in delays) == 147
    assert len({delay for delay in delays if delay <= 10}) == 11
    end = datetime.fromtimestamp(WEEKS[-1].end - 1, UTC)
    pending = [each["received"] for each in letters.values() if "answered" not in each]
    assert all(working_days(received, end) > 10 for received in pending)


def test_delays_in_calendar_days_have_their_mean() -> None:
    delays = [(each["delivered"].date() - each["received"].date()).days for each in moments_of(FORMS).values()]
    assert len(delays) == 300
    assert sum(delays) == 750
    assert max(delays) > 7


def test_answers_come_after_their_requests_while_the_office_is_open() -> None:
    for channel in (LETTERS, FORMS, replace(FORMS, round_the_clock=True)):
        for each in moments_of(channel).values():
            for kind, at in each.items():
                if kind != "received" or not channel.round_the_clock:
                    assert any(opens <= at.timestamp() <= closes for day in WEEKS for opens, closes in day.opened)
                assert each["received"] <= at


def test_what_is_sent_round_the_clock_comes_at_night_and_on_sundays_too() -> None:
    received = [each["received"] for each in moments_of(replace(FORMS, round_the_clock=True)).values()]
    assert {at.weekday() for at in received} == set(range(7))
    assert any(at.hour > 18 for at in received)


def test_events_are_in_order_and_the_same_for_the_same_seed() -> None:
    first, again, other = (request_events(FORMS, WEEKS, "lozere", seed) for seed in (1, 1, 2))
    assert first == again != other
    assert first == sorted(first, key=lambda event: milliseconds(event.at))
    assert len({event.id for event in first}) == len(first)
    assert isinstance(first[0], RequestEvent)


def test_a_mean_that_no_delays_have_is_refused() -> None:
    with pytest.raises(ValueError, match=r"no delays of 200 requests of letter have the mean 0.1"):
        request_events(replace(LETTERS, mean=0.1, in_time=0.5, pending=0), WEEKS, "lozere", 1)
