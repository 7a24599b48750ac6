"""The effect of an incident and of decisions on a year's figure, by the code that computes all years' figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from msgspec.structs import replace

from agents.history.ledger import History
from agents.totals.history import given
from agents.totals.plan import plan_of
from config.settings import Settings
from streams.events import Decision, milliseconds
from streams.indicators.annual import AnnualInput, annual
from streams.indicators.desk_days import DAY_OF
from streams.indicators.indicator import Indicator
from streams.indicators.period import Period
from streams.indicators.plan import Plan
from streams.ledger.day import CallSlot, ChannelDay, LineDay, RequestSlot, ServiceDay, TicketSlot
from streams.watch.incident import DESK_KINDS, Decided, DeskKind, Incident
from streams.watch.incidents import counted_wrong, doubtful
from streams.watch.review import DeskName

TOLD: Final[tuple[Decision, ...]] = ("confirm", "dismiss", "reopen")  # all possible decisions on an incident


class YearEffect(NamedTuple):
    """A desk's figure of a year, now and after each possible decision, without comparison to other periods."""

    year: int
    now: Indicator  # the believed figure, which the year itself shows
    after: Mapping[Decision, Indicator]

    @property
    def counted(self) -> Indicator:
        """The figure if the incident's cases keep their count."""
        return self.after.get("dismiss", self.now)

    @property
    def size(self) -> float | None:
        """The largest difference between the figures, as a share; None if only some of them are known."""
        values = [each.corrected.value for each in (self.now, *self.after.values())]
        known = [each for each in values if each is not None]
        if len(known) < len(values):
            return None if known else 0.0
        return self._as_share(max(known) - min(known), max(known))

    def changes(self, decision: Decision) -> bool:
        """Return whether a decision changes the figure at all: its value, its parts, its target or its withholding."""
        after = self.after[decision]
        return (after.corrected, after.guard) != (self.now.corrected, self.now.guard)

    def moves(self, decision: Decision) -> float:
        """Return by how much a decision changes the figure, as a share; 1 if it withholds or releases it."""
        before, after = (each.corrected.value for each in (self.now, self.after[decision]))
        if before is None or after is None:
            return float(before is not after)
        return self._as_share(abs(after - before), max(before, after))

    def _as_share(self, difference: float, largest: float) -> float:
        """Return a difference of shares as it is, one of lengths as a part of the largest."""
        if self.now.unit == "share" or not largest:
            return difference
        return difference / largest


class Weight(NamedTuple):
    """The calls, tickets or requests in an incident's slots, and the figures that it may change."""

    offered: int
    lost: int  # of calls; 0 of others
    effects: list[YearEffect]

    @property
    def size(self) -> float:
        """The largest effect, as a share; a withheld figure counts as larger than any change."""
        return max((1.0 if each.size is None else each.size for each in self.effects), default=0.0)


def weigh(
    settings: Settings,
    history: History,
    groups: Mapping[str, Sequence[Incident]],
    today: date,
    decisions: Sequence[Decided],
) -> dict[str, Weight]:
    """Return the effects of incidents, by the name of their group. The incidents of a group are decided together.

    A decision is tried on each incident of a group. Only the days of the incidents' desks are read.
    """
    plan = plan_of(settings)
    years = {name: years_of(plan, incidents, decisions) for name, incidents in groups.items()}
    found = dict.fromkeys(groups, Weight(0, 0, []))
    for year in sorted({each.year for each in history.days.dates(settings.site)} & set().union(*years.values())):
        figures = _Figures(given(settings, history, Period.of_year(year)), plan, year, today)
        for name, incidents in groups.items():
            if year in years[name]:
                offered, lost = figures.calls(incidents)
                known, effects = found[name], figures.effects(incidents, decisions)
                found[name] = Weight(known.offered + offered, known.lost + lost, [*known.effects, *effects])
    return found


def decided(incident: Incident, decision: Decided) -> Incident:
    """Return an incident after a decision, applied as the worker applies it."""
    after = replace(incident, decisions=list(incident.decisions))
    # With an earlier decision's identity, this decision would count as a repetition and change nothing.
    identity = 1 + max((each.identity for each in incident.decisions), default=0)
    after.decide(replace(decision, incident=incident.id, identity=identity))
    return after


