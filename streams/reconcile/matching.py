"""The matcher: it pairs the calls of two records, by id if the records share ids, otherwise by time.

A matcher works on a window: the calls of both records that can still be matched. `tocsin reconcile` gives it the calls
that wait for a partner (`streams.reconcile.two_records`); a live line gives it the calls that have not settled
(`streams.desks.line_witness_matching`). `decide` chooses by id or by time once, from the first calls. `join` then pairs
calls, and `match` adds the calls that only one record has.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from typing import Final, Literal, NamedTuple, TypeAlias

from streams.reconcile import by_time
from streams.reconcile.by_time import Joined
from streams.reconcile.offset import Knot, of_pairs, of_strangers
from streams.reconcile.sighting import Sighting

Way: TypeAlias = Literal["undecided", "id", "time", "none"]
Pair: TypeAlias = tuple[Sighting, Sighting]

SHARED: Final = 0.05  # if ids are shared, at least this share of the smaller record's calls has an id in both records
FEWEST: Final = 3  # minimum number of calls with an id in both records: a single one may be chance
LOOSE: Final = 60_000  # ms: half of the pairs by id are this close to their median offset; otherwise ids are reused


class Pairing(NamedTuple):
    """One call, as both records saw it or as one of them did."""

    first: Sighting | None
    second: Sighting | None
    ahead: int = 0  # ms by which the second clock was ahead then
    ambiguous: bool = False  # either sighting could also belong to another call, so the two only count together
    elsewhere: bool = False  # the record that lacks the call has another attempt of the same caller

    @property
    def sightings(self) -> list[tuple[int, Sighting]]:
        """Return the one or two sightings of the call, each with its side: 0 is the first record, 1 the second."""
        return [(side, seen) for side, seen in enumerate((self.first, self.second)) if seen is not None]

    @property
    def seen(self) -> tuple[int, Sighting]:
        """Return the side and the sighting of the first record that has the call."""
        if self.first is not None:
            return 0, self.first
        assert self.second is not None
        return 1, self.second


def decide(
    first: Sequence[Sighting], second: Sequence[Sighting], shared: Sequence[Pair], fewest: int
) -> tuple[Literal["id", "time"], Knot] | None:
    """Return how two records are joined, and a first estimate of their clocks; None if the calls do not show these.

    `shared` are the pairs with one id; at least `fewest` (1 or more) such pairs show that ids are shared.
    """
    if len(shared) >= max(SHARED * min(len(first), len(second)), fewest) and _of_one_clock(shared):
        return "id", of_pairs(shared)
    knot = of_strangers(first, second)
    return None if knot is None else ("time", knot)


def join(way: Way, first: Sequence[Sighting], second: Sequence[Sighting], offset: Callable[[int], int]) -> Joined:
    """Pair the calls of a window; `offset` (ms) is by how much the second clock is ahead at a moment."""
    if way == "time":
        return by_time.join(first, second, offset)
    return Joined(by_id(first, second) if way == "id" else [], [])


def match(
    joined: Joined,
    first: Iterable[Sighting],
    second: Iterable[Sighting],
    offset: Callable[[int], int],
    callers: tuple[Container[str], Container[str]],
) -> Iterator[Pairing]:
    """Yield each call of a window once: certain pairs, ambiguous pairs, then calls that one record lacks.

    `callers` are the callers' own ids in each record; leave both empty unless the records share ids.
    """
    taken: tuple[set[tuple[str, str]], set[tuple[str, str]]] = (set(), set())
    for pairs, ambiguous in ((joined.certain, False), (joined.ambiguous, True)):
        for pair in pairs:
            for seen, keys in zip(pair, taken, strict=True):
                keys.add(seen.key)
            yield Pairing(*pair, offset(pair[0].start), ambiguous)
    for seen in first:
        if seen.key not in taken[0]:
            yield Pairing(seen, None, elsewhere=seen.base in callers[1])
    for seen in second:
        if seen.key not in taken[1]:
            yield Pairing(None, seen, elsewhere=seen.base in callers[0])


def by_id(first: Iterable[Sighting], second: Iterable[Sighting]) -> list[Pair]:
    """Return the calls with the same id in both records."""
    others = {seen.key: seen for seen in second}
    return [(seen, others[seen.key]) for seen in first if seen.key in others]


def _of_one_clock(pairs: Sequence[Pair]) -> bool:
    """Return whether most pairs are equally far apart, which is so if an id names the same call in both records."""
    offset = of_pairs(pairs).offset
    return 2 * sum(abs(second.start - first.start - offset) <= LOOSE for first, second in pairs) >= len(pairs)
