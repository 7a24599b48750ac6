"""Answers to the questions of an analysis, from a file: whether calls were counted rightly."""

from __future__ import annotations

from collections.abc import Mapping
from heapq import heappop, heappush
from pathlib import Path
from typing import Annotated, Final, TypeAlias

import msgspec
from msgspec import Meta, Struct

from agents.translation import text
from streams.decoding import UNREADABLE
from streams.desks.line import Line
from streams.events import Answer, Identifier, Name, Review
from streams.kept.times import FOREVER

BY: Final = "answers"  # who answers, as there is no name in the file
HOUR: Final = 3600.0  # s


class FiledAnswer(Struct, frozen=True):
    """One line of the file: the answer for a call, and how long after the question it comes (s)."""

    line: Name
    call: Identifier
    answer: Answer
    after: Annotated[float, Meta(ge=0)] = HOUR


Answers: TypeAlias = Mapping[tuple[str, str], FiledAnswer]  # by line and call


class AnswersFileError(ValueError):
    """An unusable file of answers; the message names the line and the expected form."""


def read_answers(path: Path) -> dict[tuple[str, str], FiledAnswer]:
    """Return the answers in a file of JSON lines; raise `AnswersFileError` if it has a wrong line, or none."""
    decode = msgspec.json.Decoder(FiledAnswer).decode
    found: dict[tuple[str, str], FiledAnswer] = {}
    with path.open("rb") as lines:
        for number, record in enumerate(lines, 1):
            if not record.strip():
                continue
            try:
                answer = decode(record)
            except UNREADABLE as error:
                expected = '{"line": "standard", "call": "7", "answer": "right", "after": 3600}'
                raise AnswersFileError(
                    text(
                        "{file}, line {number}: {why}; expected {expected}",
                        file=path,
                        number=number,
                        why=error,
                        expected=expected,
                    )
                ) from None
            found[answer.line, answer.call] = answer
    if not found:
        raise AnswersFileError(text("{file} has no answer", file=path))
    return found


class Respondent:
    """A person who answers what the lines of an analysis ask, each question some time later."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._seen: dict[str, int] = {}  # questions of each line that were seen
        self._due: list[tuple[int, str, str]] = []  # the moment (ms), the line, the call

    def look(self, line: Line) -> None:
        """Take the new questions of a line."""
        asking = line.watch.asking.state
        asked = asking.dropped + len(asking.questions)
        for question in asking.questions[len(asking.questions) - (asked - self._seen.get(line.name, 0)) :]:
            for each in question.calls:
                answer = self._answers.get((line.name, each.call))
                if answer is not None:
                    heappush(self._due, (question.at + round(answer.after * 1000), line.name, each.call))
        self._seen[line.name] = asked

    def answer(self, lines: Mapping[str, Line], until: int = FOREVER) -> None:
        """Give the lines the answers that are due before a moment (ms)."""
        while self._due and self._due[0][0] <= until:
            at, name, call = heappop(self._due)
            given = self._answers[name, call].answer
            lines[name].review(Review(decision="answer", at=at / 1000, by=BY, line=name, call=call, answer=given))
            self.look(lines[name])

    def finish(self, lines: Mapping[str, Line]) -> None:
        """Give every answer that is still due once the file has ended."""
        for line in list(lines.values()):
            self.look(line)
        self.answer(lines)
