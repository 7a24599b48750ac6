"""What persons' answers decide about a doubt.

The answers are weighed by a sequential test (`streams.checks.wald`), which allows for persons who err. Several
questions about one doubt are weighed together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from streams.checks.wald import Outcome, SequentialTest
from streams.questions.question import About, AnswerCounts, Question
from streams.watch.thresholds import ASK


class Ruling(NamedTuple):
    """What the answers decide about a stretch."""

    question: Question  # the last one
    outcome: Outcome
    lost: bool  # about the calls that were counted lost, rather than the others
    counts: AnswerCounts
    score: float  # nats: the evidence for a miscount
    since: int  # epoch ms: start of the stretch
    origin: About = "doubt"  # of the first question about it


def rule(questions: Sequence[Question], question: Question) -> Ruling | None:
    """Return what the answers to a question, and to those before it about the same doubt, decide; None if nothing."""
    if question.about == "law":
        return _rule_on_law(question)
    for lost in (True, False):
        counts = counts_of(questions, question, lost=lost)
        outcome = outcome_of(question, counts)
        if outcome == "faulty" or (outcome == "sound" and _closes(questions, question, lost=lost)):
            *_, first = chain = list(_chain(questions, question))
            since = min(each.since for each in chain)
            score = _test(question.share).weight(counts.wrong, counts.right)
            return Ruling(question, outcome, lost, counts, score, since, first.about)
    return None


def _closes(questions: Sequence[Question], question: Question, *, lost: bool) -> bool:
    """Return whether right calls end the doubt: it is about them, and none of the others was wrong."""
    if not question.answered or lost != any(each.lost for each in question.calls):
        return False
    others = counts_of(questions, question, lost=not lost)
    return not others.wrong or outcome_of(question, others) == "sound"


def counts_of(questions: Sequence[Question], question: Question, *, lost: bool) -> AnswerCounts:
    """Return the answers to a question and to those before it about the same doubt."""
    return sum((each.tally(lost=lost) for each in _chain(questions, question)), AnswerCounts())


def outcome_of(question: Question, counts: AnswerCounts) -> Outcome | None:
    """Return what the answers about a doubt decide; None if more are needed.

    A few right ones end a doubt, but not a miscount that earlier answers have shown.
    """
    if counts.right >= ASK.calls and not counts.wrong and not question.incident:
        return "sound"
    return _test(question.share).outcome(counts.wrong, counts.right)


def leans_sound(question: Question, counts: AnswerCounts) -> bool:
    """Return whether honest counting explains the answers about a doubt better than a miscount."""
    return _test(question.share).weight(counts.wrong, counts.right) < 0


def _rule_on_law(question: Question) -> Ruling | None:
    """Return the ruling on a broken law once every call has an answer: the more likely of miscount and honest count."""
    counts = question.tally()
    if not question.answered or not counts.told:
        return None
    score = _test(question.share).weight(counts.wrong, counts.right)
    lost = any(each.lost for each in question.calls)
    return Ruling(question, "faulty" if score > 0 else "sound", lost, counts, score, question.since)


def _chain(questions: Sequence[Question], question: Question) -> Iterator[Question]:
    """Yield a question and those before it about the same doubt, which the answers have not decided."""
    yield question
    since = question.since
    earlier = questions[: questions.index(question)]
    for each in reversed([each for each in earlier if each.about != "law"]):
        if each.decided or each.until < since:
            return
        since = min(since, each.since)
        yield each


def _test(share: float) -> SequentialTest:
    """Return the test for a miscount that makes this share of the calls wrong."""
    faulty = share * (1 - ASK.error) + (1 - share) * ASK.error
    return SequentialTest(ASK.error, faulty, ASK.false_alarm, ASK.miss)
