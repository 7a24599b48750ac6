"""Each broken law opens one incident, of the contract's kind, and extends it."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter

import pytest

from streams.calls.rules import LineRules
from streams.watch.incident import Incident, Judgement
from streams.watch.laws import LAWS
from tests.streams.telling import event
from tests.streams.watch.telling import (
    DAY,
    FIRST,
    RULES,
    USUAL_DAYS,
    Telling,
    brief,
    closed,
    folded,
    incidents,
    office_open,
    opening,
    usual,
)

Fault = Callable[[Telling, float], None]


def leg(told: Telling, at: float) -> None:
    caller = f"hmac:ee{int(at):010x}"
    told.call("answered", at, 20, caller=caller, talk=60)
    told.call("lost", at + 5, 4, caller=caller)


def redial(told: Telling, at: float) -> None:
    for number in range(4):
        told.call("lost", at + 15 * number, 1 + number, caller=f"hmac:ff{int(at):010x}")


def wrong_wait(told: Telling, at: float) -> None:
    told.call("answered", at, 10)
    told.events[-1].wait = 70.0


FAULTS: dict[str, tuple[str, Fault]] = {
    "copied rows": ("duplicate", lambda told, at: told.call("answered", at, copies=2)),
    "one call at a time": ("multi-leg", leg),
    "no redialling machine": ("duplicate", redial),
    "no talk in a lost call": ("answered-as-lost", lambda told, at: told.call("lost", at, talk=60)),
    "nobody at no time": ("phantom", lambda told, at: told.call("lost", at, 0.2, caller=None)),
    "every call ends": ("missing", lambda told, at: told.call("offered", at)),
    "waits as timed": ("mismatch", wrong_wait),
}


@pytest.mark.parametrize("law", FAULTS)
def test_a_broken_law_opens_one_incident_and_extends_it(law: str) -> None:
    kind, fault = FAULTS[law]
    told = usual(3)
    for day in (3, 4):
        told.day(day)
        for number in range(8):
            fault(told, opening(day) + number * 600 + 30)
    line = closed(told.folded())
    assert brief(line) == [(law, kind, "miscount")]
    (found,) = incidents(line)
    assert found.status == "open"
    assert found.start == opening(3) * 1000
    assert found.end == (opening(4) + 4_500) * 1000, "the last slot with a break: 7 x 600 + 30 s after opening"
    assert opening(3) * 1000 < found.detected <= (opening(3) + 3 * 3600) * 1000
    assert found.evidence[0].check == law


@pytest.mark.parametrize(("breaks", "days"), [(2, 8), (4, 5)])
def test_the_seldomer_a_law_was_broken_the_longer_its_incident_stays_open(breaks: int, days: int) -> None:
    told = usual()
    for day in range(USUAL_DAYS, USUAL_DAYS + 4):
        told.day(day)
        for number in range(breaks):
            wrong_wait(told, opening(day) + number * 3_000 + 30)
    line = told.folded()
    for day in range(USUAL_DAYS + 4, USUAL_DAYS + 4 + days):
        assert [each.status for each in incidents(line)] == ["open"], day
        told.events.clear()
        told.day(day)
        line = told.folded(state=line.state)
    assert [each.status for each in incidents(line)] == ["closed"]


def test_a_law_that_breaks_again_must_hold_as_long_again() -> None:
    told, clean = usual(), []
    for day in range(USUAL_DAYS, USUAL_DAYS + 6):
        told.day(day)
        if day - USUAL_DAYS in {0, 1, 4}:
            for number in range(4):
                wrong_wait(told, opening(day) + number * 3_000 + 30)
        (found,) = incidents(closed(told.folded()))
        clean.append(found.clean)
    assert clean == [0, 0, 1, 2, 0, 1]


def test_callers_who_ring_again_at_once_and_wait_are_people() -> None:
    told = usual(3)
    for day in (3, 4):
        told.day(day)
        for number in range(8):
            for attempt in range(3):
                caller = f"hmac:ff{day}{number:09x}"
                told.call("lost", opening(day) + number * 600 + 80 * attempt, 60 + attempt, caller=caller)
    assert "no redialling machine" not in {cause for cause, _, _ in brief(closed(told.folded()))}


def test_where_callers_are_never_told_the_calls_of_one_second_are_no_wonder() -> None:
    told = Telling()
    for day in range(6):
        told.day(day, losses=range(0, 96, 12))
        for number in range(12):
            told.call("lost", opening(day) + number // 2 * 1200, 0.0)
    for each in told.events:
        each.caller = None
    assert not set(LAWS) & {cause for cause, _, _ in brief(closed(told.folded()))}


def test_the_odd_break_is_no_incident() -> None:
    told = usual(6)
    for day in range(6):
        told.call("answered", opening(day) + 30, copies=2)
        told.call("lost", opening(day) + 3630, talk=60)
    assert brief(closed(told.folded())) == []


def at_hour(told: Telling, day: int, hour: float, calls: int = 5) -> None:
    for number in range(calls):
        told.call("lost", FIRST + day * DAY + hour * 3600 + 7 * number)


@pytest.mark.parametrize(("hour", "told_of"), [(7.25, False), (6.99, True), (16.5, False), (17.0, True), (22, True)])
def test_calls_of_closed_hours_are_told_outside_the_grace(hour: float, *, told_of: bool) -> None:
    told = usual(4)
    at_hour(told, 2, hour)
    assert brief(closed(told.folded())) == [("closed hours", "closed-hours", "miscount")] * told_of


def test_a_call_in_closed_hours_on_three_nights_is_no_incident() -> None:
    told = usual(9)
    for day in (1, 4, 7):
        at_hour(told, day, 22, 1)
    assert brief(closed(told.folded())) == []


def quiet(from_hour: float, days: int = 12) -> Telling:
    """Add usual days, a day that falls silent at an hour, and another usual one."""
    told = usual(days + 2)
    silent = opening(days) + (from_hour - 8) * 3600
    told.events = [
        each
        for each in told.events
        if not silent <= float(each.at) < opening(days + 1)  # type: ignore[arg-type]  # a number
    ]
    return told


def test_silence_of_an_open_line_is_missing() -> None:
    line = closed(quiet(10).folded())
    assert brief(line) == [("silence", "missing", "miscount")]
    (found,) = incidents(line)
    assert found.start == (opening(12) + 2 * 3600) * 1000
    assert found.end == opening(13) * 1000 - 16 * 3_600_000, "the end of the office's day"
    assert found.calls == 0


def test_silence_of_an_hour_or_of_closed_hours_is_none() -> None:
    assert brief(closed(quiet(15).folded())) == []


@pytest.mark.parametrize(("second", "spans"), [(16, [(14, 16)]), (25, [(14, 14), (25, 25)])])
def test_silent_mornings_a_few_days_apart_are_one_incident_and_weeks_apart_are_two(
    second: int, spans: list[tuple[int, int]]
) -> None:
    told = usual(second + 3)
    told.events = [
        each
        for each in told.events
        if not any(opening(day) <= float(each.at) < opening(day + 1) for day in (14, second))  # type: ignore[arg-type]  # a number
    ]
    line = closed(told.folded())
    assert brief(line) == [("silence", "missing", "undecided")] * len(spans)
    found = [(each.start / 1000, each.end / 1000, each.over) for each in incidents(line)]
    assert found == [(opening(first), opening(last) + 8 * 3600, True) for first, last in spans]


def test_late_events_are_a_fault_of_the_clock() -> None:
    told = usual(2)
    told.events.sort(key=attrgetter("at"))
    for each in told.events[-90:]:
        each.at = float(each.at) - 3600 * (int(float(each.at)) % 2)  # type: ignore[arg-type]  # a number
    assert ("on time", "clock", "miscount") in brief(closed(folded(told.events)))


def test_a_loss_after_more_than_any_call_lasts_is_stuck() -> None:
    told = usual(2)
    for number in range(5):
        told.events.append(event("lost", opening(1) + 28_000, f"s{number}", wait=8000.0))
    assert ("possible waits", "stuck", "miscount") in brief(closed(told.folded()))


def rising(day_of_copies: int) -> list[Incident]:
    """Add calls flipped to lost for two days, and copied rows on a day."""
    told = usual(14)
    for day in (14, 15, 16):
        told.day(day, losses=())
    for each in told.events:
        if float(each.at) >= opening(14) and each.type == "answered" and int(each.call) % 3 == 0:  # type: ignore[arg-type]  # a number
            each.type = "lost"
            each.talk = None
    told.events = [each for each in told.events if each.type != "ended" or float(each.at) < opening(14)]  # type: ignore[arg-type]  # a number
    for day in range(17, day_of_copies + 1):
        told.day(day, losses=range(0, 96, 3))
    for number in range(8):
        told.call("answered", opening(day_of_copies) + number * 600 + 30, copies=2)
    return incidents(closed(told.folded()))


def test_a_law_names_the_rise_that_is_open() -> None:
    (found,) = rising(16)
    assert (found.cause, found.kind, found.verdict) == ("copied rows", "duplicate", "miscount")
    assert found.id.endswith("-rise"), "an id stays"
    assert {"copied rows", "lost rate"} <= {each.check for each in found.evidence}


def test_a_law_that_breaks_weeks_later_is_another_incident() -> None:
    told = usual(13)
    told.day(13, losses=())
    rate = told.folded()
    suspected = Judgement("drift", "miscount", [])
    rate.watch.incidents.begin("rise", suspected, start=opening(3) * 1000, now=opening(4) * 1000, calls=9)
    later = Telling()
    later.calls = 100_000
    for number in range(8):
        later.call("answered", opening(14) + number * 600 + 30, copies=2)
    later.day(14)
    line = closed(later.folded(state=rate.state))
    assert [each.cause for each in incidents(line)] == ["rise", "copied rows"]


def test_a_law_broken_again_after_its_incident_was_closed_has_another_id() -> None:
    told = Telling()
    for day in range(22):
        told.day(day, every=7200, losses=())  # so few calls that evidence hardly fades
    for day in (2, 20):
        for number in range(4):
            told.call("lost", opening(day) + number * 600 + 30, talk=60)
    line = closed(told.folded(LineRules(site="lozere", line="circulation", open=office_open, expected=0.3)))
    laws = [each for each in incidents(line) if each.cause == "no talk in a lost call"]
    assert [each.status for each in laws] == ["closed", "open"]
    assert laws[0].end <= laws[1].start
    assert len({each.id for each in laws}) == 2


def test_calls_that_go_on_at_a_files_end_are_not_missing() -> None:
    told = usual(2)
    for number in range(6):
        told.call("offered", opening(1) + 28_500 + number)
    told.events = [each for each in told.events if float(each.at) <= opening(1) + 28_510]  # type: ignore[arg-type]  # a number
    assert brief(closed(told.folded(RULES))) == []


def test_what_breaks_in_closed_hours_puts_no_open_slot_in_quarantine() -> None:
    told = usual(6)
    for day in (3, 4):
        for number in range(6):
            told.call("lost", opening(day) + 12 * 3600 + number * 600, 0.2, caller=None)
    assert brief(closed(told.folded())) == [("closed hours", "closed-hours", "miscount")]


def off(days: range, by: Callable[[int, int], float]) -> Telling:
    """Add days with reported waits that are off their moments by seconds, as a function of the day and the call."""
    told = usual(days.start)
    for day in days:
        for number, at in enumerate(range(opening(day), opening(day) + 8 * 3600, 300)):
            told.call("answered", at, 10.0 + number % 7)
            told.events[-1].wait = 10.0 + number % 7 + by(day, number)
    return told


@pytest.mark.parametrize(
    ("days", "seconds"), [(range(4), 3.0), (range(4), 8.0), (range(6, 10), 3.0), (range(6, 10), -4.0)]
)
def test_waits_that_are_off_by_a_constant_are_how_the_source_counts(days: range, seconds: float) -> None:
    line = closed(off(days, lambda _, number: seconds + number % 2 * 0.9).folded())
    assert "waits as timed" not in {cause for cause, _, _ in brief(line)}
    assert abs(line.state.watch.offset - 1000 * seconds) < 1000


@pytest.mark.parametrize(
    "by",
    [
        lambda _, number: 30.0 + number % 2,  # no greeting is so long
        lambda _, number: 3.0 + number % 4 * 3.0,  # no constant
        lambda day, number: (day - 6) * 8.0 + number / 12,  # it grows
    ],
)
def test_waits_that_are_off_by_more_than_before_are_a_miscount(by: Callable[[int, int], float]) -> None:
    line = closed(off(range(6, 9), by).folded())
    assert ("waits as timed", "mismatch", "miscount") in brief(line)
    assert incidents(line)[0].start >= opening(6) * 1000


def test_a_constant_that_comes_after_waits_were_told_as_timed_is_a_miscount() -> None:
    line = closed(off(range(9), lambda day, _: 0.0 if day < 5 else 6.0).folded())
    assert brief(line) == [("waits as timed", "mismatch", "miscount")]
    assert incidents(line)[0].start == opening(5) * 1000


def test_a_wait_that_differs_from_the_source_s_constant_is_odd() -> None:
    line = closed(off(range(4), lambda day, number: 3.0 if day < 2 or number % 2 else 40.0).folded())
    assert brief(line) == [("waits as timed", "mismatch", "miscount")]
    assert incidents(line)[0].start == opening(2) * 1000


def redialled(wait: float) -> list[tuple[str, str]]:
    """Return kind and verdict of the incidents of a day with many losses, whose callers' machines redial."""
    told = usual()
    told.day(USUAL_DAYS, losses=(), wait=wait)
    for number in range(24):
        at, caller = opening(USUAL_DAYS) + 600.0 * (number + 6), f"hmac:dd{number:06x}"
        for _ in range(5):
            told.call("lost", at, 3.0, caller=caller)
            at += 15
    return [(each.kind, each.verdict) for each in incidents(closed(told.folded()))]


def test_machines_that_redial_while_waits_grow_lose_callers_really() -> None:
    assert ("duplicate", "miscount") in redialled(wait=10.0)
    assert "miscount" not in [verdict for _, verdict in redialled(wait=150.0)]
