"""One line over a period: raw beside corrected, as a whole and by month and week, and how raw became corrected.

Follow a slot: what it counts is raw. Where no miscount covers it, it is sound and counts as it is; where a law names
the wrong calls of its miscount, it is recounted; else it is left out. An indicator is about the slots of opening
hours; a miscount in closed hours costs no coverage.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from msgspec import Struct

from streams.calls.counts import Counts
from streams.indicators.imputation import WeightingCell, impute
from streams.indicators.period import Period
from streams.indicators.plan import LinePlan, Opened
from streams.indicators.wait import Wait, merged
from streams.insight.interval import jeffreys
from streams.kept.times import QUARTER_MS
from streams.ledger.day import CallSlot, LineDay
from streams.watch import recount
from streams.watch.correction import LEAST_COVERAGE, Method
from streams.watch.incident import Incident
from streams.watch.incidents import counted_wrong, covering

EMPTY: Final = CallSlot()


class LineStretch(Struct, kw_only=True):
    """Hold what a line counted in the opening hours of a month or a week."""

    name: str  # 2013-09 for a month, 2013-09-02 for the week that begins on that day
    raw: Counts
    quarantined: Counts  # the part of raw that lies in miscounts
    corrected: Counts | None  # None where less than three quarters of the slots are left
    slots: int
    in_quarantine: int  # slots in miscounts
    left_out: int  # slots in miscounts that are not recounted: corrected counts nothing of them
    wait: float | None  # mean of the answered calls at whatever hour, s

    @property
    def corrected_rate(self) -> float | None:
        """Return the corrected lost rate, or None where there is none."""
        return None if self.corrected is None else self.corrected.lost_rate


class LineTotals(Struct, kw_only=True):
    """Hold a line's figures over a period: of its opening hours, unless a field says otherwise."""

    plan: LinePlan
    all_raw: Counts  # at any hour
    all_corrected: Counts | None  # at any hour
    raw: Counts
    corrected: Counts | None  # None below 75 % coverage
    low: float | None  # of the corrected lost rate's 95 % interval
    high: float | None  # the same
    method: Method  # how corrected came about
    coverage: float  # share of the slots that corrected stands on
    slots: int
    in_quarantine: int  # slots in miscounts
    incidents: list[str]  # ids of the miscounts and the doubts behind these figures
    undecided: bool  # one of the incidents is
    within: int  # answered in time, at any hour
    answered_wait: Wait  # at any hour
    lost_wait: Wait  # at any hour
    months: list[LineStretch]
    weeks: list[LineStretch]


def line_totals(
    days: Sequence[LineDay], incidents: Sequence[Incident], plan: LinePlan, opened: Opened, counted: Period | None
) -> LineTotals:
    """Return a line's figures over the days that were counted.

    `days` are the line's own days in the ledger, `incidents` its incidents in them.
    """
    slots = list(_dated_slots(days, opened, counted)) if counted is not None else []
    miscounts = sorted(filter(counted_wrong, incidents), key=lambda each: (each.bounds(), each.id))
    judged = [(dated, covering(miscounts, dated.slot_no, open=dated.hour is not None)) for dated in slots]
    sound = [dated.slot_no for dated, miscount in judged if miscount is None and dated.hour is not None]
    doubts = _doubts(incidents, sound)
    named = _explained((miscount.kind, dated.slot) for dated, miscount in judged if miscount is not None)
    whole, closed = _Sums(named), _Sums(named)
    months, weeks, cells = (defaultdict[Any, _Sums](lambda: _Sums(named)) for _ in range(3))
    for dated, miscount in judged:
        kind = None if miscount is None else miscount.kind
        if dated.hour is None:
            closed.add(dated.slot, kind)
            continue
        for sums in (whole, months[dated.month], weeks[dated.week], cells[dated.month, dated.hour]):
            sums.add(dated.slot, kind)
    corrected: Counts | None = whole.corrected
    interval = jeffreys(whole.corrected.lost, whole.corrected.offered)
    method: Method = "exclude" if whole.left_out else "recount" if named else "none"
    if whole.coverage < LEAST_COVERAGE:
        corrected, interval, method = None, None, "unavailable"
    elif whole.left_out and plan.correction == "impute":
        corrected, interval = _imputed(cells)
        method = "impute"
    low, high = interval or (None, None)
    return LineTotals(
        plan=plan,
        all_raw=whole.raw + closed.raw,
        all_corrected=None if corrected is None else corrected + closed.corrected,
        raw=whole.raw,
        corrected=corrected,
        low=low,
        high=high,
        method=method,
        coverage=whole.coverage,
        slots=whole.slots,
        in_quarantine=whole.in_quarantine,
        incidents=[each.id for each in (*miscounts, *doubts)],
        undecided=bool(doubts),
        within=sum(dated.slot.within for dated in slots),
        answered_wait=Wait.of(merged(each.answered_waits for each in days)),
        lost_wait=Wait.of(merged(each.lost_waits for each in days)),
        months=[sums.stretch(name, [each for each in days if each.day[:7] == name]) for name, sums in months.items()],
        weeks=[sums.stretch(name, [each for each in days if _week(each.day) == name]) for name, sums in weeks.items()],
    )


