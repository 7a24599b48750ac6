"""Each person has one answer for a call; contradictory answers decide nothing."""

from __future__ import annotations

from itertools import permutations

from streams.events import Answer
from streams.kept.mark import DUPLICATE, OK
from streams.questions.question import MAX_ANSWERS, AnswerCounts, Drawn, GivenAnswer, Question


def drawn(*answers: tuple[int, int, Answer], lost: bool = True) -> Drawn:
    call = Drawn("7", 0, "lost" if lost else "answered")
    for answer in answers:
        call.take(GivenAnswer(*answer))
    return call


def test_a_later_answer_of_the_same_person_replaces_the_first() -> None:
    given = [(1, 10, "right"), (1, 20, "wrong")]
    assert {drawn(*order).answer for order in permutations(given)} == {"wrong"}  # type: ignore[arg-type]


def test_two_persons_who_contradict_each_other_cannot_tell() -> None:
    assert drawn((1, 10, "right"), (2, 5, "right")).answer == "right"
    assert drawn((1, 10, "right"), (2, 5, "wrong")).answer == "cannot-tell"


def test_a_repetition_changes_nothing_and_the_number_of_persons_is_bounded() -> None:
    call = drawn()
    assert call.answer is None
    assert [call.take(GivenAnswer(by, 1, "right")) for by in range(MAX_ANSWERS)] == [OK] * MAX_ANSWERS
    assert call.take(GivenAnswer(0, 1, "right")) == DUPLICATE
    assert call.take(GivenAnswer(MAX_ANSWERS, 1, "right")) == DUPLICATE


def test_a_question_is_answered_once_every_call_is() -> None:
    calls = [drawn((1, 1, "wrong")), drawn((1, 1, "cannot-tell"), lost=False), drawn()]
    question = Question("q", "doubt", 0, 0, 0, 0.5, calls)
    before = question.answered
    calls[2].take(GivenAnswer(1, 1, "right"))
    assert (before, question.answered) == (False, True)
    assert question.tally() == AnswerCounts(1, 1, 1)
    assert (question.tally(lost=True), question.tally(lost=False)) == (AnswerCounts(1, 1, 0), AnswerCounts(0, 0, 1))
    assert question.tally().told == 2
