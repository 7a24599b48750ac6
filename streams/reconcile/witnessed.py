"""The calls of one record, folded from its events until they are complete."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, assert_never

from streams.calls.call import BEFORE_QUEUE, OFFERED, REASON_INDEX, SEEN_BIT, Call
from streams.calls.counts import Counts
from streams.events import CallEvent, Reason, milliseconds
from streams.kept.times import FOREVER, HOUR_MS, NOT_TOLD
from streams.reconcile.sighting import Sighting, counted, sighting

QUIET: Final = 26 * HOUR_MS  # a call without events for this long is over: a day, even with a change of the clock


class Witnessed:
    """The fold of one record's events into sightings, by its lines' rules.

    `lost_reasons` gives the reasons that count as lost on a line. `counts` has the counts of each line.
    """

    def __init__(self, lost_reasons: Callable[[str], frozenset[Reason]]) -> None:
        self.counts: dict[str, Counts] = {}
        self.high = 0  # the latest event, ms
        self.low = FOREVER
        self._lost_reasons = lost_reasons
        self._lost: dict[str, frozenset[int]] = {}  # of each line, as indexes of `REASONS`
        self._live: dict[tuple[str, str], tuple[int, Call]] = {}  # each with `high` at its last event

    @property
    def settled(self) -> int:
        """The moment (ms) before which every call is complete; for a finished record, its end."""
        return self.high - QUIET

    def fold(self, event: CallEvent) -> Iterator[Sighting]:
        """Fold an event; yield the calls that are over by then."""
        at = milliseconds(event.at)
        self.high, self.low = max(self.high, at), min(self.low, at)
        lost = self._lost.get(event.line)
        if lost is None:
            lost = self._lost[event.line] = frozenset(REASON_INDEX[each] for each in self._lost_reasons(event.line))
        key = (event.line, event.call)
        _, call = self._live.pop(key, (0, None))
        self._live[key] = self.high, updated(call, event, at, lost)
        yield from self._over(self.settled)

    def close(self) -> Iterator[Sighting]:
        yield from self._over(FOREVER)

    def _over(self, limit: int) -> Iterator[Sighting]:
        """Yield the calls without an event since a moment, in the order of their first events."""
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


def updated(call: Call | None, event: CallEvent, at: int, lost: frozenset[int]) -> Call:
    """Return a call updated by an event, merged as in `Line.fold`."""
    bit = SEEN_BIT[event.type]
    wait = NOT_TOLD if event.wait is None or bit <= OFFERED else round(event.wait * 1000)
    talk = NOT_TOLD if event.talk is None or bit <= OFFERED else round(event.talk * 1000)
    start = at - max(wait, 0) - max(talk, 0)
    if call is None:
        call = Call(start)
    first_offer = bit == OFFERED and not call.types & OFFERED
    if first_offer or (start < call.start and call.types & OFFERED == bit & OFFERED):
        call.start = start
    call.types |= bit | (BEFORE_QUEUE if event.before_queue else 0)
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
