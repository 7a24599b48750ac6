"""Lost calls that a machine answers, and that are recorded as answered."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Final

from msgspec.structs import replace

from benchmarks.detection.held_out.situation import Row, Situation
from streams.simulation.attempt import Attempt

LASTING: Final = 45
TALK: Final = (8_000, 15_000)  # ms
GREETING: Final = 5_000  # ms until the greeting begins


def machine(attempt: Attempt, random: Random) -> Iterator[Row]:
    """Record most losses as answered, without an agent and with a short talk."""
    if attempt.outcome != "lost" or random.random() < 0.1:  # noqa: PLR2004 -- one in ten is still lost
        yield Row(attempt)
        return
    yield Row(replace(attempt, outcome="answered", reason=None, talk=random.randrange(*TALK)), right=False)


def greeting(attempt: Attempt, _: Random) -> Iterator[Row]:
    """Record the greeting as the answer: whoever hears it has been answered."""
    heard = attempt.wait - GREETING
    if attempt.outcome == "diverted" or heard <= 0:
        yield Row(attempt)
    elif attempt.outcome == "lost":
        answered = replace(attempt, outcome="answered", reason=None, wait=GREETING, talk=heard)
        yield Row(answered, right=False)
    else:
        yield Row(replace(attempt, wait=GREETING, talk=heard + (attempt.talk or 0), ring=0, legs=()))


MACHINES: Final = (
    Situation(name="a machine answers", kind="fault", lasting=LASTING, record=machine),
    Situation(name="greeting counted as answer", kind="fault", lasting=LASTING, record=greeting),
)
