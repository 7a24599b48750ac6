"""The calls of one telephone, which are compared with each other, and its first loss of a day.

A caller who is lost again and again is one witness, not several: three telephones that make half of all calls say no
more than three callers do. And a number that makes a third of all calls is no telephone: some trunks show one number
for every caller.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from operator import attrgetter
from typing import Final, NamedTuple, TypeAlias

from streams.calls.call import Call
from streams.watch.thresholds import SLOT

A_TENTH_MS: Final = 100  # calls without a caller are compared if they fall in the same tenth
MAX_CALLERS: Final = 4_000  # whose first losses are kept: a state record must stay small

ByCaller: TypeAlias = Mapping[str | int, list[Call]]  # a caller, or the tenth of a call without one


class Telephone(NamedTuple):
    """The calls of one telephone; or, if it is not `named`, calls of one moment whose telephones are unknown."""

    calls: list[Call]
    named: bool


def key_of(call: Call) -> str | int:
    """Return the key of a call in `ByCaller`."""
    return call.caller or call.start // A_TENTH_MS


def telephones(by_caller: ByCaller, calls: int) -> Iterator[Telephone]:
    """Yield the telephones among a number of calls, each with its calls by start."""
    for caller, own in by_caller.items():
        if len(own) > 1:
            own.sort(key=attrgetter("start"))
        if isinstance(caller, int):
            yield Telephone(own, named=False)
        elif len(own) < SLOT.crowd or len(own) < SLOT.crowd_share * calls:
            yield Telephone(own, named=True)
        else:
            by_tenth: dict[int, list[Call]] = {}
            for call in own:
                by_tenth.setdefault(call.start // A_TENTH_MS, []).append(call)
            yield from (Telephone(each, named=False) for each in by_tenth.values())


class FirstLosses:
    """The moment (epoch ms) of each caller's first loss of a day, in a state; `at` takes new ones."""

    def __init__(self, at: dict[str, int]) -> None:
        self._at = at

    def holds(self, call: Call) -> bool:
        """Return whether a lost call is its caller's first loss within half a day."""
        known = self._at.get(call.caller)
        if known is not None and call.start < known + SLOT.once:
            return call.start == known
        if known is None and len(self._at) >= MAX_CALLERS:
            return False
        self._at[call.caller] = call.start
        return True
