"""Calls without a record at the exchange."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from benchmarks.detection.held_out.situation import Record, Row, Situation
from streams.simulation.attempt import Attempt

ZONE: Final = ZoneInfo("Europe/Paris")  # of both offices; the bank's clock is an hour ahead
LASTING: Final = 45
SHORT: Final = 20_000  # ms


def missing(dropped: Callable[[Attempt, float], bool], share: float = 1.0) -> Record:
    """Keep no record of this share of some calls; `dropped` has a call and the local hour of its start."""

    def record(attempt: Attempt, random: Random) -> Iterator[Row]:
        local = datetime.fromtimestamp(attempt.start / 1000, ZONE)
        if not dropped(attempt, local.hour + local.minute / 60) or random.random() >= share:
            yield Row(attempt)

    return record


def _gap(_: Attempt, hour: float) -> bool:
    return 10.25 <= hour < 10.75  # noqa: PLR2004 -- 10:15 to 10:45


def _six_hours(_: Attempt, hour: float) -> bool:
    return 9 <= hour < 15  # noqa: PLR2004 -- of one day


def _early_losses(attempt: Attempt, hour: float) -> bool:
    return attempt.outcome == "lost" and hour < 11  # noqa: PLR2004 -- 11:00


def _short_losses(attempt: Attempt, _: float) -> bool:
    return attempt.outcome == "lost" and attempt.wait < SHORT


MISSING: Final = (
    Situation(name="gap 10:15 to 10:45", kind="fault", lasting=LASTING, record=missing(_gap)),
    Situation(name="losses before 11:00 missing", kind="fault", lasting=LASTING, record=missing(_early_losses)),
    # The far end of the trunk is out, for most callers.
    Situation(name="calls fall to 8 % for 6 h", kind="fault", lasting=1, record=missing(_six_hours, 0.92)),
    Situation(name="calls fall to 30 % for 3 days", kind="fault", lasting=3, record=missing(lambda *_: True, 0.7)),
    Situation(name="losses under 20 s missing", kind="fault", lasting=LASTING, record=missing(_short_losses)),
)
