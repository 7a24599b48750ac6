"""The questions of an analysis."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from agents.history.questions import LineQuestion, QuestionShape, question_json
from streams.desks.line import Line
from streams.questions.question import SAMPLES
from streams.status import question_status


def questions(lines: Iterable[Line], zone: ZoneInfo, *, doubts: bool) -> list[QuestionShape]:
    """Return the questions of these lines in time order: either the doubts or the regular samples."""
    asked = [
        (question.at, line.name, question)
        for line in lines
        for question in line.watch.asking.state.questions
        if (question.about not in SAMPLES) == doubts
    ]
    local = partial(_local, zone)
    return [question_json(name, question_status(each, local)) for _, name, each in sorted(asked, key=lambda a: a[:2])]


def unanswered(lines: Mapping[str, Line], zone: ZoneInfo) -> dict[str, LineQuestion]:
    """Return the oldest question of each line that is overdue at the end of its events."""
    local = partial(_local, zone)
    found: dict[str, LineQuestion] = {}
    for name, line in lines.items():
        for each in line.watch.asking.open():
            asked = question_status(each, local)
            question = LineQuestion(name, name, asked, configured=line.rules.expected is not None)
            if question.is_overdue(local(line.state.high)):
                found.setdefault(name, question)
    return found


def _local(zone: ZoneInfo, at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000, zone)
