"""The state of the watch of a counter or register."""

from __future__ import annotations

from typing import Final

from msgspec import Struct, field

from streams.cases.case import SeenCase
from streams.cases.drift import DriftState
from streams.cases.usual import UsualCases
from streams.kept.times import FOREVER
from streams.watch.incident import Decided, Incident

MAX_CASES: Final = 4_000  # of the latest days (docs/decisions/0004)
MAX_PENDING: Final = 2_000


class CaseWatchState(Struct):
    """The latest cases of a desk, its usual values, and its incidents."""

    cases: dict[int, SeenCase] = {}  # of the latest days, by the digest of a name, or of a name and its day
    pending: dict[int, int] = {}  # the starts of earlier cases that are not served yet, by the digest of their name
    day: int = -1  # local day (an ordinal) of the latest cases
    over: int = FOREVER  # when that day is over, ms; FOREVER before the first event
    looked: int = 0  # new cases since the last look
    usual: UsualCases = field(default_factory=UsualCases)
    missed: int = 0  # cases left out for want of room
    drift: DriftState = field(default_factory=DriftState)
    incidents: list[Incident] = []
    waiting: list[Decided] = []  # decisions on incidents that have not opened yet
    unapplied: int = 0  # dropped decisions whose incident never opened
    counted: dict[str, int] = {}  # incidents by `judged_key`
