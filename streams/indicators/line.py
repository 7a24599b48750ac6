"""One line over a period: raw beside corrected, as a whole and by month and week, and the method of correction.

The line's own counts of a slot are raw. A slot that a witness covers is corrected by both records. Any other slot
counts unchanged if it is sound. A slot in a miscount is recounted if a law names the wrong calls, otherwise left out;
so is a slot that may be in a continuing miscount and has not been judged yet. An indicator is about the slots of
opening hours, so a miscount in closed hours costs no coverage.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

from msgspec import Struct

from streams.calls.counts import Counts
from streams.calls.definition import LineDefinition
from streams.calls.service_level import service_level
from streams.figures.counted import NO_CALLS, NOTHING_COUNTED, Counted, sum_of, sum_of_calls
from streams.figures.cut import month_of, week_of
from streams.indicators.both import WitnessTotals, witness_totals
from streams.indicators.closing import ClosingTime
from streams.indicators.configured import DAY, is_apart
from streams.indicators.imputation import WeightingCell, impute
from streams.indicators.judged import JudgedSlots
from streams.indicators.period import Period
from streams.indicators.plan import LinePlan, Opened
from streams.indicators.repeats import Repeats
from streams.indicators.stretch import LineStretch
from streams.indicators.wait import NO_WAIT, Wait
from streams.ledger.day import LineDay, WitnessDay
from streams.ledger.diversions import NONE_DIVERTED, Diversions
from streams.watch.belief import Belief
from streams.watch.correction import Corrected, Intervals, Method, by_both, corrected, intervals
from streams.watch.gate import Sound, Stretch
from streams.watch.guard import Guard
from streams.watch.incident import Incident

ESTIMATED: Final[frozenset[Method]] = frozenset({"impute", "sample"})
CLOSED_HOURS: Final = frozenset({Belief("closed-hours")})


class LineTotals(Struct, kw_only=True):
    """A line's figures over a period, in its opening hours unless a field says otherwise."""

    plan: LinePlan
    all_raw: Counts  # at any hour
    all_corrected: Counts | None  # at any hour
    raw: Counts
    corrected: Counts | None  # None if withheld
    low: float | None  # lower bound of the 95 % interval of the line's underlying lost rate
    high: float | None  # upper bound
    method: Method  # how the corrected figure was obtained
    coverage: float  # share of the slots behind the corrected figure
    slots: int
    in_quarantine: int  # slots in miscounts
    incidents: list[str]  # ids of the miscounts and undecided incidents behind these figures
    undecided: bool  # one of the incidents is undecided
    within: int  # answered in time, at any hour
    answered_wait: Wait  # at any hour
    lost_wait: Wait  # at any hour
    months: list[LineStretch]
    weeks: list[LineStretch]
    guard: Guard | None = None  # why the corrected figure is withheld
    all_intervals: Intervals = Intervals()  # of the corrected lost rate at any hour
    definitions: list[LineDefinition] = []  # definitions by which the calls were counted, as far as the days name them
    witness: WitnessTotals | None = None  # counts of the line's second record; None if there is none
    raw_diverted: Diversions = NONE_DIVERTED
    corrected_diverted: Diversions = NONE_DIVERTED
    all_raw_diverted: Diversions = NONE_DIVERTED  # at any hour
    all_corrected_diverted: Diversions = NONE_DIVERTED  # at any hour
    closings: list[ClosingTime] = []  # calls around each closing time
    repeats: list[Repeats] = []  # by month: answered callers who called again; empty if callers are unknown

    @property
    def answer_limit(self) -> float | None:
        """The limit (s) for an answer in time, or None if it changed or is unknown."""
        if self.plan.totals:
            return None
        limits = {each.within / 1000 for each in self.definitions} or {self.plan.within}
        return limits.pop() if len(limits) == 1 else None

    @property
    def contradicted(self) -> float | None:
        """The configured lost rate if the counted one surely differs from it; else None."""
        expected = self.plan.expected
        return expected if is_apart(self.raw.lost, self.raw.offered, self.slots / DAY, expected) else None

    @property
    def service_level(self) -> float | None:
        """Return the share of all calls, at any hour, that were answered in time, or None if unknown.

        The share is unknown if answers were counted by two different limits.
        """
        if self.answer_limit is None:
            return None
        return service_level(self.within, self.all_raw.answered, self.answered_wait.count or 0, self.all_raw.offered)

    @property
    def of_opening_hours(self) -> Counted[Counts]:
        """Return its calls of opening hours as a part of a sum, without believed counts if the line is withheld."""
        return self._counted(self.raw, self.corrected, self.raw_diverted, self.corrected_diverted)

    @property
    def of_all_hours(self) -> Counted[Counts]:
        """Return its calls at any hour, with the numbers of slots of opening hours only."""
        return self._counted(self.all_raw, self.all_corrected, self.all_raw_diverted, self.all_corrected_diverted)

    def _counted(
        self, raw: Counts, known: Counts | None, diverted: Diversions, known_diverted: Diversions
    ) -> Counted[Counts]:
        withheld, slots = known is None, self.slots
        return Counted(
            raw,
            known or NO_CALLS,
            raw_diverted=diverted,
            believed_diverted=NONE_DIVERTED if withheld else known_diverted,
            slots=slots,
            left_out=slots if withheld else round((1 - self.coverage) * slots),
            in_quarantine=self.in_quarantine,
            calls_left_out=raw.offered if withheld else 0,
        )

    @property
    def at_any_hour(self) -> Corrected:
        return Corrected(
            counts=self.all_corrected,
            method=self.method,
            coverage=self.coverage,
            quarantined=self.in_quarantine,
            guard=self.guard,
            intervals=self.all_intervals,
        )


