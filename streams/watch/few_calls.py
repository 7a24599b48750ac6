"""Too few calls: a silence that is not whole, for some hours of a day or for days (`streams.checks.shortfall`).

If the far end of a trunk fails, a few callers still come through. Within a day, the calls at other hours show that the
day is not quiet as a whole. For whole days a holiday or a storm may explain it, so a person decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from streams.checks.shortfall import Arrived, log_chance, lowest
from streams.kept.times import DAY_MS, QUARTER_MS
from streams.watch.evidence import of_few
from streams.watch.incident import Evidence, Incident, Judgement, Verdict
from streams.watch.line_check import LineCheck
from streams.watch.slot import Slot
from streams.watch.thresholds import FEW, LAW

FEW_CALLS: Final = "few calls"


class FewCalls(LineCheck):
    """The check of one line for stretches with far fewer calls than usual."""

    def day_over(self, day: Mapping[int, Slot]) -> None:
        """Weigh a day that is over; open, extend or close an incident."""
        opened = dict(sorted(self._slot_times.opened(day).items()))
        if not opened or not self._state.typical.known or not self._slot_times.hours_known:
            return
        slots = list(opened)
        expected, dispersion = self._expected(slots)
        came = [slot.offered for slot in opened.values()]
        if not sum(expected):
            return
        incident = self._incidents.by_cause(FEW_CALLS)
        if incident is None:
            self._within_day(slots, came, expected, dispersion)
        if self._is_low(sum(came), sum(expected), dispersion):
            self._low_day(incident, slots)
            return
        self._state.few.forget()
        if incident is not None:
            incident.close()

    def _expected(self, slots: Sequence[int]) -> tuple[list[float], float]:
        """Return the expected calls of slots, and the variance of a slot's calls over their mean."""
        few = self._state.few
        level = few.level if few.days else self._state.typical.level
        known = [self._slot_times.arrivals(self._slot_times.of(slot_no)) for slot_no in slots]
        means = [0.0 if each is None else each.mean * level for each in known]
        dispersion = max((each.variance / each.mean for each in known if each is not None and each.mean), default=1.0)
        return means, dispersion

    def _is_low(self, came: int, expected: float, dispersion: float) -> bool:
        """Return whether a whole day has far fewer calls than usual; if so, add its evidence."""
        few = self._state.few
        if came > FEW.low * expected:
            return False
        score = -log_chance(Arrived(came, expected).over(dispersion), Arrived(0.0, 0.0), LAW.quiet_days, 0.0)
        if not few.days:
            few.level = self._state.typical.level
        few.add(came, expected, score)
        return True

    def _low_day(self, incident: Incident | None, slots: Sequence[int]) -> None:
        """Open an incident after several low days, or extend it."""
        few = self._state.few
        if few.days == 1:
            few.since = slots[0] * QUARTER_MS
        end = (slots[-1] + 1) * QUARTER_MS
        evidence = of_few(few.came, few.expected, few.score)
        if incident is not None:
            incident.end, incident.clean, incident.evidence = end, 0, [evidence]
        elif few.score >= FEW.alarm_days and few.days >= FEW.least_days and few.came:
            self._begin("undecided", few.since, end, round(few.came), [evidence])

    def _within_day(
        self, slots: Sequence[int], came: Sequence[int], expected: Sequence[float], dispersion: float
    ) -> None:
        """Open an incident, which is over, for some hours of a day that has as many calls as usual at others."""
        first, end = lowest(came, expected)
        inside = Arrived(sum(came[first:end]), sum(expected[first:end]))
        others = Arrived(sum(came) - inside.came, sum(expected) - inside.expected)
        if not inside.came or inside.expected < FEW.least or inside.came > FEW.low * inside.expected:
            return  # without any call it is a silence
        score = -log_chance(inside.over(dispersion), others.over(dispersion), LAW.quiet_days, FEW.spread_within)
        if score < FEW.alarm:
            return
        clear = others.came >= FEW.busy * others.expected and inside.came <= FEW.hardly_any * inside.expected
        verdict: Verdict = "miscount" if clear and not self._at_edge(slots[first], slots[end - 1]) else "undecided"
        evidence = of_few(inside.came, inside.expected, score)
        start, over = slots[first] * QUARTER_MS, (slots[end - 1] + 1) * QUARTER_MS
        if any(each.cause == FEW_CALLS and start - each.end < FEW.apart * DAY_MS for each in self._incidents.kept):
            return
        begun = self._begin(verdict, start, over, round(inside.came), [evidence])
        if begun is not None:
            begun.close()

    def _at_edge(self, first: int, last: int) -> bool:
        """Return whether a stretch begins soon after an opening or ends shortly before a closing: hours may differ."""
        around = *range(first - LAW.edge, first), *range(last + 1, last + 1 + LAW.edge)
        return not all(self._slot_times.of(slot_no).open for slot_no in around)

    def _begin(self, verdict: Verdict, start: int, end: int, calls: int, evidence: list[Evidence]) -> Incident | None:
        if self._incidents.explain(start, end):
            return None
        judgement = Judgement("missing", verdict, evidence)
        return self._incidents.begin(FEW_CALLS, judgement, start=start, now=end, calls=calls)
