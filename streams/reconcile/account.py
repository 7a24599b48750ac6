"""What two records of a line come to: how many of its calls agree, why others do not, and the figure by both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from streams.calls.counts import Counts
from streams.reconcile.matching import Pairing
from streams.reconcile.sighting import Sight, Sighting, counted
from streams.reconcile.verdict import Judged, Standing, Why, of_both, of_one

MAX_DIFFERENCES: Final = 200_000  # of a line, that are kept one by one; all are counted


class Disagreement(NamedTuple):
    """Hold one call on which two records differ."""

    first: Sighting | None
    second: Sighting | None
    why: Why
    ambiguous: bool

    @property
    def at(self) -> int:
        """Return when it began (ms), by the first record that has it."""
        seen = self.first or self.second
        assert seen is not None
        return seen.start


class Account:
    """Add up what is found of the calls of one line; `best` is the figure by both records together."""

    def __init__(self) -> None:
        self.standings: Counter[Standing] = Counter()
        self.reasons: Counter[Why] = Counter()
        self.best = Counts()
        self.ambiguous = 0  # calls of either record that could be one of several of the other's
        self.differences: list[Disagreement] = []
        self.left_out = 0  # differences beyond `MAX_DIFFERENCES`

    def add(self, pairing: Pairing, judged: Judged) -> None:
        """Count a call that is judged."""
        self.best += counted(judged.outcome)
        self._stand(judged, pairing.first, pairing.second, ambiguous=False)

    def add_ambiguous(self, pairing: Pairing, alone: tuple[Judged, Judged], together: Judged) -> None:
        """Count two calls that may or may not be one: each stands alone, but they count once."""
        self.best += counted(together.outcome)
        self.ambiguous += 2
        self._stand(alone[0]._replace(why="unknown"), pairing.first, None, ambiguous=True)
        self._stand(alone[1]._replace(why="unknown"), None, pairing.second, ambiguous=True)

    def _stand(self, judged: Judged, first: Sighting | None, second: Sighting | None, *, ambiguous: bool) -> None:
        self.standings[judged.standing] += 1
        if judged.why is None:
            return
        self.reasons[judged.why] += 1
        if len(self.differences) < MAX_DIFFERENCES:
            self.differences.append(Disagreement(first, second, judged.why, ambiguous))
        else:
            self.left_out += 1


class Accounts:
    """Keep the account of every line; `days` gives the local day of a moment (ms)."""

    def __init__(self, sights: tuple[Sight, Sight], day: Callable[[int], int]) -> None:
        self.lines: dict[str, Account] = {}
        self._sights = sights
        self._day = day

    def add(self, pairing: Pairing) -> None:
        """Judge a call and count it."""
        first, second, sights = pairing.first, pairing.second, self._sights
        seen = first or second
        assert seen is not None
        account = self.lines.setdefault(seen.line, Account())
        if first is None or second is None:
            account.add(pairing, of_one(seen, int(first is None), sights, elsewhere=pairing.elsewhere))
            return
        both = of_both(first, second, sights, pairing.ahead, self._day)
        if pairing.ambiguous:
            alone = of_one(first, 0, sights, elsewhere=False), of_one(second, 1, sights, elsewhere=False)
            account.add_ambiguous(pairing, alone, both)
        else:
            account.add(pairing, both)


def differ(accounts: Mapping[str, Account]) -> int:
    """Return on how many calls two records differ."""
    return sum(account.reasons.total() for account in accounts.values())