def decision_of(decision: Decision, at: float, start: datetime | None = None, end: datetime | None = None) -> Decided:
    """Return a decision at a moment (epoch s), to try out; bounds replace the incident's."""
    begins, ends = (None if each is None else milliseconds(each) for each in (start, end))
    return Decided("", round(at * 1000), 0, decision, "", "", begins, ends)


class _Figures:
    """Figures of one year with some incidents changed."""

    def __init__(self, year: AnnualInput, plan: Plan, number: int, today: date) -> None:
        self._given = year
        self._plan = plan
        self._period = Period.of_year(number)
        self._today = today
        self._now: dict[DeskName, Indicator] = {}

    def calls(self, incidents: Iterable[Incident]) -> tuple[int, int]:
        """Return the calls, tickets or requests of the year in the incidents' slots, and the lost calls."""
        slots = [
            slot
            for incident in incidents
            for day in self._days(incident)
            if day.day in self._period
            for slot_no, slot in day.slots.items()
            if incident.holds(slot_no)
        ]
        lost = sum(each.lost for each in slots if isinstance(each, CallSlot))
        return sum(map(_cases, slots)), lost

    def effects(self, incidents: Sequence[Incident], decisions: Sequence[Decided]) -> list[YearEffect]:
        """Return the effects of decisions on the incidents' desks; empty if no outcome changes a figure."""
        outcomes = {each.decision: [decided(one, each) for one in incidents] for each in decisions}
        found = []
        for desk in dict.fromkeys(DeskName(each.desk, each.line) for each in incidents):
            if desk.name not in self._desks(desk.kind):
                continue
            possible = [one for each in (incidents, *outcomes.values()) for one in each if one.is_of(*desk)]
            if any(counted_wrong(each) or doubtful(each) for each in possible):
                now = self._of(desk)
                figures = {_counts(incidents): now} if self._known(incidents) else {}
                for changed in outcomes.values():
                    if _counts(changed) not in figures:
                        figures[_counts(changed)] = self._of(desk, changed)
                after = {decision: figures[_counts(changed)] for decision, changed in outcomes.items()}
                found.append(YearEffect(self._period.first.year, now, after))
        return found

    def _known(self, incidents: Iterable[Incident]) -> bool:
        """Whether the history has all of these incidents; an incident about to be declared is not there yet."""
        return {each.id for each in incidents} <= {each.id for each in self._given.incidents}

    def _days(self, incident: Incident) -> Iterable[LineDay | ServiceDay | ChannelDay]:
        return self._given.days.of(DAY_OF[incident.desk], incident.line)

    def _desks(self, kind: DeskKind) -> Mapping[str, Any]:
        return {"line": self._plan.lines, "service": self._plan.services, "channel": self._plan.channels}[kind]

    def _of(self, desk: DeskName, changed: Sequence[Incident] = ()) -> Indicator:
        """Return a desk's first figure; `changed` replace the incidents of the same ids, or are added."""
        if not changed and desk in self._now:
            return self._now[desk]
        by_id = {each.id: each for each in (*self._given.incidents, *changed)}
        lines, services, channels = (
            {desk.name: self._desks(kind)[desk.name]} if kind == desk.kind else {} for kind in DESK_KINDS
        )
        alone = self._plan._replace(lines=lines, services=services, channels=channels)
        every = self._given._replace(incidents=list(by_id.values()))
        made = annual(every, alone, self._period, self._today, whole_only=True)
        if not changed:
            self._now[desk] = made.indicators[0]
        return made.indicators[0]


def _cases(slot: CallSlot | TicketSlot | RequestSlot) -> int:
    if isinstance(slot, CallSlot):
        return slot.offered
    return slot.issued if isinstance(slot, TicketSlot) else slot.received


def _counts(incidents: Iterable[Incident]) -> tuple[tuple[object, ...], ...]:
    """Return those facts of incidents that a decision may change and that a figure depends on."""
    return tuple((each.id, counted_wrong(each), doubtful(each), each.bounds(), each.unjudged()) for each in incidents)


def years_of(plan: Plan, incidents: Sequence[Incident], decisions: Sequence[Decided] = ()) -> set[int]:
    """Return the years that the incidents overlap, before or after the decisions."""
    touched: set[int] = set()
    for each in (*incidents, *(decided(one, each) for one in incidents for each in decisions)):
        start, end = each.bounds()
        touched.update(range(plan.day(start).year, plan.day(max(start, end - 1)).year + 1))
    return touched