class JudgedLine(NamedTuple):
    """A line's judged slots over a period, and the resulting corrected figure."""

    judged: JudgedSlots
    sound: Sound
    figure: Corrected
    told: WitnessTotals | None  # counts of its second record


def judge_line(
    days: Sequence[LineDay],
    incidents: Sequence[Incident],
    plan: LinePlan,
    opened: Opened,
    counted: Period | None,
    guard: Guard | None = None,
    witnessed: Sequence[WitnessDay] = (),
) -> JudgedLine:
    """Judge a line over the counted days.

    `days` are the line's own days in the ledger, `incidents` its incidents on these days, `witnessed` the days that it
    shares with its witness. `guard` is why its figures are withheld, unless the witness proves the figures. A witness
    with too little coverage corrects nothing.
    """
    return figure_of(
        JudgedSlots(
            days,
            incidents,
            opened,
            counted,
            totals=plan.totals,
            witnessed=witnessed,
            agentless=plan.agentless,
        ),
        plan,
        guard,
    )


def figure_of(judged: JudgedSlots, plan: LinePlan, guard: Guard | None = None) -> JudgedLine:
    """Return a judged line with its corrected figure; `guard` as in `judge_line`."""
    witness = witness_totals(judged.witnessed, judged.covered / judged.opened if judged.opened else 0.0)
    sound = judged.sound(plan.expected)
    if judged.covered:
        figure = by_both(sound, judged.miscounted(), judged.doubt(), judged.covered, judged.unjudged)
        if figure is not None:
            return JudgedLine(judged, sound, figure, witness)
        judged = judged.alone()
        sound = judged.sound(plan.expected)
    figure = corrected(sound, judged.miscounted(), judged.doubt(), guard, judged.unjudged)
    return JudgedLine(judged, sound, figure, witness)


def line_totals(
    days: Sequence[LineDay],
    incidents: Sequence[Incident],
    plan: LinePlan,
    opened: Opened,
    counted: Period | None,
    guard: Guard | None = None,
    witnessed: Sequence[WitnessDay] = (),
) -> LineTotals:
    """Return a line's figures over the counted days; arguments as in `judge_line`."""
    return totals_of(judge_line(days, incidents, plan, opened, counted, guard, witnessed), plan)