class _DatedSlot(NamedTuple):
    """Hold a slot and when it is."""

    slot_no: int
    month: str  # 2013-09
    week: str  # its Monday (ISO 8601)
    hour: int | None  # local; None where the office is closed
    slot: CallSlot


def _dated_slots(days: Iterable[LineDay], opened: Opened, counted: Period) -> Iterator[_DatedSlot]:
    """Yield every slot of opening hours, and those of closed hours that count a call."""
    by_day = {each.day: each.slots for each in days}
    for day in counted.days():
        name = day.isoformat()
        slots, hours, week = by_day.get(name, {}), opened(day), _week(name)
        for slot_no in sorted(slots.keys() | hours.keys()):
            yield _DatedSlot(slot_no, name[:7], week, hours.get(slot_no), slots.get(slot_no, EMPTY))


def _week(day: str) -> str:
    """Return the Monday of a day's week; both days in ISO 8601."""
    local = date.fromisoformat(day)
    return (local - timedelta(days=local.weekday())).isoformat()


def _doubts(incidents: Iterable[Incident], sound: Sequence[int]) -> list[Incident]:
    """Return the incidents that are undecided and that no miscount explains: they reach into `sound` slots."""
    return [
        each
        for each in incidents
        if each.verdict == "undecided" and each.status in {"open", "closed"} and not each.of_counter
        if any(
            each.bounds()[0] < (slot_no + 1) * QUARTER_MS and slot_no * QUARTER_MS < each.bounds()[1]
            for slot_no in sound
        )
    ]


def _explained(miscounted: Iterable[tuple[str, CallSlot]]) -> frozenset[str]:
    """Return the kinds of miscount that are explained, over all their slots, by the calls that a law names."""
    by_kind: dict[str, CallSlot] = {}
    for kind, slot in miscounted:
        whole = by_kind.setdefault(kind, CallSlot())
        for name in CallSlot.__struct_fields__:
            setattr(whole, name, getattr(whole, name) + getattr(slot, name))
    return frozenset(kind for kind, slot in by_kind.items() if recount.explained(kind, slot))


class _Sums:
    """Add up slots; miscounts of the kinds in `named` are recounted."""

    def __init__(self, named: frozenset[str]) -> None:
        self._named = named
        self.raw = self.quarantined = self.corrected = Counts()
        self.slots = self.in_quarantine = self.left_out = 0

    def add(self, slot: CallSlot, kind: str | None) -> None:
        """Add a slot that lies in a miscount of this kind, or in none."""
        counts = Counts.of(slot)
        self.slots += 1
        self.raw += counts
        if kind is None:
            self.corrected += counts
            return
        self.in_quarantine += 1
        self.quarantined += counts
        if kind in self._named:
            self.corrected += counts - (recount.wrong(kind, slot) or counts)
        else:
            self.left_out += 1

    @property
    def coverage(self) -> float:
        """Return the share of the slots that the corrected counts stand on."""
        return 1 - self.left_out / self.slots if self.slots else 1.0

    def stretch(self, name: str, days: Sequence[LineDay]) -> LineStretch:
        """Return these sums as those of the month or week of this name, which has these days."""
        wait = Wait.of(merged(each.answered_waits for each in days)).mean
        return LineStretch(
            name=name,
            raw=self.raw,
            quarantined=self.quarantined,
            corrected=self.corrected if self.coverage >= LEAST_COVERAGE else None,
            slots=self.slots,
            in_quarantine=self.in_quarantine,
            left_out=self.left_out,
            wait=wait,
        )


def _imputed(cells: Mapping[WeightingCell, _Sums]) -> tuple[Counts, tuple[float, float] | None]:
    return impute(
        {cell: sums.slots - sums.left_out for cell, sums in cells.items()},
        {cell: sums.left_out for cell, sums in cells.items()},
        {cell: sums.corrected for cell, sums in cells.items()},
    )
