"""What an incident was at an earlier moment, and whether it may still be extended."""

from __future__ import annotations

from typing import Any

import pytest

from streams.events import Decision
from streams.watch.incident import Decided, Incident, Judgement
from streams.watch.incidents import Incidents
from streams.watch.state import WatchState

HOUR = 3_600_000


def decided(hour: int, decision: Decision) -> Decided:
    return Decided("circulation", hour * HOUR, hour, decision, "m.durand", "", None, None)


def begun(*decisions: Decided) -> Incident:
    """Return a miscount that was detected after two hours, with a person's decisions."""
    judgement = Judgement("drift", "miscount", [])
    found = Incidents("circulation", WatchState()).begin("rise", judgement, start=HOUR, now=2 * HOUR, calls=7)
    for each in decisions:
        found.decide(each)
    return found


def test_an_incident_is_unknown_until_it_is_detected() -> None:
    found = begun()
    assert found.known_at(2 * HOUR) is None
    assert found.known_at(2 * HOUR + 1) is found


@pytest.mark.parametrize(
    ("at", "status", "left"), [(3, "closed", 0), (4, "dismissed", 1), (5, "dismissed", 1), (6, "confirmed", 2)]
)
def test_an_incident_of_an_earlier_moment_has_only_the_decisions_before_it(at: int, status: str, left: int) -> None:
    found = begun(decided(3, "dismiss"), decided(5, "confirm"))
    found.over = True
    then = found.known_at(at * HOUR)
    assert then is not None
    assert (then.status, len(then.decisions)) == (status, left)
    assert (found.status, len(found.decisions)) == ("confirmed", 2), "the incident itself keeps them"


def test_an_incident_that_nobody_had_decided_on_yet_was_open_while_it_lasted() -> None:
    then = begun(decided(3, "confirm")).known_at(3 * HOUR)
    assert then is not None
    assert then.status == "open"


@pytest.mark.parametrize(
    ("more", "goes_on"),
    [
        ({"judged_until": 3 * HOUR}, True),
        ({"judged_until": 3 * HOUR, "over": True}, False),
        ({"judged_until": None}, False),
        ({"judged_until": 3 * HOUR, "status": "dismissed"}, False),
    ],
)
def test_an_incident_is_extended_while_slots_are_to_be_judged_unless_it_is_dismissed(
    more: dict[str, Any], *, goes_on: bool
) -> None:
    found = begun()
    for name, value in more.items():
        setattr(found, name, value)
    assert found.goes_on is goes_on


def test_a_service_and_a_line_of_one_name_have_their_own_incidents() -> None:
    found = begun()
    assert found.is_of("line", "circulation")
    assert not found.is_of("service", "circulation")
    assert not found.is_of("line", "standard")


def test_an_incident_that_was_closed_by_mistake_opens_again_unless_a_person_decided() -> None:
    alone, confirmed = begun(), begun(decided(3, "confirm"))
    for each in (alone, confirmed):
        each.close()
        each.go_on()
    assert (alone.over, alone.status) == (False, "open")
    assert (confirmed.over, confirmed.status) == (False, "confirmed")
