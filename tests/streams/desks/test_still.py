"""Time alone changes no figure of a desk before the moment that the desk's state gives."""

from __future__ import annotations

from typing import Final

import msgspec
import pytest

from streams.calls.rules import LineRules
from streams.calls.windows import WINDOWS
from streams.desks import still
from streams.desks.channel import Channel
from streams.desks.line import Line
from streams.desks.service import Service
from streams.kept.times import DAY_MS, FOREVER, HOUR_MS, MINUTE_MS
from tests.streams.desks import lines, visits
from tests.streams.desks.test_channel import CARDS

NOON: Final = 1_543_665_600_000  # ms
WITNESSED: Final = msgspec.structs.replace(lines.RULES, witness="carrier")


def at(minutes: float) -> float:
    """Return the moment (s) some minutes after noon."""
    return NOON / 1000 + 60 * minutes


def line_of(*kinds: str, rules: LineRules = lines.RULES) -> Line:
    """Return a line with one call for each kind of its last event, a quarter of an hour after another."""
    told = [
        each
        for number, kind in enumerate(kinds)
        for each in (
            lines.event("offered", at(15 * number), str(number)),
            *([lines.event(kind, at(15 * number + 2), str(number))] if kind != "offered" else []),
        )
    ]
    return lines.folded(told, rules)


def service_of(text: str) -> Service:
    return visits.folded(visits.day(text))


