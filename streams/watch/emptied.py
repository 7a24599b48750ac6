"""A sort of call that always came and has stopped, though callers call as before.

Counting that hides losses breaks no law. Only an absence shows it: no losses, no short losses, or no calls diverted to
another line (if diverted calls are counted as lost, the rate hardly changes). Each sort has its gap chart
(`streams.checks.gap`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from streams.checks.gap import GapCheck, GapState
from streams.kept.times import QUARTER_MS
from streams.watch.evidence import of_gap
from streams.watch.incident import Evidence, Incident, Judgement
from streams.watch.laws import Miscount
from streams.watch.line_check import LineCheck
from streams.watch.slot import Slot
from streams.watch.thresholds import GAP


class Sort(NamedTuple):
    """A sort of call: the kind of incident if such calls stop, their count in a slot, and their chart."""

    kind: Miscount
    count: Callable[[Slot], int]
    chart: GapCheck
    load: float  # power of (calls of a quiet day / usual calls) that scales its share
    part_of: str = ""  # the wider sort; if that has stopped too, only that one is reported


def _chart(spread: float) -> GapCheck:
    return GapCheck(spread, GAP.every, GAP.least, GAP.half_life, GAP.least_a_day)


NO_LOSSES: Final = "no losses"
SORTS: Final[dict[str, Sort]] = {
    NO_LOSSES: Sort("missing", lambda slot: slot.lost, _chart(GAP.lost), GAP.load_lost),
    "no short losses": Sort("drift", lambda slot: slot.short, _chart(GAP.short), GAP.load_short, part_of=NO_LOSSES),
    "no diverted": Sort("drift", lambda slot: slot.diverted, _chart(GAP.diverted), 0.0),
}


class Emptied(LineCheck):
    """The check of one line for sorts of call that no longer occur."""

    def day_over(self, day: Mapping[int, Slot]) -> list[Incident]:
        """Weigh a day's gaps, and open or extend their incidents; return those that end because such calls are back."""
        opened = self._slot_times.opened(day)
        return [ended for cause in SORTS if opened and (ended := self._weigh(cause, opened)) is not None]

    def learn(self, day: Mapping[int, Slot]) -> None:
        opened = self._slot_times.opened(day)
        calls = sum(slot.offered for slot in opened.values())
        for cause, sort in SORTS.items():
            came = sum(map(sort.count, opened.values()))
            sort.chart.learn(self._gap(cause), came, calls * self._share(sort, calls))

    def _weigh(self, cause: str, opened: Mapping[int, Slot]) -> Incident | None:
        """Weigh one sort's gap; return the gap's incident if it ends."""
        sort, gap = SORTS[cause], self._gap(cause)
        incident = self._incidents.by_cause(cause)
        came = [slot_no for slot_no, slot in opened.items() if sort.count(slot)]
        if came or not gap.since:
            gap.begin(max(came, default=min(opened) - 1) + 1)
        if came and incident is not None:
            incident.end = min(came) * QUARTER_MS
            incident.close()
            return incident
        share = self._share(sort, sum(slot.offered for slot in opened.values()))
        calls = sum(slot.offered for slot_no, slot in opened.items() if slot_no >= gap.since)
        alarm = sort.chart.add(gap, self._slot_times.of(min(opened)).day, calls * share, self._usual())
        end = (max(opened) + 1) * QUARTER_MS
        if incident is not None:
            incident.end, incident.evidence, incident.clean = end, [self._evidence(cause)], 0
        elif alarm and self._state.typical.known and not self._part_of_more(cause):
            self._begin(cause, end)
        return None

    def _begin(self, cause: str, end: int) -> None:
        """Open an incident for a gap up to a moment (ms), unless another incident explains it."""
        sort, gap = SORTS[cause], self._gap(cause)
        start = gap.since * QUARTER_MS
        if self._incidents.explain(start, end):
            gap.begin(end // QUARTER_MS)
            return
        calls = sum(slot.offered for _, slot in self._state.kept(gap.since, end // QUARTER_MS))
        judgement = Judgement(sort.kind, "miscount", [self._evidence(cause)])
        self._incidents.begin(cause, judgement, start=start, now=end, calls=calls)
        sort.chart.forget(gap)

    def _part_of_more(self, cause: str) -> bool:
        """Return whether the wider sort has stopped too, so that its incident covers this sort."""
        wider = SORTS[cause].part_of
        return bool(wider) and self._gap(wider).expected > self._gap(cause).expected

    def _evidence(self, cause: str) -> Evidence:
        gap = self._gap(cause)
        return of_gap(cause, gap.expected, gap.score, self._slot_times.of(gap.since).day)

    def _gap(self, cause: str) -> GapState:
        return self._state.gaps.setdefault(cause, GapState())

    def _usual(self) -> float:
        """Return the usual number of calls a day."""
        typical = self._state.typical
        return typical.offered / typical.days if typical.days else 0.0

    def _share(self, sort: Sort, calls: int) -> float:
        """Return the weight of a day with this number of calls. A quiet day has no waits, so few callers hang up."""
        usual = self._usual()
        return min(1.0, calls / usual) ** sort.load if usual else 1.0
