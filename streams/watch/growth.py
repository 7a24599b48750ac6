"""The growth of a line's own totals by quarter-hour, so that a reading of any past moment can be compared with them.

Calls and readings are two topics, and either may be a year ahead of the other. The totals at the end of a quarter-hour
are therefore noted as soon as the calls have passed it, and kept until the readings have passed it too. They follow
from the calls alone: later calls of a noted quarter-hour count in the first one that is not noted yet.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

import msgspec

from streams.calls.call import OPEN, Call
from streams.kept.times import QUARTER_MS, SLOTS_A_DAY
from streams.watch.state import GrowthState

KEPT_DAYS: Final = 400  # that calls may be ahead of readings: a year, and a month more
OFFERED: Final = OPEN  # the key of the offered calls among the outcomes
Outcomes: TypeAlias = Counter[int]  # calls by outcome

_DECODER: Final = msgspec.msgpack.Decoder(dict[int, dict[int, int]])


def quarter(at: int) -> int:
    """Return the number of the quarter-hour that a moment (ms) belongs to; its end belongs to it, its beginning not.

    >>> quarter(QUARTER_MS), quarter(QUARTER_MS + 1)
    (1, 2)
    """
    return -(-at // QUARTER_MS)


class Growth:
    """The growth of one line's totals; `counts` returns the present ones, and `live` has its live calls."""

    def __init__(self, state: GrowthState, counts: Callable[[], Mapping[int, int]], live: Mapping[str, Call]) -> None:
        self._state = state
        self._counts = counts
        self._live = live

    def note(self, until: int) -> None:
        """Note the totals up to the end of a quarter-hour; no timely call can change them."""
        state, noted = self._state, self._state.noted
        if until <= noted:
            return
        state.noted = until
        came = dict[int, Outcomes]()  # what live calls added, by quarter-hour
        for call in self._live.values():
            if call.attempted:
                _add(came, quarter(call.start), OFFERED, noted)
            if call.outcome:
                _add(came, quarter(call.moment), call.outcome, noted)
        late: Outcomes = Counter(self._counts())
        late.subtract(state.totals)
        for each in came.values():
            late.subtract(each)
        if any(late.values()):
            if noted:
                came.setdefault(noted + 1, Counter()).update(late)
            else:  # an earlier version counted these calls, and did not note when
                state.since, state.base, state.totals = until, dict(late), dict(late)
        for number in sorted(came):
            if number <= until:
                self._keep(number, came[number])
        self.forget(until - KEPT_DAYS * SLOTS_A_DAY)

    def forget(self, until: int) -> Outcomes:
        """Forget the growth up to the end of a quarter-hour, and return the growth in that quarter-hour."""
        state, last = self._state, Outcomes()
        for day in sorted(day for day in state.days if day <= until // SLOTS_A_DAY):
            kept = _DECODER.decode(state.days.pop(day))
            for slot in sorted(slot for slot in kept if day * SLOTS_A_DAY + slot <= until):
                grown = kept.pop(slot)
                last = Outcomes(grown) if day * SLOTS_A_DAY + slot == until else last
                state.base = _sum(state.base, grown)
            if kept:
                state.days[day] = msgspec.msgpack.encode(kept)
        state.since = max(state.since, until)
        return last

    def shed(self) -> bool:
        """Forget the older half of the days; return whether there were several."""
        days = sorted(self._state.days)
        if len(days) > 1:
            self.forget(days[len(days) // 2] * SLOTS_A_DAY - 1)
        return len(days) > 1

    def _keep(self, number: int, grown: Outcomes) -> None:
        """Keep the growth in a quarter-hour, unless the totals at its end are forgotten already."""
        state = self._state
        state.totals = _sum(state.totals, grown)
        if number <= state.since:
            state.base = _sum(state.base, grown)
            return
        day, slot = divmod(number, SLOTS_A_DAY)
        kept = _DECODER.decode(state.days[day]) if day in state.days else {}
        kept[slot] = {outcome: count for outcome, count in grown.items() if count}
        state.days[day] = msgspec.msgpack.encode(kept)


def _add(came: dict[int, Outcomes], number: int, outcome: int, noted: int) -> None:
    if number > noted:
        came.setdefault(number, Outcomes())[outcome] += 1


def _sum(one: Mapping[int, int], other: Mapping[int, int]) -> dict[int, int]:
    sums = {key: one.get(key, 0) + other.get(key, 0) for key in sorted(one.keys() | other.keys())}
    return {key: total for key, total in sums.items() if total}
