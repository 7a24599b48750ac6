"""Records that are no calls of the line: agents' legs, copies, and callers who hung up during the greeting."""

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
HANG_UPS: Final = 0.05  # of the calls
GREETING: Final = (1_000, 8_000)  # ms
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


def hung_up(attempt: Attempt, random: Random) -> Iterator[Row]:
    """Record a lost call for a caller who hung up during the greeting, one for twenty calls."""
    yield Row(attempt)
    if random.random() < HANG_UPS:
        waited = {"wait": random.randrange(*GREETING), "outcome": "lost", "reason": "abandoned"}
        caller = pseudonym("greeting", random.randrange(10**6))
        yield Row(
            invented(attempt, "greeting", 0, caller=caller, agent=None, talk=None, ring=0, legs=(), **waited),
            right=False,
        )


ADDED: Final = (
    Situation(name="legs, abandoned", kind="fault", lasting=30, record=legs("abandoned")),
    Situation(name="legs, no agents", kind="fault", lasting=30, record=legs("no_agents")),
    Situation(name="copies after 3 s", kind="fault", lasting=COPIES_LAST, record=copied(3_000)),
    Situation(name="copies of a third after 90 s", kind="fault", lasting=COPIES_LAST, record=copied(90_000, 1 / 3)),
    Situation(name="hang-ups in the greeting", kind="fault", record=hung_up),
)