def test_the_windows_of_a_line_change_when_a_call_enters_or_leaves_one_and_never_between() -> None:
    line = line_of("answered", "lost", rules=msgspec.structs.replace(lines.RULES, max_call=DAY_MS))
    now = NOON
    changes = []
    while (until := still.line_windows_still_until(line, now)) != FOREVER:
        assert line.figures.windows(until - 1) == line.figures.windows(now)
        assert line.figures.windows(until) != line.figures.windows(now)
        changes.append((until - NOON) // MINUTE_MS)
        now = until
    lengths = [0, *(window.length // MINUTE_MS for window in WINDOWS)]
    assert changes == sorted({moment + length for moment in (2, 17) for length in lengths})
    assert line.figures.windows(now) == line.figures.windows(now + DAY_MS)


def test_the_windows_of_settled_calls_change_as_their_tallies_leave() -> None:
    line = line_of("answered", "lost")
    line.advance(NOON + 40 * MINUTE_MS)
    assert not line.state.live
    now = NOON + 40 * MINUTE_MS
    while (until := still.line_windows_still_until(line, now)) != FOREVER:
        assert line.figures.windows(until - 1) == line.figures.windows(now)
        now = until
    assert now == NOON + 15 * MINUTE_MS + DAY_MS
    assert not any(tally.ended for tally in line.figures.windows(now).values())


@pytest.mark.parametrize(("last", "still_there"), [("offered", 30), ("ringing", 30), ("lost", 32)])
def test_a_line_is_still_only_if_none_of_its_calls_may_wait(last: str, still_there: int) -> None:
    line, now = line_of("answered", "lost", last), NOON + 31 * MINUTE_MS
    waits = bool(line.figures.waiting(now))
    assert waits == (last != "lost")
    assert still.line_waits_still_until(line, now) == (now if waits else FOREVER)
    assert still.line_still_until(line, now) == (now if waits else NOON + still_there * MINUTE_MS)


def test_the_hours_of_a_line_are_still_until_one_with_calls_leaves_them() -> None:
    line = line_of(*["answered"] * 5)  # a call at 12:02, three until 13:00, and one at 13:02
    line.advance(NOON + 65 * MINUTE_MS)
    assert line.state.live
    assert line.state.rings.day
    for length in (2 * HOUR_MS, DAY_MS):
        assert still.hours_still_until(line, NOON, length) == NOON + length
        assert still.hours_still_until(line, NOON + length, length) == NOON + HOUR_MS + length
        assert still.hours_still_until(line, NOON + HOUR_MS + length, length) == FOREVER


def test_the_hours_beyond_the_last_day_are_still_until_they_leave_a_longer_time() -> None:
    line = line_of("answered")
    line.fold(lines.event("answered", at(26 * 60), "later"))
    line.advance(NOON + 27 * HOUR_MS)
    assert set(line.state.rings.hours) == {NOON // HOUR_MS}
    later = NOON + 27 * HOUR_MS
    assert still.hours_still_until(line, later, 2 * DAY_MS) == NOON + 2 * DAY_MS
    assert still.hours_still_until(line, later, DAY_MS) == NOON + 26 * HOUR_MS + DAY_MS


def test_the_windows_of_a_service_change_when_a_ticket_or_a_counter_enters_or_leaves_one() -> None:
    service = service_of("A1 issued 09:00 called 09:10 served 09:12\nA2 issued 09:01 called 09:30")
    for kind, told in (("called", "09:40"), ("served", "09:45")):
        service.fold(visits.event(kind, visits.clock(told), "A3", counter="4"))
    now = visits.moment("09:05")

    def shown(moment: int) -> list[object]:
        return [(service.window(window, moment), service.open_counters(window, moment)) for window in WINDOWS]

    changes = []
    while (until := still.service_windows_still_until(service, now)) != FOREVER:
        assert shown(until - 1) == shown(now)
        assert shown(until) != shown(now)
        changes.append(until)
        now = until
    lengths = [0, *(window.length for window in WINDOWS)]
    called = [visits.moment(told) for told in ("09:10", "09:30", "09:40")]
    at_work = visits.moment("09:45")  # the counter's last event
    assert changes == sorted({moment + length for moment in (*called, at_work) for length in lengths})


def test_the_minutes_of_settled_tickets_are_still_until_they_leave_the_day() -> None:
    service = service_of("A1 issued 09:00 called 09:10 served 09:12 completed 09:20")
    assert service.shed()
    assert not service.state.live
    later = visits.moment("10:30")
    assert still.service_still_until(service, later) == visits.moment("09:10") + DAY_MS
    assert still.service_still_until(service, later + DAY_MS) == FOREVER


def test_a_service_is_still_only_if_none_of_its_visitors_may_wait() -> None:
    now = visits.moment("09:30")
    waiting = service_of("A1 issued 09:00 called 09:10 served 09:12 completed 09:20\nA2 issued 09:20")
    assert waiting.waiting(now)
    assert still.service_waits_still_until(waiting, now) == still.service_still_until(waiting, now) == now
    waiting.fold(visits.event("cancelled", visits.clock("09:25"), "A2"))
    assert still.service_waits_still_until(waiting, now) == FOREVER
    assert still.service_still_until(waiting, now) == visits.moment("10:10")


def test_the_version_of_calls_changes_with_the_position_and_with_settling_alone_not_with_time() -> None:
    line = line_of("answered", "lost")
    version = still.calls_version(line)
    line.advance(NOON + 18 * MINUTE_MS)
    assert still.calls_version(line) == version
    line.advance(NOON + DAY_MS)
    settled = still.calls_version(line)
    assert settled != version
    watched = still.watch_version(line)
    line.state.offset += 1
    assert still.calls_version(line) not in {version, settled}
    assert still.watch_version(line) != watched


@pytest.mark.parametrize("rules", [lines.RULES, WITNESSED])
def test_the_version_of_a_watch_on_a_line_changes_whenever_it_looks(rules: LineRules) -> None:
    line = lines.folded([lines.event("offered", at(0)), lines.event("answered", at(1))], rules)
    version, due = still.watch_version(line), line.due
    assert not line.advance(due - 1)
    assert still.watch_version(line) == version
    assert line.advance(due)
    assert still.watch_version(line) != version


def test_the_look_of_a_witness_alone_changes_the_version_of_the_watch() -> None:
    line = lines.folded([lines.event("answered", at(1))], WITNESSED)
    assert line.witness is not None
    version = still.watch_version(line)
    line.witness.look(NOON + DAY_MS)
    assert still.watch_version(line) != version


def test_the_version_of_a_service_changes_as_its_day_ends() -> None:
    service = service_of("A1 issued 09:00 called 09:10")
    version = still.service_version(service)
    assert not service.advance(visits.moment("16:00"))
    assert still.service_version(service) == version
    assert service.advance(visits.moment("19:00"))
    assert service.total().no_show == 1
    assert still.service_version(service) != version


def test_the_version_of_a_service_changes_as_its_tickets_settle_for_lack_of_room() -> None:
    service = service_of("A1 issued 09:00 called 09:10")
    version = still.service_version(service)
    service.shed()
    assert still.service_version(service) != version


def test_the_version_of_a_watch_on_a_service_changes_once_the_day_is_judged() -> None:
    service = service_of("A1 issued 09:00 called 09:10")
    version = still.watch_version(service)
    service.advance(visits.moment("19:00"))
    assert still.watch_version(service) == version
    service.advance(visits.moment("19:00") + DAY_MS)
    assert still.watch_version(service) != version


def test_the_version_of_a_channel_changes_with_its_position_and_with_the_day() -> None:
    channel, morning = Channel(CARDS), NOON - 12 * HOUR_MS
    version = still.channel_version(channel, morning)
    assert still.channel_version(channel, morning + DAY_MS - 1) == version
    assert still.channel_version(channel, morning + DAY_MS) != version
    watched = still.watch_version(channel)
    channel.state.offset += 1
    assert still.channel_version(channel, morning) != version
    assert still.watch_version(channel) != watched
