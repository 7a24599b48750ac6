"""The calls of one record, folded from its events until nothing more is to be heard of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, assert_never

from streams.calls.call import OFFERED, REASON_INDEX, SEEN_BIT, Call
from streams.calls.counts import Counts
from streams.events import CallEvent, Reason, milliseconds
from streams.kept.times import FOREVER, HOUR_MS, NOT_TOLD
from streams.reconcile.sighting import Sighting, counted, sighting

QUIET: Final = 26 * HOUR_MS  # a call of which nothing was heard for so long is over: a day, whatever the hour is called


class Witnessed:
    """Fold the events of one record into sightings, by the rules that its lines are counted by.

    `lost_reasons` gives the reasons that count as lost on a line. `counts` has what each line came to.
    """

    def __init__(self, lost_reasons: Callable[[str], frozenset[Reason]]) -> None:
        self.counts: dict[str, Counts] = {}
        self.high = 0  # the latest moment heard of, ms
        self.low = FOREVER
        self._lost_reasons = lost_reasons
        self._lost: dict[str, frozenset[int]] = {}  # of each line, as indexes of `REASONS`
        self._live: dict[tuple[str, str], tuple[int, Call]] = {}  # with `high` as it was when last heard of

    @property
    def settled(self) -> int:
        """Return the moment (ms) before which every call is told; of a finished record, that of its end."""
        return self.high - QUIET

    def fold(self, event: CallEvent) -> Iterator[Sighting]:
        """Take an event in; yield the calls that are over by it."""
        at = milliseconds(event.at)
        self.high, self.low = max(self.high, at), min(self.low, at)
        lost = self._lost.get(event.line)
        if lost is None:
            lost = self._lost[event.line] = frozenset(REASON_INDEX[each] for each in self._lost_reasons(event.line))
        key = (event.line, event.call)
        _, call = self._live.pop(key, (0, None))
        call = told(call, event, at, lost)
        self._live[key] = self.high, call
        yield from self._over(self.settled)

    def close(self) -> Iterator[Sighting]:
        """Yield the calls that are left at the end of the record."""
        yield from self._over(FOREVER)

    def _over(self, limit: int) -> Iterator[Sighting]:
        """Yield the calls of which nothing was heard since a moment; the first heard of stand first."""
        while self._live:
            key = next(iter(self._live))
            heard, call = self._live[key]
            if heard >= limit:
                return
            del self._live[key]
            if call.attempted:
                line = key[0]
                self.counts[line] = self.counts.get(line, Counts()) + counted(call.outcome)
                yield sighting(*key, call)


def told(call: Call | None, event: CallEvent, at: int, lost: frozenset[int]) -> Call:
    """Return a call with what an event tells of it, as `Line.fold` merges it."""
    bit = SEEN_BIT[event.type]
    wait = NOT_TOLD if event.wait is None or bit <= OFFERED else round(event.wait * 1000)
    talk = NOT_TOLD if event.talk is None or bit <= OFFERED else round(event.talk * 1000)
    start = at - max(wait, 0) - max(talk, 0)
    if call is None:
        call = Call(start)
    first_offer = bit == OFFERED and not call.types & OFFERED
    if first_offer or (start < call.start and call.types & OFFERED == bit & OFFERED):
        call.start = start
    call.types |= bit
    call.caller = max(call.caller, event.caller or "")
    match event.type:
        case "answered":
            call.answer(at - max(talk, 0), wait)
        case "lost" if REASON_INDEX[event.reason] in lost:
            call.lose(at, wait, REASON_INDEX[event.reason])
        case "lost" | "diverted":
            call.divert(at, wait, REASON_INDEX[event.reason], event.to or "")
        case "offered" | "ringing" | "ended":
            pass
        case never:
            assert_never(never)
    if event.type == "ended" or talk >= 0:
        call.end(at, talk)
    return call
