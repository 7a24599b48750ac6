"""Each record of a held-out situation says whether it is right, and a real change never has a wrong one."""

from __future__ import annotations

from random import Random

import pytest
from msgspec.structs import replace

from benchmarks.detection.held_out.families.catalogue import SITUATIONS
from benchmarks.detection.held_out.situation import Row, Situation
from benchmarks.detection.office import LINE
from streams.simulation.attempt import Attempt

NINE = 1_378_105_200_000  # 2013-09-02 09:00 in both worlds, epoch ms
ANSWERED = Attempt(line=LINE, call="a", start=NINE, wait=9_000, outcome="answered", agent="s1", talk=90_000)
LOST = Attempt(line=LINE, call="b", start=NINE, wait=9_000, outcome="lost", reason="abandoned")

every = pytest.mark.parametrize("situation", SITUATIONS.values(), ids=SITUATIONS.keys())


def recorded(situation: Situation, attempt: Attempt, times: int = 400) -> list[list[Row]]:
    assert situation.record is not None
    random = Random(1)
    return [list(situation.record(replace(attempt), random)) for _ in range(times)]


@every
def test_a_fault_makes_records_wrong_and_nothing_else_does(situation: Situation) -> None:
    rows = [] if situation.record is None else recorded(situation, ANSWERED) + recorded(situation, LOST)
    gap = replace(LOST, start=NINE + 90 * 60_000)
    rows += [] if situation.record is None else recorded(situation, gap)
    wrong = any([each.right for each in some] != [True] for some in rows)
    assert wrong == (situation.kind == "fault")


@every
def test_a_right_record_has_the_true_outcome_of_its_call(situation: Situation) -> None:
    for attempt in (ANSWERED, LOST):
        for some in [] if situation.record is None else recorded(situation, attempt, 50):
            for row in some:
                true = row.attempt.call == attempt.call and row.attempt.outcome == attempt.outcome
                assert row.right == true


def test_legs_are_lost_calls_from_three_numbers_beside_the_right_record() -> None:
    some = recorded(SITUATIONS["legs, abandoned"], ANSWERED)
    assert all(rows[0] == Row(ANSWERED) for rows in some)
    assert {len(rows) for rows in some} == {1, 2, 3}
    legs = [row for rows in some for row in rows[1:]]
    assert len({row.attempt.caller for row in legs}) == 3
    assert {(row.attempt.outcome, row.right) for row in legs} == {("lost", False)}


def test_a_copy_has_the_talk_and_the_wait_of_its_call() -> None:
    ((first, second), *_) = recorded(SITUATIONS["copies after 3 s"], ANSWERED)
    assert (second.attempt.wait, second.attempt.talk) == (first.attempt.wait, first.attempt.talk)
    assert (second.attempt.start - first.attempt.start, second.right) == (3_000, False)


def test_callers_who_redial_are_new_true_calls() -> None:
    storm = SITUATIONS["redial storm, hard"]
    assert storm.befall is not None
    assert len(list(storm.befall(ANSWERED, Random(1)))) == 1
    calls = [each for seed in range(50) for each in storm.befall(LOST, Random(seed))]
    assert len(calls) > 150
    assert {each.outcome for each in calls} == {"answered", "lost"}


def test_every_kind_of_verdict_has_situations() -> None:
    kinds = [each.kind for each in SITUATIONS.values()]
    assert (kinds.count("fault"), kinds.count("real"), kinds.count("sound")) == (29, 13, 5)
