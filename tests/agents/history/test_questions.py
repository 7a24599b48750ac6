"""The open questions of an office, with the answers that the log already has."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec

from agents.history.questions import answers_in, open_questions, question_json
from streams.chain.links import Chain
from streams.events import Review
from tests.agents.board.known import MORNING, SETTINGS, line
from tests.agents.board.questions import answered, question
from tests.streams.chain.telling import Writer


def logged(*reviews: Review) -> Chain:
    writer = Writer()
    for each in reviews:
        writer.enter(each)
    return writer.chain()


def test_doubts_come_first_then_the_oldest_and_other_offices_are_left_out() -> None:
    lines = [
        line("standard", questions=[question("standard", "month"), question("standard", at=MORNING)]),
        line("circulation", questions=[question()]),
        line("circulation", questions=[question()], site="ardeche"),
        line("gone", questions=[question("gone")]),
    ]
    found = open_questions(SETTINGS, lines, {})
    assert [(each.line, each.asked.about) for each in found] == [
        ("circulation", "doubt"),
        ("standard", "doubt"),
        ("standard", "month"),
    ]
    assert [each.label for each in found[:1]] == ["Circulation"]


def test_a_persons_last_answer_in_the_log_counts_and_two_that_contradict_each_other_tell_nothing() -> None:
    log = logged(
        answered(0, "wrong", at=20.0),
        answered(0, "right", at=10.0),
        answered(1, "wrong"),
        answered(1, "right", by="s.martin"),
        answered(2, "right", line="standard"),
    )
    (found,) = open_questions(SETTINGS, [line(questions=[question()])], answers_in(log))
    assert [each.answer for each in found.asked.calls] == ["wrong", "cannot-tell", None, None, None]
    assert found.left == found.asked.calls[2:]


def test_a_question_is_written_as_analyze_writes_it() -> None:
    asked = open_questions(SETTINGS, [line(questions=[question(calls=2)])], answers_in(logged(answered(1))))[0].asked
    document: dict[str, Any] = msgspec.to_builtins(question_json("circulation", asked))
    assert document["calls"][1]["answer"] == "wrong"
    assert "answer" not in document["calls"][0]
    assert document["answers"] == {"right": 0, "wrong": 1, "cannot-tell": 0}
    assert (document["status"], document["at"]) == ("open", "2013-12-29T10:30:00+01:00")


def test_a_doubt_or_a_sample_of_an_unknown_line_is_overdue_after_a_day() -> None:
    lines = [line(questions=[question(), question(about="month", at=MORNING - timedelta(days=9))])]
    doubt, month = open_questions(SETTINGS, lines, {})
    assert doubt.is_overdue(doubt.asked.at + timedelta(days=1, seconds=1))
    assert not doubt.is_overdue(doubt.asked.at + timedelta(days=1))
    assert [month._replace(configured=known).is_overdue(MORNING) for known in (True, False)] == [False, True]
    whole = answers_in(logged(*(answered(number) for number in range(5))))
    assert not open_questions(SETTINGS, lines, whole)[0].is_overdue(MORNING)
