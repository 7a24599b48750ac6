"""One line over a period: raw beside corrected, in all and by month and week, and how the one became the other.

Follow a slot: what it counts is raw. Where no miscount covers it, it is sound and counts as it is; where a law names
the wrong calls of its miscount, it is recounted; else it is left out. An indicator is about the slots of opening
hours; what is wrong with closed ones costs no coverage.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from msgspec import Struct

from streams.calls.counts import Counts
from streams.indicators.imputation import Cell, impute
from streams.indicators.period import Period
from streams.indicators.plan import LinePlan, Opened
from streams.indicators.wait import Wait, merged
from streams.insight.interval import jeffreys
from streams.kept.times import QUARTER_MS
from streams.ledger.day import CallSlot, LineDay
from streams.watch import recount
from streams.watch.correction import LEAST_COVERAGE
from streams.watch.incident import Incident
from streams.watch.incidents import counted_wrong, covering

Method: TypeAlias = Literal["none", "recount", "exclude", "impute", "unavailable"]

EMPTY: Final = CallSlot()


class Stretch(Struct, kw_only=True):
    """Hold the slots of opening hours of a month (`2013-09`) or of the week that begins on a day (`2013-09-02`).

    `raw` is what they count, `quarantined` the part of it that lies in miscounts, `corrected` None where less than
    three quarters of the slots are left. Of the `slots`, `in_quarantine` lie in miscounts, `left_out` of them count
    nothing. `wait` is the mean (s) of the calls answered in it, at whatever hour.
    """

    name: str
    raw: Counts
    quarantined: Counts
    corrected: Counts | None
    slots: int
    in_quarantine: int
    left_out: int
    wait: float | None

    @property
    def corrected_rate(self) -> float | None:
        """Return the corrected lost rate, None where there is none."""
        return None if self.corrected is None else self.corrected.lost_rate


class LineTotals(Struct, kw_only=True):
    """Hold a line's figures over a period.

    `all_raw` and `all_corrected` are about all its calls; `raw`, `corrected` (None below 75 % coverage), its 95 %
    interval and the slots about opening hours. `coverage` is the share of the `slots` that `corrected` stands on,
    `method` how it came about. `incidents` are the ids of those behind it, `undecided` tells that one of them is.
    `within` of all calls were answered in time.
    """

    plan: LinePlan
    all_raw: Counts
    all_corrected: Counts | None
    raw: Counts
    corrected: Counts | None
    low: float | None
    high: float | None
    method: Method
    coverage: float
    slots: int
    in_quarantine: int
    incidents: list[str]
    undecided: bool
    within: int
    answered_wait: Wait
    lost_wait: Wait
    months: list[Stretch]
    weeks: list[Stretch]


def line_totals(
    days: Sequence[LineDay], incidents: Sequence[Incident], plan: LinePlan, opened: Opened, counted: Period | None
) -> LineTotals:
    """Return a line's figures over the days that were counted, by its own of them and its incidents in them."""
    places = list(_places(days, opened, counted)) if counted is not None else []
    miscounts = sorted(filter(counted_wrong, incidents), key=lambda each: (each.bounds(), each.id))
    judged = [(place, covering(miscounts, place.at, open=place.hour is not None)) for place in places]
    doubts = _doubts(incidents, [place.at for place, miscount in judged if miscount is None and place.hour is not None])
    named = _explained((miscount.kind, place.slot) for place, miscount in judged if miscount is not None)
    whole, closed = _Sums(named), _Sums(named)
    months, weeks, cells = (defaultdict[Any, _Sums](lambda: _Sums(named)) for _ in range(3))
    for place, miscount in judged:
        kind = None if miscount is None else miscount.kind
        if place.hour is None:
            closed.add(place.slot, kind)
            continue
        for sums in (whole, months[place.month], weeks[place.week], cells[place.month, place.hour]):
            sums.add(place.slot, kind)
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
        within=sum(place.slot.within for place in places),
        answered_wait=Wait.of(merged(each.answered_waits for each in days)),
        lost_wait=Wait.of(merged(each.lost_waits for each in days)),
        months=[sums.stretch(name, [each for each in days if each.day[:7] == name]) for name, sums in months.items()],
        weeks=[sums.stretch(name, [each for each in days if _week(each.day) == name]) for name, sums in weeks.items()],
    )


class _Place(NamedTuple):
    """Hold one slot, `at` a moment // `QUARTER_MS`, its month and week, and its local hour where the office is open."""

    at: int
    month: str
    week: str
    hour: int | None
    slot: CallSlot


def _places(days: Iterable[LineDay], opened: Opened, counted: Period) -> Iterator[_Place]:
    """Yield the slots of opening hours, whether anybody called or not, and those of closed ones that count calls."""
    by_day = {each.day: each.slots for each in days}
    for day in counted.days():
        name = day.isoformat()
        slots, hours, week = by_day.get(name, {}), opened(day), _week(name)
        for at in sorted(slots.keys() | hours.keys()):
            yield _Place(at, name[:7], week, hours.get(at), slots.get(at, EMPTY))


def _week(day: str) -> str:
    """Return the Monday of a day's week (ISO 8601, both)."""
    found = date.fromisoformat(day)
    return (found - timedelta(days=found.weekday())).isoformat()


def _doubts(incidents: Iterable[Incident], sound: Sequence[int]) -> list[Incident]:
    """Return what nobody could decide yet and no miscount explains: it lies in slots that are held for sound."""
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
    """Return the kinds of miscount that the calls which a law names explain, over all their slots together."""
    by_kind: dict[str, CallSlot] = {}
    for kind, slot in miscounted:
        whole = by_kind.setdefault(kind, CallSlot())
        for name in CallSlot.__struct_fields__:
            setattr(whole, name, getattr(whole, name) + getattr(slot, name))
    return frozenset(kind for kind, slot in by_kind.items() if recount.explained(kind, slot))


class _Sums:
    """Add up slots; `named` are the kinds of miscount that are recounted."""

    def __init__(self, named: frozenset[str]) -> None:
        self._named = named
        self.raw = self.quarantined = self.corrected = Counts()
        self.slots = self.in_quarantine = self.left_out = 0

    def add(self, slot: CallSlot, kind: str | None) -> None:
        """Add a slot that lies in a miscount of a kind, or in none."""
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
        """Return the share of the slots that corrected counts stand on."""
        return 1 - self.left_out / self.slots if self.slots else 1.0

    def stretch(self, name: str, days: Sequence[LineDay]) -> Stretch:
        """Return these sums as those of a named stretch with its days."""
        wait = Wait.of(merged(each.answered_waits for each in days)).mean
        return Stretch(
            name=name,
            raw=self.raw,
            quarantined=self.quarantined,
            corrected=self.corrected if self.coverage >= LEAST_COVERAGE else None,
            slots=self.slots,
            in_quarantine=self.in_quarantine,
            left_out=self.left_out,
            wait=wait,
        )


def _imputed(cells: Mapping[Cell, _Sums]) -> tuple[Counts, tuple[float, float] | None]:
    return impute(
        {cell: sums.slots - sums.left_out for cell, sums in cells.items()},
        {cell: sums.left_out for cell, sums in cells.items()},
        {cell: sums.corrected for cell, sums in cells.items()},
    )