def totals_of(found: JudgedLine, plan: LinePlan, *, whole_only: bool = False) -> LineTotals:
    """Return the figures of a judged line. `whole_only` omits months and weeks."""
    judged, figure = found.judged, found.figure
    beside = Corrected(recounted=CLOSED_HOURS | figure.recounted)
    by_day, of_closed = dict[str, Counted[Counts]](), list[Counted[Counts]]()
    cells = defaultdict[WeightingCell, list[Counted[Counts]]](list)
    imputed = figure.method == "exclude" and plan.correction == "impute"
    for each in judged.days:
        day = each.open
        if each.judged is None:
            of_closed += [each.closed] if each.closed is not NOTHING_COUNTED else []
        else:
            open_slots = [slot for slot in each.judged if slot.hour is not None]
            day = sum_of_calls([slot.counted(figure, judged.agentless) for slot in open_slots])
            of_closed += [slot.counted(beside, judged.agentless) for slot in each.judged if slot.hour is None]
        if each.hours:
            by_day[each.day] = day
        for slot in each.each() if imputed else ():
            if slot.hour is not None:
                cells[month_of(each.day), slot.hour].append(slot.counted(figure, judged.agentless))
    whole, closed = sum_of_calls([*by_day.values()]), sum_of_calls(of_closed)
    if imputed:
        _impute(figure, {cell: sum_of(slots) for cell, slots in cells.items()}, found.sound)
    elif figure.method == "none" and closed.in_quarantine:
        figure.method = "exclude" if closed.left_out else "recount"
    diverted = _diverted(figure, whole)
    low, high = figure.intervals.underlying or (None, None)
    at_any_hour = None if figure.counts is None else figure.counts + closed.believed
    return LineTotals(
        plan=plan,
        all_raw=whole.raw + closed.raw,
        all_corrected=at_any_hour,
        raw=whole.raw,
        corrected=figure.counts,
        low=low,
        high=high,
        method=figure.method,
        coverage=figure.coverage,
        slots=whole.slots,
        in_quarantine=whole.in_quarantine,
        incidents=[each.id for each in (*judged.miscounts, *judged.doubts)],
        undecided=bool(judged.doubts),
        within=judged.within,
        answered_wait=NO_WAIT if plan.totals else Wait.of(judged.answered),
        lost_wait=NO_WAIT if plan.totals else Wait.of(judged.lost),
        months=[] if whole_only else _stretches(by_day, found, month_of),
        weeks=[] if whole_only else _stretches(by_day, found, week_of),
        guard=figure.guard,
        all_intervals=_at_any_hour(figure, at_any_hour),
        definitions=list(judged.definitions),
        witness=found.told,
        raw_diverted=whole.raw_diverted,
        corrected_diverted=diverted,
        all_raw_diverted=whole.raw_diverted + closed.raw_diverted,
        all_corrected_diverted=diverted + closed.believed_diverted,
    )


def _stretches(
    by_day: Mapping[str, Counted[Counts]], found: JudgedLine, name_of: Callable[[str], str]
) -> list[LineStretch]:
    """Return the figures of the months or weeks of these days, by name."""
    parts, days = defaultdict[str, list[Counted[Counts]]](list), defaultdict[str, list[str]](list)
    for each in found.judged.days:
        name = name_of(each.day)
        days[name].append(each.day)
        if each.day in by_day:
            parts[name].append(by_day[each.day])
    guard, waited = found.figure.guard, found.judged.mean_wait
    return [LineStretch.of(name, sum_of(part), guard, waited(days[name])) for name, part in parts.items()]


def _impute(figure: Corrected, cells: Mapping[WeightingCell, Counted[Counts]], sound: Sound) -> None:
    """Impute, from sound slots, the slots that a figure leaves out."""
    assert figure.counts is not None
    days = Stretch(figure.counts, round(sum(sums.slots for sums in cells.values()) * figure.coverage))
    alike = sound.tells(days) / figure.counts.offered if figure.counts.offered else 1.0
    figure.counts, calls = impute(
        {cell: sums.slots - sums.left_out for cell, sums in cells.items()},
        {cell: sums.left_out for cell, sums in cells.items()},
        {cell: sums.believed for cell, sums in cells.items()},
    )
    figure.method = "impute"
    figure.intervals = intervals(figure.counts.lost_rate, calls * alike, figure.coverage)


def _diverted(figure: Corrected, whole: Counted[Counts]) -> Diversions:
    """Return the diverted calls of a figure, including estimated ones."""
    if figure.method not in ESTIMATED or figure.counts is None or not whole.believed.diverted:
        return whole.believed_diverted
    return whole.believed_diverted.scaled(figure.counts.diverted / whole.believed.diverted)


def _at_any_hour(figure: Corrected, counts: Counts | None) -> Intervals:
    """Return a figure's intervals, moved to its rate at any hour: hardly any call comes outside opening hours."""
    if counts is None or counts == figure.counts or counts.lost_rate is None or figure.lost_rate is None:
        return figure.intervals
    return figure.intervals.moved(counts.lost_rate - figure.lost_rate)
