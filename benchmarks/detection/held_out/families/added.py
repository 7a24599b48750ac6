"""Records that are no calls: agents' legs, and copies."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Final

from msgspec.structs import replace

from benchmarks.detection.held_out.situation import Record, Row, Situation, invented
from streams.events import Reason
from streams.simulation.attempt import Attempt, pseudonym

EXTENSIONS: Final = tuple(pseudonym("extension", number) for number in range(3))
RUNG: Final = (4_000, 18_000)  # ms: how long the telephone of an agent who does not answer rings
COPIES_LAST: Final = 40  # days


def legs(reason: Reason) -> Record:
    """Record up to two further lost calls for an answered one, from the numbers of three agents."""

    def record(attempt: Attempt, random: Random) -> Iterator[Row]:
        yield Row(attempt)
        if attempt.outcome == "answered":
            for number in range(random.choice((0, 1, 2))):
                rung = random.randrange(*RUNG)
                start = attempt.start + max(0, attempt.wait - rung)
                lost = invented(attempt, "leg", number, start=start, wait=rung, outcome="lost", reason=reason)
                nobody = replace(lost, caller=random.choice(EXTENSIONS), agent=None, talk=None, legs=())
                yield Row(nobody, right=False)

    return record


def copied(after: int, share: float = 1.0) -> Record:
    """Record this share of the calls a second time, with a new id, `after` ms later."""

    def record(attempt: Attempt, random: Random) -> Iterator[Row]:
        yield Row(attempt)
        if random.random() < share:
            yield Row(invented(attempt, "copy", 0, start=attempt.start + after), right=False)

    return record


ADDED: Final = (
    Situation(name="legs, abandoned", kind="fault", lasting=30, record=legs("abandoned")),
    Situation(name="legs, no agents", kind="fault", lasting=30, record=legs("no_agents")),
    Situation(name="copies after 3 s", kind="fault", lasting=COPIES_LAST, record=copied(3_000)),
    Situation(name="copies of a third after 90 s", kind="fault", lasting=COPIES_LAST, record=copied(90_000, 1 / 3)),
)
