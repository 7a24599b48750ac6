"""Losses that are hidden among the answered calls, which a person is asked about."""

from __future__ import annotations

from random import Random

import pytest

from streams.questions.stratum import LOST_STRATA
from streams.watch.facts import CallsChecked
from tests.streams.watch.telling import Telling, incidents, opening
from tests.streams.watch.test_asking import lived, questions
from tests.streams.watch.test_attended import named

LEARNT = 20  # sound days
GREETED = 45  # days on which callers who hang up hear a greeting first, as an answer


def greeted(days: int = GREETED, each_day: int = 3) -> tuple[Telling, set[str]]:
    """Return a line that names its agents, and the ids of its later answers without one, which are losses."""
    told, hidden = named(LEARNT + days, Random(6), share=1.0), set()
    for day in range(LEARNT, LEARNT + days):
        for number in range(each_day):
            told.call("answered", opening(day) + (2 * number + 1) * 3_600 + 45, talk=60.0 + number)
            hidden.add(str(told.calls))
    return told, hidden


@pytest.mark.slow
def test_answers_without_an_agent_that_become_frequent_are_asked_about_and_found() -> None:
    told, hidden = greeted()
    line = lived(told, lambda call: "wrong" if call in hidden else "right")
    first = questions(line)[0]
    assert {each.stratum for each in first.calls} == {"answered-no-agent"}
    assert first.at < opening(LEARNT + 4) * 1000
    found = incidents(line)[0]
    assert (found.kind, found.verdict, found.hides_losses) == ("missing", "miscount", True)
    assert found.evidence[0].facts == CallsChecked(0, found.evidence[0].facts.wrong, 0, lost=False)  # type: ignore[union-attr]
    assert found.end > opening(LEARNT + GREETED - 9) * 1000, "each week a person is asked again"


@pytest.mark.slow
def test_an_agent_who_is_not_named_is_asked_about_until_five_calls_are_right_and_is_usual_then() -> None:
    told, _ = greeted()
    line = lived(told, lambda _: "right")
    assert incidents(line) == []
    assert [each.decided for each in questions(line) if not each.calls[0].lost] == ["", "sound"]


@pytest.mark.slow
def test_without_an_answer_there_is_a_question_and_no_verdict() -> None:
    told, _ = greeted()
    line = lived(told, lambda _: None)
    assert incidents(line) == []
    assert line.watch.asking.open()


@pytest.mark.slow
def test_a_wrong_call_among_the_others_of_a_sample_is_followed_by_more_of_its_kind() -> None:
    told, hidden = named(75, Random(7), share=1.0), set()
    for day in range(LEARNT, 75):
        for number in range(12):
            told.call("answered", opening(day) + number * 2_000 + 45, talk=9.0 + number % 5, agent="anne")
            hidden.add(str(told.calls))
    line = lived(told, lambda call: "wrong" if call in hidden else "right")
    sample = next(each for each in questions(line, "month") if any(call.call in hidden for call in each.calls))
    more = next(each for each in questions(line) if each.at > sample.at)
    assert {each.stratum for each in more.calls} <= {each.stratum for each in sample.calls} - set(LOST_STRATA)
    assert any(each.hides_losses and each.verdict == "miscount" for each in incidents(line))


@pytest.mark.parametrize(("says", "verdict"), [("right", "undecided"), (None, "miscount")])
@pytest.mark.slow
def test_if_people_answer_they_decide_whether_losses_that_no_longer_come_are_missing(
    says: str | None, verdict: str
) -> None:
    told = Telling()
    for day in range(50):
        told.day(day, every=150, losses=(30, 70, 110, 150) if day < LEARNT + 10 else ())
    line = lived(told, lambda _: says)  # type: ignore[arg-type,return-value]
    found = next(each for each in incidents(line) if each.cause == "fall")
    assert found.verdict == verdict
