"""Each mechanism leaves its typical marks, with the stated severity."""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import lru_cache
from typing import get_args

import msgspec
import pytest
from msgspec.structs import replace

from streams.events import CallEvent, milliseconds
from streams.simulation.faults.fault import Mechanism
from streams.simulation.faults.mechanisms import MECHANISMS
from streams.simulation.office import LineProfile
from streams.simulation.truth import InjectedFault
from streams.watch.laws import Miscount
from tests.streams.simulation.offices import LINE, calls, days, fault, office, run

YEAR = days(364)
LOW = replace(LINE, expected_lost_rate=0.0187)
Calls = dict[str, list[CallEvent]]


@lru_cache
def honest(weeks: int = 52) -> Calls:
    return by_call(calls(run(office(LOW), YEAR[: 7 * weeks])[0]))


@lru_cache(maxsize=4)  # a year each
def wrong(mechanism: str, severity: float | None = None, line: LineProfile = LOW) -> tuple[Calls, InjectedFault]:
    events, truth = run(office(line), YEAR, [fault(mechanism, 0, 363, YEAR, severity)])
    return by_call(calls(events)), truth.faults[0]


def by_call(events: list[CallEvent]) -> Calls:
    found = defaultdict(list)
    for event in events:
        found[event.call].append(event)
    return dict(found)


def rate(injected: InjectedFault) -> float:
    found = injected.episode.within.told.lost_rate
    assert found is not None
    return found


def offer(of_call: list[CallEvent]) -> CallEvent:
    return next(event for event in of_call if event.type == "offered")


def outcome(of_call: list[CallEvent]) -> CallEvent:
    return next(event for event in of_call if event.type in {"answered", "lost", "diverted"})


def types(of_call: list[CallEvent]) -> set[str]:
    return {str(event.type) for event in of_call} - {"ringing"}


def made(mechanism: str) -> list[list[CallEvent]]:
    """Return the calls that only the faulty counting has."""
    return [of_call for call, of_call in wrong(mechanism)[0].items() if call not in honest()]


def changed(mechanism: str) -> list[tuple[list[CallEvent], list[CallEvent]]]:
    """Return the true calls that are reported wrongly, as they were and as they are reported."""

    def bare(of_call: list[CallEvent]) -> list[CallEvent]:
        return [replace(event, seq=None) for event in of_call]

    return [
        (honest()[call], of_call)
        for call, of_call in wrong(mechanism)[0].items()
        if call in honest() and bare(of_call) != bare(honest()[call])
    ]


@pytest.mark.parametrize(
    ("mechanism", "offered"),
    [
        ("answered-as-lost", 1.0),
        ("answered-as-lost-silently", 1.0),
        ("legs-as-lost", 1.22),
        ("lost-again", 1.22),
        ("redialled", 1.22),
        ("answered-missing", 0.096),
        ("stale", 1.0),
        ("phantoms", 1.22),
        ("short-counted", 1.22),
    ],
)
def test_usual_severities_turn_two_percent_into_twenty(mechanism: str, offered: float) -> None:
    _, injected = wrong(mechanism)
    within = injected.episode.within
    assert within.true.lost_rate == pytest.approx(0.0187, rel=0.2)
    assert rate(injected) == pytest.approx(0.1956, abs=0.05)
    assert within.told.offered / within.true.offered == pytest.approx(offered, rel=0.06)


def test_answered_calls_are_flagged_lost_with_their_wait_and_the_end_of_their_talk() -> None:
    flagged = changed("answered-as-lost")
    for true, told in flagged:
        assert (types(true), types(told)) == ({"offered", "answered", "ended"}, {"offered", "lost", "ended"})
        assert outcome(told).wait == outcome(true).wait
        assert told[-1].talk == true[-1].talk
    assert len(flagged) == wrong("answered-as-lost")[1].effect.affected


def test_or_with_no_other_sign() -> None:
    for true, told in changed("answered-as-lost-silently"):
        assert types(told) == {"offered", "lost"}
        assert (outcome(told).wait, outcome(told).agent) == (outcome(true).wait, None)


@pytest.mark.slow
def test_legs_share_second_and_caller_with_an_answered_call() -> None:
    answered = {(offer(each).at, offer(each).caller) for each in honest().values() if "answered" in types(each)}
    legs = made("legs-as-lost")
    assert all((offer(each).at, offer(each).caller) in answered for each in legs)
    assert all(types(each) == {"offered", "lost"} for each in legs)
    busy, _ = wrong("legs-as-lost", 2.5)
    assert len(busy) / len(honest()) == pytest.approx(1 + 2.5 * 0.97, rel=0.03)


def test_rows_written_twice_differ_in_nothing_but_their_ids() -> None:
    def bare(of_call: list[CallEvent]) -> bytes:
        return msgspec.json.encode([replace(event, call="", id=None, seq=None) for event in of_call])

    rows = Counter(bare(of_call) for of_call in wrong("rows-twice")[0].values())
    assert set(rows) == {bare(of_call) for of_call in honest().values()}
    assert set(rows.values()) == {2}


def test_lost_calls_are_counted_so_many_times() -> None:
    lost = (outcome(of_call) for of_call in wrong("lost-again", 3.0)[0].values() if "lost" in types(of_call))
    times = Counter((event.at, event.caller) for event in lost)
    assert set(times.values()) == {3}


