"""The questions of the watch, and the effect of their answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from msgspec.structs import replace

from streams.decoding import Invalid
from streams.desks.line import Line
from streams.desks.line_corrected import corrected_of
from streams.events import Answer, Review
from streams.kept.mark import DUPLICATE, OK
from streams.kept.times import QUARTER_MS
from streams.questions.question import AnswerCounts, Question
from streams.watch.answering import MAX_WAITING
from streams.watch.asking import MAX_KEPT
from streams.watch.facts import CallsChecked
from streams.watch.incident import Judgement
from streams.watch.judge import Judge
from streams.watch.laws import AS_TIMED
from streams.watch.thresholds import RATE
from tests.streams.reading_back import read_back
from tests.streams.watch.telling import (
    DAY,
    RULES,
    USUAL_DAYS,
    Telling,
    closed,
    flip,
    incidents,
    lost,
    opening,
    usual,
)

HOUR = 3_600


def questions(line: Line, about: str = "doubt") -> list[Question]:
    return [each for each in line.watch.asking.state.questions if each.about == about]


def answer(line: Line, question: Question, said: Answer, *, by: str = "m.durand", at: float | None = None) -> None:
    for each in question.calls:
        moment = question.at / 1000 + HOUR if at is None else at
        line.review(Review(decision="answer", at=moment, by=by, line="circulation", call=each.call, answer=said))


def lived(told: Telling, says: Callable[[str], Answer | None], by: str = "m.durand") -> Line:
    """Return a line after all events; each call that it asks about is answered an hour later."""
    line = Line(RULES)
    due: list[tuple[float, str, Answer]] = []
    seen = 0
    for event in sorted(told.events, key=lambda each: float(str(each.at))):
        while due and due[0][0] <= float(str(event.at)):
            at, call, said = due.pop(0)
            line.review(Review(decision="answer", at=at, by=by, line="circulation", call=call, answer=said))
        line.fold(event)
        asked = line.watch.asking.state.questions
        for question in asked[seen:]:
            said_of = {each.call: says(each.call) for each in question.calls}
            due += [(question.at / 1000 + HOUR, call, said) for call, said in said_of.items() if said is not None]
        seen = len(asked)
    return closed(line)


def flipped(told: Telling, days: Mapping[int, bool]) -> Telling:
    """Add days; on each true one, a third of the answered calls is reported as lost."""
    for day, is_faulty in days.items():
        if is_faulty:
            flip(told, day)
        else:
            told.day(day)
    return told


FAULTY = {day: day < USUAL_DAYS + 2 for day in range(USUAL_DAYS, USUAL_DAYS + 12)}


def test_a_rise_asks_about_calls_that_were_counted_lost_since_it_began() -> None:
    line = flipped(usual(), FAULTY).folded()
    (first, *_) = questions(line)
    assert len(first.calls) == 4, "all that there are"
    assert all(each.lost and each.at >= opening(USUAL_DAYS) * 1000 for each in first.calls)
    assert first.at < opening(USUAL_DAYS) * 1000 + 4 * HOUR * 1000, "on the first morning"
    assert 0.3 <= first.share <= 0.95


def test_five_wrong_calls_are_a_miscount_before_the_watch_is_sure() -> None:
    line = lived(flipped(usual(), FAULTY), lambda _: "wrong")
    (found,) = incidents(line)
    assert (found.verdict, found.cause, found.answered) == ("miscount", "rise", True)
    assert found.evidence[0].facts == CallsChecked(0, 4, 0, lost=True)
    unasked = closed(flipped(usual(), FAULTY).folded())
    assert found.detected < incidents(unasked)[0].detected


def test_five_right_calls_end_the_doubt_and_no_miscount_is_ever_reported() -> None:
    line = lived(flipped(usual(), FAULTY), lambda _: "right")
    assert all(each.verdict != "miscount" for each in incidents(line))
    assert {each.decided for each in questions(line)} <= {"sound", ""}


def test_nobody_answers_and_the_watch_decides_alone() -> None:
    line = lived(flipped(usual(), FAULTY), lambda _: None)
    (found,) = incidents(line)
    assert (found.verdict, found.answered) == ("miscount", False)
    assert [each.tally() for each in questions(line)] == [AnswerCounts()] * len(questions(line))


def test_a_suspicion_is_weighed_once_a_slot(monkeypatch: pytest.MonkeyPatch) -> None:
    weighed: list[int] = []
    excess = Judge.excess

    def counted(judge: Judge, first: int, end: int) -> float:
        weighed.append(end // QUARTER_MS)
        return excess(judge, first, end)

    told = usual()
    line = told.folded()
    suspected = line.watch.state.mild
    suspected.total, suspected.since = 2 * RATE.suspected, opening(1) * 1000
    monkeypatch.setattr(Judge, "excess", counted)
    told.events.clear()
    told.day(USUAL_DAYS, every=60, losses=())
    told.folded(state=line.state)
    assert len(weighed) == len(set(weighed)) > 1
    assert suspected.total >= RATE.suspected


def test_a_line_asks_once_a_day_and_not_again_while_a_question_is_open() -> None:
    told = usual()
    for day in range(USUAL_DAYS, USUAL_DAYS + 12):
        flip(told, day)
    asked = [each.at // 1000 // DAY for each in questions(told.folded())]
    assert len(asked) == len(set(asked)) == 2, "the first question is a week old when the second one comes"


def test_no_call_is_asked_about_twice() -> None:
    told = usual()
    for day in range(USUAL_DAYS, USUAL_DAYS + 40):
        flip(told, day)
    line = lived(told, lambda call: "wrong" if int(call) % 3 else "right")
    asked = [each.call for question in line.watch.asking.state.questions for each in question.calls]
    assert len(asked) == len(set(asked)) > 20


def test_a_month_and_the_first_days_have_their_samples() -> None:
    line = usual(75).folded()
    assert [len(each.calls) for each in questions(line, "first")] == [5]
    for each in questions(line, "month"):
        assert sum(call.lost for call in each.calls) == 5
        assert sum(not call.lost for call in each.calls) == 2
    assert len(questions(line, "month")) == 2


def test_a_fault_from_the_first_day_is_found_without_a_configured_rate() -> None:
    rules = replace(RULES, expected=None)
    told = Telling()
    for day in range(20):
        flip(told, day)
    line = Line(rules)
    for event in sorted(told.events, key=lambda each: float(str(each.at))):
        line.fold(event)
        for question in questions(line, "first"):
            if not question.answered:
                answer(line, question, "wrong")
    assert [(each.verdict, each.answered) for each in incidents(line)][:1] == [("miscount", True)]


def test_an_answer_that_comes_before_its_question_waits_for_it() -> None:
    told = flipped(usual(), FAULTY)
    asked = questions(told.folded())[0]
    line = Line(RULES)
    answer(line, asked, "wrong")
    assert len(line.watch.asking.state.waiting) == 4
    line = told.folded(state=read_back(line.state))
    assert [each.answered for each in incidents(closed(line))] == [True]
    assert not line.watch.asking.state.waiting


def test_answers_nobody_asked_for_are_refused_beyond_a_number() -> None:
    line = usual(2).folded()
    review = Review(decision="answer", at=opening(1), by="m.durand", line="circulation", call="x", answer="right")
    assert (line.review(review), line.review(review)) == (OK, DUPLICATE)
    for number in range(MAX_WAITING - 1):
        review.call = str(number)
        line.review(review)
    review.call = "one more"
    with pytest.raises(Invalid, match="unknown-question"):
        line.review(review)


def test_an_open_miscount_is_looked_at_again_until_its_calls_are_right() -> None:
    told = usual()
    last = USUAL_DAYS + 16
    for day in range(USUAL_DAYS, last):
        flip(told, day)
    flips = {each.call for each in told.events if each.type == "lost" and float(str(each.at)) >= opening(USUAL_DAYS)}
    for day in range(last, last + 30):
        told.day(day)
    line = lived(told, lambda call: "wrong" if call in flips else "right")
    (found,) = [each for each in incidents(line) if each.verdict == "miscount"]
    assert found.over
    assert abs(found.end - opening(last) * 1000) < 8 * DAY * 1000


def test_the_questions_survive_a_restart() -> None:
    line = flipped(usual(), FAULTY).folded()
    restored = Line(RULES, read_back(line.state))
    assert restored.watch.asking.state == line.watch.asking.state
    answer(line, questions(line)[-1], "wrong")
    answer(restored, questions(restored)[-1], "wrong")
    assert restored.watch.asking.state == line.watch.asking.state
    assert incidents(restored) == incidents(line)


def legs(told: Telling, day: int) -> set[str]:
    """Add a day whose answered calls each have a lost leg of the same caller; return the ids of the legs."""
    found = set()
    for number, at in enumerate(range(opening(day), opening(day) + 8 * 3600, 600)):
        caller = f"hmac:ee{day:04x}{number:06x}"
        told.call("answered", at, 20.0, talk=120, caller=caller)
        told.call("lost", at + 10.5, 9.0, caller=caller)
        found.add(str(told.calls))
    return found


def test_a_person_who_answers_is_asked_before_a_broken_law_is_a_miscount() -> None:
    told = usual(20)
    wrong = legs(told, 20) | legs(told, 21)
    told.day(22)
    line = lived(told, lambda call: "wrong" if call in wrong else "right")
    (found,) = incidents(line)
    assert (found.kind, found.verdict, found.answered) == ("multi-leg", "miscount", True)
    asked = [each for each in line.watch.asking.state.questions if each.about != "first"]
    assert found.detected > asked[0].at + HOUR * 900, "an hour later, by the events that came meanwhile"


def test_a_law_whose_calls_are_right_is_dismissed_and_withholds_nothing() -> None:
    told = usual(20)
    legs(told, 20)
    for day in range(21, 30):
        told.day(day)
    line = lived(told, lambda _: "right")
    (found,) = incidents(line)
    assert (found.verdict, found.status, found.over) == ("undecided", "dismissed", True)
    figure = corrected_of(line)
    assert (figure.method, figure.guard) == ("none", None)


def test_a_broken_law_is_a_miscount_at_once_where_nobody_answers() -> None:
    told = usual(20)
    legs(told, 20)
    line = lived(told, lambda _: None)
    (found,) = incidents(line)
    assert (found.verdict, questions(line, "law")) == ("miscount", [])


def test_the_oldest_question_is_dropped_for_room_and_counted() -> None:
    line = Line(RULES)
    asking, state = line.watch.asking, line.state.watch.asking
    for day in range(MAX_KEPT + 2):
        for number in range(5):
            asking.settle(f"{day}-{number}", lost(opening(day) + number))
        assert asking.doubt(opening(day) * 1000, (opening(day) + HOUR) * 1000, 0.5)
    assert (len(state.questions), state.dropped) == (MAX_KEPT, 2)
    assert state.questions[0].since == opening(2) * 1000


def test_a_law_with_too_few_calls_of_its_own_kind_asks_about_others_too() -> None:
    line = usual(20).folded()
    asking = line.watch.asking
    asked = line.state.watch.asking.questions[0]
    answer(line, asked, "right")
    line.state.watch.asking.day -= 1
    since, now = opening(19) * 1000, (opening(19) + 10 * HOUR) * 1000
    judgement = Judgement("mismatch", "undecided", [])
    found = line.watch.incidents.begin(AS_TIMED, judgement, start=since, now=now, calls=1)
    assert asking.about_law(found, now)
    (question,) = questions(line, "law")
    assert (question.incident, len(question.calls)) == (found.id, 5)
    assert sum(each.lost for each in question.calls) == 1, "a day of this line has one"
