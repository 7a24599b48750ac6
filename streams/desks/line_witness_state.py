"""What a line remembers of its witness: the second record of its calls."""

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
    """Hold two records of one line as far as they can still change, and what the rest came to; moments in epoch ms.

    A pair has the line's own record first, the witness second. The witness's own moments are of its own clock.
    """

    mark: Mark = field(default_factory=Mark)  # how far the witness's events were folded
    calls: tuple[dict[str, Call], dict[str, Call]] = field(default_factory=lambda: ({}, {}))  # not settled yet
    sources: list[str] = field(default_factory=lambda: ["", ""])  # that were heard of first
    since: list[int] = field(default_factory=lambda: [-1, -1])  # the earliest moment heard of; -1 before any
    high: list[int] = field(default_factory=lambda: [-1, -1])  # the latest
    way: Way = "undecided"  # how calls are joined
    ahead: int = 0  # ms, of the witness's clock
    paired: int = 0  # up to when both records are told of
    settled: int = 0  # before it no call is waited for any more
    told: set[str] = field(default_factory=set)  # the waiting calls on which a difference was told, as side and id
    # Differences too few to be told, by cause (`Disputed`)
    few: dict[str, list[tuple[int, int, str, bool]]] = field(default_factory=dict)
    lacking: Cusum = field(default_factory=Cusum)  # evidence that the witness lacks more of the settled calls
    # Those which it lacks, since there is such evidence (`Disputed`)
    lacked: list[tuple[int, int, str, bool]] = field(default_factory=list)
    # Calls of the line by hour (epoch ms // 3600000), for two days
    called: dict[int, int] = field(default_factory=dict)
    silent: int = 0  # settled calls of the line since the witness was last heard
    silent_answered: int = 0  # of them answered

    # Of the ledger, that are written: by local day (an ordinal)
    days: dict[int, WitnessDay] = field(default_factory=dict)
    done: list[WitnessDay] = field(default_factory=list)  # of the ledger, that are over: to be published once more

    # What the settled calls came to
    witnessed: Counts = NOTHING  # by the witness
    best: Counts = NOTHING  # by both
    here: int = 0  # calls of the line
    uncovered: int = 0  # of them: while the witness was silent
    matched: int = 0
    only_here: int = 0
    only_there: int = 0
    contradicted: int = 0
    ambiguous: int = 0  # calls of either record that could be one of several of the other
    late: int = 0  # events of calls that nobody waits for any more
    dropped: int = 0  # calls that were settled early because too many waited
