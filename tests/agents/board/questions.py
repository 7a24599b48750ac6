"""An office whose lines ask about calls, as the topics show it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from agents.board.follower import Known
from streams.events import Answer, Review
from streams.questions.question import About
from streams.status import AskedCall, OpenQuestion
from tests.agents.board.known import MORNING, Record, known, line, suspected
from tests.streams.chain.telling import Writer

ASKED = MORNING - timedelta(days=2)


def question(name: str = "circulation", about: About = "doubt", at: datetime = ASKED, calls: int = 5) -> OpenQuestion:
    """Return a question about calls that were counted lost an hour apart, the last of a sample as answered."""
    asked = [
        AskedCall(f"{name}-13881{number}.7", at - timedelta(hours=calls - number), "lost") for number in range(calls)
    ]
    if about != "doubt":
        asked[-1] = AskedCall(asked[-1].call, asked[-1].at, "answered")
    return OpenQuestion(f"{name}-{at:%Y%m%dT%H%M%SZ}-question-{about}", about, at, asked)


def asking(*answers: Review, told: Known | None = None) -> Known:
    """Return the topics of an office: a doubt about one line and a month's sample of another, with logged answers."""
    found, writer = told or known(suspected()), Writer()
    for each in answers:
        writer.enter(each)
    history = found.history.copy()
    for entry in writer.log:
        history.take(Record("tocsin.reviews", entry.key, entry.value, entry.partition, entry.offset))
    lines = [
        line(incidents=found.lines["lozere/circulation"].incidents, questions=[question()]),
        line("standard", questions=[question("standard", "month", MORNING - timedelta(days=1), 7)]),
    ]
    return found._replace(history=history, lines={each.id: each for each in lines})


def answered(number: int, answer: Answer = "wrong", **more: Any) -> Review:
    """Return an answer about a call of the doubt."""
    call = question().calls[number].call
    given: dict[str, Any] = {"at": MORNING.timestamp(), "by": "m.durand", "line": "circulation", **more}
    return Review(decision="answer", call=call, answer=answer, **given)
