"""Answered calls recorded as lost, without a sign of it: after sound weeks, or from the first day on."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Final

from msgspec.structs import replace

from benchmarks.detection.held_out.situation import Record, Row, Situation
from streams.simulation.attempt import Attempt

RATE: Final = 0.041
DAY_ONE: Final = (1.5, 2, 3, 5)  # times the true rate
PRIORS: Final = {"prior right": 1.0, "no prior": None, "prior 3 x": 3.0}
LOSES_MUCH: Final = 0.30


def flipped(share: float) -> Record:
    """Record this share of the answered calls as lost."""

    def record(attempt: Attempt, random: Random) -> Iterator[Row]:
        if attempt.outcome != "answered" or random.random() >= share:
            yield Row(attempt)
            return
        lost = replace(attempt, outcome="lost", reason="abandoned", agent=None, talk=None, legs=())
        yield Row(lost, right=False)

    return record


def share_for(counted: float, rate: float) -> float:
    """Return the share of answered calls that makes a lost rate this counted one.

    >>> round(share_for(0.06, 0.02), 4)
    0.0408
    """
    return (counted - rate) / (1 - rate)


FLIPPED: Final = (
    Situation(name="silent 18 %", kind="fault", lasting=30, record=flipped(0.18)),
    Situation(name="silent, to 6 %", kind="fault", rate=0.0187, lasting=45, record=flipped(share_for(0.06, 0.0187))),
    Situation(name="silent, 2 x", kind="fault", rate=RATE, lasting=45, record=flipped(share_for(2 * RATE, RATE))),
    Situation(name="silent, half a point more each week", kind="fault", record=flipped(0.07), grows=True),
    Situation(name="a line that loses 30 %", kind="fault", rate=LOSES_MUCH, lasting=25, record=flipped(0.3)),
    *(
        Situation(
            name=f"day one {times} x, {words}",
            kind="fault",
            rate=RATE,
            days=120,
            learnt=False,
            record=flipped(share_for(times * RATE, RATE)),
            prior=prior,
        )
        for times in DAY_ONE
        for words, prior in PRIORS.items()
    ),
)
