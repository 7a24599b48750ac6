"""The state of a line's witness, the second record of its calls."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from streams.calls.call import Call
from streams.calls.counts import Counts
from streams.checks.bernoulli_cusum import Cusum
from streams.kept.mark import Mark
from streams.ledger.day import WitnessDay
from streams.reconcile.matching import Way

NOTHING: Final = Counts()
MAX_WAITING_CALLS: Final = 2_000  # of each record; the state of a line must stay far below a broker's limit


@dataclass(slots=True)
class LineWitnessState:
    """The unsettled calls of both records of a line, and the sums of the settled ones; moments in epoch ms.

    A pair has the line's own record first, the witness second. The witness's moments are of its own clock.
    """

    mark: Mark = field(default_factory=Mark)  # how far the witness's events were folded
    calls: tuple[dict[str, Call], dict[str, Call]] = field(default_factory=lambda: ({}, {}))  # not settled yet
    sources: list[str] = field(default_factory=lambda: ["", ""])  # the source of each record's first event
    since: list[int] = field(default_factory=lambda: [-1, -1])  # the earliest event; -1 before any
    high: list[int] = field(default_factory=lambda: [-1, -1])  # the latest event
    way: Way = "undecided"  # how calls are joined
    ahead: int = 0  # ms, of the witness's clock
    paired: int = 0  # the moment up to which both records are complete
    settled: int = 0  # earlier calls have settled
    told: set[str] = field(default_factory=set)  # waiting calls with a reported difference, as side and id
    # Differences too few to report, by cause (`Disputed`)
    few: dict[str, list[tuple[int, int, str, bool]]] = field(default_factory=dict)
    lacking: Cusum = field(default_factory=Cusum)  # evidence that the witness lacks more of the settled calls
    # Calls that it lacks, since there is such evidence (`Disputed`)
    lacked: list[tuple[int, int, str, bool]] = field(default_factory=list)
    # Calls of the line by hour (epoch ms // 3600000), for two days
    called: dict[int, int] = field(default_factory=dict)
    silent: int = 0  # settled calls of the line since the witness was last heard
    silent_answered: int = 0  # of them answered

    # Open days of the ledger, by local day (an ordinal)
    days: dict[int, WitnessDay] = field(default_factory=dict)
    done: list[WitnessDay] = field(default_factory=list)  # closed days of the ledger, to be published once more

    # The sums of the settled calls
    witnessed: Counts = NOTHING  # by the witness
    best: Counts = NOTHING  # by both
    here: int = 0  # calls of the line
    uncovered: int = 0  # calls of the line during the witness's silence
    matched: int = 0
    only_here: int = 0
    only_there: int = 0
    contradicted: int = 0
    ambiguous: int = 0  # calls of either record with several candidates in the other
    late: int = 0  # events of settled calls
    dropped: int = 0  # calls settled early for lack of room
