from __future__ import annotations

from agents.sources.asterisk.cdr_calls import GRACE, LONGEST, CdrCalls, Leg

RUNG = "Local/101@agents-0001"


def leg(start: float, end: float, uniqueid: str, channel: str = "PJSIP/trunk-1", peer: str = "") -> Leg:
    return Leg(
        row=1,
        start=start,
        end=end,
        answer=start,
        answered=True,
        caller=None,
        queue="",
        line="",
        limit=None,
        key=False,
        context="",
        channel=channel,
        peer=peer,
        app="dial",
        uniqueid=uniqueid,
    )


def test_legs_of_a_linkedid_are_one_call() -> None:
    calls = CdrCalls()
    calls.hold(leg(100, 110, "1.1"), "1.1")
    calls.hold(leg(105, 130, "1.2"), "1.1")
    (call,) = calls.held.values()
    assert (call.start, call.end, len(call.legs)) == (100, 130, 2)


def test_a_leg_that_joins_two_calls_makes_them_one() -> None:
    calls = CdrCalls()
    calls.hold(leg(100, 110, "1.2", channel=f"{RUNG};2"), "")
    calls.hold(leg(90, 95, "1.1"), "")
    assert len(calls.held) == 2
    calls.hold(leg(96, 140, "1.1", peer=f"{RUNG};1"), "")
    (call,) = calls.held.values()
    assert (call.start, call.end, len(call.legs)) == (90, 140, 3)


def test_a_call_is_over_once_no_further_leg_can_be_its_own() -> None:
    calls = CdrCalls()
    calls.hold(leg(100, 200, "1.1"), "")
    assert not calls.over(leg(200 + GRACE, 300, "9.9"))
    assert not calls.over(leg(100 - LONGEST, 100, "9.9")), "a table may run backwards"
    assert calls.over(leg(201 + GRACE, 300, "9.9"))
    assert calls.by_name == {}
    calls.hold(leg(100, 200, "1.1"), "")
    assert calls.over(leg(99 - LONGEST, 100, "9.9"))
    calls.hold(leg(100, 200, "1.1"), "")
    assert calls.over(None)
    assert not calls.over(None)


def test_a_human_is_whom_a_phone_connects() -> None:
    assert leg(0, 1, "1.1", peer="PJSIP/101-2").is_human
    assert not leg(0, 1, "1.1").is_human