def test_redialling_repeats_a_caller_within_a_minute() -> None:
    lost = {outcome(each).caller for each in honest().values() if outcome(each).type == "lost"}
    assert {outcome(each).caller for each in made("redialled")} <= lost
    callers = Counter(outcome(each).caller for each in wrong("redialled")[0].values() if outcome(each).type == "lost")
    assert callers.total() / len(callers) > 8


@pytest.mark.slow
def test_missing_records() -> None:
    for mechanism, left in (
        ("answers-missing", {"offered", "ended"}),
        ("ends-missing", {"offered"}),
    ):
        assert changed(mechanism)
        assert all(types(told) == left for _, told in changed(mechanism))
        within = wrong(mechanism)[1].episode.within
        assert within.told.unresolved / within.true.offered == pytest.approx(0.5, abs=0.03)
    assert not made("answered-missing")
    assert not any("lost" in types(each) for each in wrong("lost-missing")[0].values())
    short = wrong("short-dropped")[0]
    assert min(outcome(each).wait or 0 for each in short.values() if outcome(each).type == "lost") >= 10


def test_the_stale_are_cleared_after_closing_with_waits_that_cannot_be() -> None:
    for _, told in changed("stale"):
        assert outcome(told).type == "lost"
        assert (outcome(told).wait or 0) >= 5 * 3_600
        assert milliseconds(outcome(told).at) // 1000 % 86_400 == 22 * 3_600


def test_waits_are_longer_than_their_moments_say() -> None:
    for true, told in changed("longer-waits"):
        assert outcome(told).wait == pytest.approx((outcome(true).wait or 0) + 30)
        assert outcome(told).at == outcome(true).at


def test_diverted_calls_are_lost() -> None:
    assert wrong("diverted-as-lost")[1].episode.within.told.diverted == 0
    assert rate(wrong("diverted-as-lost")[1]) > 0.024


def open_at(event: CallEvent) -> bool:
    at = milliseconds(event.at) / 1000
    return any(opens <= at < closes for day in YEAR for opens, closes in day.opened)


def test_phantoms_never_wait_and_come_in_bursts_from_nobody_or_one() -> None:
    ghosts = made("phantoms")
    assert all(outcome(each).wait == 0 for each in ghosts)
    assert all(open_at(offer(each)) for each in ghosts)
    callers = Counter(offer(each).caller for each in ghosts)
    assert callers.pop(None) / len(ghosts) == pytest.approx(0.5, abs=0.1)
    assert sum(callers.values()) / len(callers) > 4


@pytest.mark.slow
def test_what_is_made_up_while_closed_falls_in_no_opening_hours() -> None:
    for mechanism in ("night-calls", "closed-calls"):
        ghosts = made(mechanism)
        assert len(ghosts) / 364 == pytest.approx(0.22 * 60, rel=0.1)
        assert not any(open_at(offer(each)) for each in ghosts)
        waits = [outcome(each).wait or 0 for each in ghosts]
        assert max(waits) == 0 if mechanism == "night-calls" else min(waits) >= 3


def test_newly_counted_short_calls_are_of_different_people_within_five_seconds() -> None:
    short = made("short-counted")
    assert max(outcome(each).wait or 0 for each in short) <= 5
    assert len({offer(each).caller for each in short}) == len(short)


@pytest.mark.slow
def test_clocks_are_wrong_by_hours() -> None:
    for mechanism, hours in (("clock-step", -5), ("zone-mix", -1)):
        events = [event for of_call in wrong(mechanism)[0].values() for event in of_call]
        true = {event.id: event for of_call in honest().values() for event in of_call}
        steps = {(milliseconds(event.at) - milliseconds(true[event.id].at)) / 3_600_000 for event in events}
        assert steps == ({hours} if mechanism == "clock-step" else {0, hours})
    ahead, _ = wrong("clock-step", 3.0)
    assert ahead.keys() == honest().keys()


@pytest.mark.slow
def test_silence_and_loss() -> None:
    assert not wrong("silent")[0]
    lost, injected = wrong("events-lost", 0.2)
    kept = sum(map(len, lost.values())) / sum(map(len, honest().values()))
    assert kept == pytest.approx(0.8, abs=0.01)
    assert injected.effect.affected == sum(map(len, honest().values())) - sum(map(len, lost.values()))
    assert not wrong("events-lost", 1.0)[0]


@pytest.mark.parametrize("each", MECHANISMS.values(), ids=MECHANISMS.keys())
def test_every_mechanism_says_what_it_is(each: Mechanism) -> None:
    assert each.kinds
    assert set(each.kinds) <= set(get_args(Miscount))
    assert sum(way is not None for way in (each.rewrite, each.invent, each.carry, each.distort)) == 1
    assert abs(each.severity.mildest) <= abs(each.severity.usual) <= abs(each.severity.worst)


@pytest.mark.parametrize("mechanism", [name for name, each in MECHANISMS.items() if each.distort is None])
def test_a_severity_of_nothing_changes_nothing(mechanism: str) -> None:
    neutral = 1.0 if mechanism == "lost-again" else 0.0
    if mechanism == "events-late":
        neutral = 1e-9
    weeks = YEAR[:84]
    events, truth = run(office(LOW), weeks, [fault(mechanism, 0, 83, weeks, neutral)])
    (injected,) = truth.faults
    assert by_call(calls(events)) == honest(12)
    assert injected.episode.within.told == injected.episode.within.true
