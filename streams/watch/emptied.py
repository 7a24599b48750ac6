"""What has emptied: calls of a sort that always came, and come no more, though callers call as ever.

Counting that hides losses breaks no law. It shows in what is missing: the losses, the short ones among them, or the
calls that leave the line for another (where these are told as lost, the rate hardly moves). Each sort has its gap chart
(`streams.checks.gap`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from streams.checks.gap import GapCheck, GapState
from streams.kept.times import QUARTER_MS
from streams.watch.incident import Evidence, Incident, Judgement
from streams.watch.incidents import Incidents
from streams.watch.laws import Miscount
from streams.watch.sentences import of_gap
from streams.watch.slot import Slot
from streams.watch.slot_times import SlotTimes
from streams.watch.state import WatchState
from streams.watch.thresholds import GAP


class Sort(NamedTuple):
    """Name a sort of call: the kind of incident that its lack is, how a slot counts it, and its chart."""

    kind: Miscount
    count: Callable[[Slot], int]
    chart: GapCheck
    load: float  # the power of a quiet day's calls over the usual ones by which its share falls
    part_of: str = ""  # the sort that it is a part of: where that is empty too, that is told


def _chart(spread: float) -> GapCheck:
    return GapCheck(spread, GAP.every, GAP.least, GAP.half_life, GAP.least_a_day)


SORTS: Final[dict[str, Sort]] = {
    "no losses": Sort("missing", lambda slot: slot.lost, _chart(GAP.lost), GAP.load_lost),
    "no short losses": Sort("drift", lambda slot: slot.short, _chart(GAP.short), GAP.load_short, part_of="no losses"),
    "no diverted": Sort("drift", lambda slot: slot.diverted, _chart(GAP.diverted), 0.0),
}


class Emptied:
    """Watch one line for what comes no more."""

    def __init__(self, state: WatchState, slot_times: SlotTimes, incidents: Incidents) -> None:
        self._state = state
        self._slot_times = slot_times
        self._incidents = incidents

    def day_over(self, day: Mapping[int, Slot]) -> list[Incident]:
        """Weigh a day's gaps, open and extend their incidents; return those that are over, as such calls came again."""
        opened = self._slot_times.opened(day)
        return [ended for cause in SORTS if opened and (ended := self._weigh(cause, opened)) is not None]

    def learn(self, day: Mapping[int, Slot]) -> None:
        """Learn a sound day."""
        opened = self._slot_times.opened(day)
        calls = sum(slot.offered for slot in opened.values())
        for cause, sort in SORTS.items():
            came = sum(map(sort.count, opened.values()))
            sort.chart.learn(self._gap(cause), came, calls * self._share(sort, calls))

    def _weigh(self, cause: str, opened: Mapping[int, Slot]) -> Incident | None:
        """Weigh one sort's gap; return its incident if that is over."""
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
        """Open an incident for a gap up to a moment (ms), unless something else explains it already."""
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
        """Tell whether more than this sort is missing, so that the wider one will tell."""
        wider = SORTS[cause].part_of
        return bool(wider) and self._gap(wider).expected > self._gap(cause).expected

    def _evidence(self, cause: str) -> Evidence:
        gap = self._gap(cause)
        return of_gap(cause, gap.expected, gap.score, self._slot_times.of(gap.since).day)

    def _gap(self, cause: str) -> GapState:
        return self._state.gaps.setdefault(cause, GapState())

    def _usual(self) -> float:
        """Return how many calls a day usually has."""
        typical = self._state.typical
        return typical.offered / typical.days if typical.days else 0.0

    def _share(self, sort: Sort, calls: int) -> float:
        """Return how a day of so many calls weighs: on a quiet day nobody waits, so few hang up."""
        usual = self._usual()
        return min(1.0, calls / usual) ** sort.load if usual else 1.0
