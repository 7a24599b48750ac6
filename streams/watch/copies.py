"""Copies: which call of a line repeats another one.

A copy has the caller, the outcome and the wait of its original. It is dated at most a few seconds later, or up to an
hour later if its talk agrees too (`streams.checks.twins`). A lost call has no talk, so it is a late copy only if it
comes as long after its original as an answered copy does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain

from streams.calls.call import ANSWERED, LOST, OPEN, REASON_MASK, Call
from streams.checks.twins import A_SECOND, A_TENTH, by_chance, coarse, precise
from streams.watch.telephones import Telephone
from streams.watch.thresholds import SLOT


def repeats(earlier: Call, call: Call, within: int) -> bool:
    """Return whether a call repeats an earlier one, row for row; moments and waits may differ by `within` ms."""
    return (
        earlier.outcome == call.outcome != OPEN
        and call.start - earlier.start <= within
        and abs(earlier.wait - call.wait) <= within
        # On a busy line two unknown callers may hang up in the same second, but not in the same millisecond.
        and (within > 0 or call.wait > 0 or call.start % A_SECOND > 0)
    )


class Twins:
    """The late copies among the calls of a line; `unnamed` has those without a caller."""

    def __init__(self, telephones: Iterable[Telephone], unnamed: Iterable[Call] = ()) -> None:
        """Find the copies among the calls of each telephone, and among the `unnamed` calls without a caller."""
        several = [own for own, named in telephones if named and len(own) > 1]
        late = [each for own in several for each in _late(own, few=len(own) <= SLOT.few_calls)]
        self._named = {id(call) for call, _ in late}
        self._shifts = {shift // A_TENTH for _, shift in late}
        self.unnamed = [call for call, _ in _late(unnamed)]

    def has(self, call: Call, before: Iterable[Call]) -> bool:
        """Return whether a call is a late copy of one of its caller's calls `before` it."""
        if not self._named:
            return False
        if id(call) in self._named:
            return True
        return call.outcome & ~REASON_MASK == LOST and any(self._lost_again(earlier, call) for earlier in before)

    def _lost_again(self, earlier: Call, call: Call) -> bool:
        shift = (call.start - earlier.start) // A_TENTH
        return (
            earlier.outcome == call.outcome
            and abs(earlier.wait - call.wait) < A_TENTH
            and not self._shifts.isdisjoint((shift - 1, shift, shift + 1))
        )


def _late(answered: Iterable[Call], *, few: bool = False) -> Iterator[tuple[Call, int]]:
    """Yield the calls that agree with an earlier one, and how long (ms) they come after it.

    The chance of equal whole seconds is small only if the calls are a caller's `few`.
    """
    by_talk: dict[int, list[Call]] = {}
    for call in answered:
        if _comparable(call) and (few or precise(call.wait, call.talked)):
            by_talk.setdefault(call.talked // A_TENTH, []).append(call)
    pairs = [same for same in by_talk.values() if len(same) > 1]
    if not pairs:
        return
    calls = list(chain.from_iterable(by_talk.values()))
    waits = Counter(call.wait // A_TENTH for call in calls)
    for same in pairs:
        for call in same:
            alike = [each for each in same if each is not call and abs(each.wait - call.wait) < A_TENTH]
            # A machine that makes the same call again and again makes more than a copy or two.
            if not 0 < len(alike) <= SLOT.most_copies:
                continue
            shift = min((call.start - each.start for each in alike if each.start < call.start), default=None)
            if shift is None or shift > SLOT.copied_after:
                continue
            others = waits[call.wait // A_TENTH] - 1 - len(alike), len(same) - 1 - len(alike)
            if few or not by_chance(*others, len(calls)):
                yield call, shift


def _comparable(call: Call) -> bool:
    return call.outcome == ANSWERED and call.wait >= 0 and call.talked > 0 and not coarse(call.wait, call.talked)
