"""Answers without an agent: a machine that answers opens an incident, an agent who is not named opens none."""

from __future__ import annotations

from random import Random

import pytest

from tests.streams.watch.telling import Telling, brief, closed, incidents, opening

NAMED = 0.98  # of the answers of a line
LEARNT = 3  # days


def named(days: int, random: Random, share: float = NAMED) -> Telling:
    """Return sound days whose answers name an agent, but for some; talks are exponential."""
    told = Telling()
    for day in range(days):
        told.day(day)
    known: dict[str, str | None] = {}
    talks: dict[str, float] = {}
    for each in told.events:
        if each.type in {"answered", "ended"}:
            each.agent = known.setdefault(each.call, "anne" if random.random() < share else None)
        if each.type == "ended":
            each.talk = talks.setdefault(each.call, random.expovariate(1 / 150))
            each.at = float(each.at) - 120 + each.talk  # type: ignore[arg-type]  # seconds here
    return told


def machine(told: Telling, day: int, calls: int, talk: float = 11.0) -> None:
    for number in range(calls):
        told.call("answered", opening(day) + number * 1_200 + 45, talk=talk + number % 3)


def test_a_machine_that_answers_is_told_within_ten_of_its_calls() -> None:
    told = named(LEARNT + 1, Random(2))
    machine(told, LEARNT, 20)
    line = closed(told.folded())
    assert brief(line) == [("an agent answers", "missing", "miscount")]
    (found,) = incidents(line)
    assert found.detected <= (opening(LEARNT) + 10 * 1_200) * 1000
    assert found.evidence[0].check == "an agent answers"


@pytest.mark.parametrize("talk", [90.0, 150.0])
def test_an_agent_who_is_not_named_is_none(talk: float) -> None:
    told = named(LEARNT + 1, Random(3))
    machine(told, LEARNT, 20, talk)
    assert brief(closed(told.folded())) == []


@pytest.mark.parametrize("share", [0.0, 0.7])
def test_a_line_that_does_not_name_its_agents_is_not_judged(share: float) -> None:
    told = named(LEARNT + 1, Random(4), share)
    machine(told, LEARNT, 20)
    assert brief(closed(told.folded())) == []


@pytest.mark.parametrize("later", [0.0, 0.8, 0.95])
def test_names_that_are_left_out_from_a_day_on_are_no_machine(later: float) -> None:
    random = Random(5)
    told, more = named(LEARNT, random), named(LEARNT + 5, random, later)
    told.events += [each for each in more.events if each.at >= opening(LEARNT)]  # type: ignore[operator]  # as above
    assert brief(closed(told.folded())) == []
