"""How many calls of a line two records agree on, why they differ on other calls, and the figure by both records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from operator import attrgetter
from typing import Final, NamedTuple

from streams.calls.counts import Counts
from streams.reconcile.matching import Pairing
from streams.reconcile.sighting import Sight, Sighting, counted
from streams.reconcile.verdict import Judged, Standing, Why, judge

MAX_DIFFERENCES: Final = 200_000  # maximum of a line's differences that are kept one by one; all are counted


class Disagreement(NamedTuple):
    """A call on which two records differ."""

    first: Sighting | None
    second: Sighting | None
    why: Why
    ambiguous: bool
    at: int  # when it began (ms), by the first record that has it


class Account:
    """The calls of one line; `best` is the figure by both records together."""

    def __init__(self) -> None:
        self.standings: Counter[Standing] = Counter()
        self.reasons: Counter[Why] = Counter()
        self.best = Counts()
        self.ambiguous = 0  # calls of either record with several candidates in the other
        self.differences: list[Disagreement] = []
        self.left_out = 0  # differences beyond `MAX_DIFFERENCES`

    def add(self, call: Pairing, judged: Judged) -> None:
        """Count a call by how the records agree on it, and keep it if they differ."""
        self.standings[judged.standing] += 1
        if judged.why is None:
            return
        self.reasons[judged.why] += 1
        if len(self.differences) < MAX_DIFFERENCES:
            start = call.seen[1].start
            self.differences.append(Disagreement(call.first, call.second, judged.why, call.ambiguous, start))
        else:
            self.left_out += 1

    def in_order(self) -> list[Disagreement]:
        return sorted(self.differences, key=attrgetter("at"))


class Accounts:
    """The account of every line; `day` gives the local day of a moment (ms)."""

    def __init__(self, sights: tuple[Sight, Sight], day: Callable[[int], int]) -> None:
        self.lines: dict[str, Account] = {}
        self._sights = sights
        self._day = day

    def add(self, call: Pairing) -> None:
        """Judge a call and count it.

        The two calls of an ambiguous pair are counted separately, but only once in `best`.
        """
        account = self.lines.setdefault(call.seen[1].line, Account())
        judged = judge(call, self._sights, self._day)
        account.best += counted(judged.outcome)
        if not call.ambiguous:
            account.add(call, judged)
            return
        account.ambiguous += 2
        for alone in (call._replace(second=None), call._replace(first=None)):
            account.add(alone, judge(alone, self._sights, self._day)._replace(why="unknown"))
