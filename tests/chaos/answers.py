"""Answers to the lines' questions while workers are killed: some are wrong, and some are sent twice."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from agents.history.questions import read_questions
from agents.history.review import review, send
from config.settings import Settings
from streams.events import Review
from tests.chaos.fleet import Fleet, console

PERSONS: Final = ("m.durand", "a.petit")  # who contradict each other now and then
SHARE: Final = 0.8  # of the calls that each of them looks at
SENT_TWICE: Final = 0.1  # of the answers
DELAY: Final = timedelta(hours=1)
KILLS: Final = 2
ANSWERS: Final = ("right", "right", "right", "wrong", "cannot-tell")


def answer_questions(fleet: Fleet, offices: Iterable[Settings], rng: random.Random) -> int:
    """Answer all open questions an hour after they were asked, and kill workers meanwhile; return the answers sent."""
    told = [(office, _answers(office, rng)) for office in offices]
    count = sum(len(each) for _, each in told)
    console.print(f"  {count} answers to the lines' questions")
    for office, answers in told:
        for part in range(KILLS):
            if some := answers[part::KILLS]:
                send(office, *some)
                fleet.kill(rng.uniform(0, 2))
    return count


def _answers(office: Settings, rng: random.Random) -> list[Review]:
    answers = [
        review(
            office, "answer", by, line=each.line, call=one.call, answer=rng.choice(ANSWERS), at=each.asked.at + DELAY
        )
        for each in read_questions(office)
        for one in each.left
        for by in PERSONS
        if rng.random() < SHARE
    ]
    rng.shuffle(answers)
    return answers + rng.sample(answers, round(SENT_TWICE * len(answers)))
