"""A line, service or channel over a period and over the periods to compare, from the history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from threading import Lock
from typing import Final, Literal, NamedTuple, TypeAlias, TypeVar, assert_never
from zoneinfo import ZoneInfo

from agents.cache import Cache
from agents.history.days import days_of
from agents.history.incident_json import incident_of
from agents.history.ledger import History
from agents.totals.plan import plan_of
from config.settings import Channel, Line, Service, Settings
from config.sums import DeskSum
from streams.figures.mean import CorrectedMean, DayMean, ValueSums, corrected_mean
from streams.indicators.annual import within, without_baseline
from streams.indicators.cases import CaseDays, channels_means, no_baseline, services_means
from streams.indicators.channel import ChannelTotals, channel_totals
from streams.indicators.closings import closings
from streams.indicators.line import LineTotals, judge_line, totals_of
from streams.indicators.period import Period
from streams.indicators.plan import Opened
from streams.indicators.repeats import RepeatSums
from streams.indicators.service import ServiceTotals, service_totals
from streams.indicators.wait import merged
from streams.kept.times import QUARTER_MS
from streams.kept.waits import Waits
from streams.ledger.day import ChannelDay, LineDay, ServiceDay, WitnessDay
from streams.ledger.reasons import NOTHING, CallReasons
from streams.periods.buckets import Bucket, UsualWeek, day_hour, grouped
from streams.periods.desk_period import DeskPeriod, desk_period
from streams.periods.named import OtherPeriod, compared_with, grain_of, kind_of
from streams.periods.slots import (
    CHANNEL_COLUMNS,
    LINE_COLUMNS,
    SERVICE_COLUMNS,
    channel_slots,
    laws_of,
    line_slots,
    reasons_in,
    service_slots,
)
from streams.watch import incident
from streams.watch.incident import Incident

DeskKind: TypeAlias = Literal["lines", "services", "channels"]
DeskTotals: TypeAlias = LineTotals | ServiceTotals | ChannelTotals

S = TypeVar("S", ServiceDay, ChannelDay)
USUAL_WEEKS: Final = 8  # weeks before a period, which give the usual values of its weekdays
SHORT_DAYS: Final = 62  # days; a longer period is compared with the year before instead
CLOSED_DAYS: Final = 14  # most days skipped to find an open day
KEPT: Final = 64  # most answers kept; an answer for a year holds 2,000 buckets, under 1 MB
_DAYS: Final[Mapping[DeskKind, type[LineDay] | type[ServiceDay] | type[ChannelDay]]] = {
    "lines": LineDay,
    "services": ServiceDay,
    "channels": ChannelDay,
}
KIND_OF: Final[Mapping[DeskKind, incident.DeskKind]] = {"lines": "line", "services": "service", "channels": "channel"}
COLUMNS: Final[Mapping[DeskKind, tuple[str, ...]]] = {
    "lines": LINE_COLUMNS,
    "services": SERVICE_COLUMNS,
    "channels": CHANNEL_COLUMNS,
}


def desks_of(settings: Settings) -> Mapping[DeskKind, Mapping[str, Line | Service | Channel]]:
    """Return an office's desks by kind and name."""
    return {"lines": settings.lines, "services": settings.services, "channels": settings.requests}


def shown_desks(settings: Settings) -> Mapping[DeskKind, Mapping[str, Line | Service | Channel | DeskSum]]:
    """Return an office's desks by kind and name, and its sums of services or of channels behind them."""
    services = {name: each for name, each in settings.sums.items() if each.services}
    channels = {name: each for name, each in settings.sums.items() if each.requests}
    return {
        "lines": settings.lines,
        "services": {**settings.services, **services},
        "channels": {**settings.requests, **channels},
    }


class DeskFound(NamedTuple):
    """A desk's figures over one period."""

    totals: DeskTotals
    slots: list[Bucket]  # slots of a single day, or hours of a longer period
    waits: tuple[Waits, Waits] | None  # of a line's answered and lost calls; a service's waits and times at the counter
    laws: Mapping[str, int]  # a line's calls that break a law, by field of the ledger's slot
    reasons: CallReasons = NOTHING  # of a line's lost and diverted calls, at any hour

    @property
    def suspect(self) -> bool:
        """Whether a count is suspect at any hour. Figures without a correction are then shown as counted."""
        if isinstance(self.totals, LineTotals):
            return self.totals.in_quarantine > 0 or self.totals.all_corrected != self.totals.all_raw
        means = self.totals.means
        return means is not None and any(each.method != "none" for each in means.each)


class Beside(NamedTuple):
    """A period to compare with."""

    shift: OtherPeriod
    found: DeskFound


class DeskView(NamedTuple):
    """A desk's page of a period."""

    kind: DeskKind
    name: str
    period: Period
    until: datetime | None  # the local time, if the period is not over
    found: DeskFound
    figures: DeskPeriod
    beside: list[Beside]
    incidents: list[Incident]  # that overlap the period, in order

    @property
    def columns(self) -> tuple[str, ...]:
        return COLUMNS[self.kind]

    @property
    def short(self) -> bool:
        """Whether the period is compared with the usual values of its weekdays, not with the year before."""
        return _short(self.period)


class _Asked(NamedTuple):
    """A request: a period, its slots that are over, and the days of its waits."""

    kind: DeskKind
    name: str
    period: Period
    today: date
    end: int | None  # slot number of the last slot that is over; None if all are
    waited: date  # the last day whose waits count


class _Records(NamedTuple):
    """The inputs of an answer; the answer is reused while they stay the same."""

    days: list[bytes]
    counted: Period | None  # the days with any count
    witness: Sequence[bytes] = ()
    years: Sequence[bytes] = ()  # the days by which the desk may be known, unless a line's rate is configured
    incidents: Sequence[Incident] = ()


class DeskReader:
    """A reader of desks over periods; keeps its last answers while the history does not change them."""

    def __init__(self, settings: Settings) -> None:
        self._site = settings.site
        self._plan = plan_of(settings)
        self._zone = ZoneInfo(settings.timezone)
        self._lock = Lock()  # views are made in threads
        self._kept = Cache[_Asked, DeskFound](KEPT)

    def view(self, history: History, kind: DeskKind, name: str, period: Period, now: datetime) -> DeskView:
        """Return a desk over a period as of `now` (local). Periods beside an unfinished one end at the same point."""
        goes_on, today = period.first <= now.date() <= period.last, now.date()

        def over(other: Period, *, itself: bool = False) -> DeskFound:
            if not goes_on:
                return self._over(history, _Asked(kind, name, other, today, None, other.last))
            end = datetime.combine(other.first + (today - period.first), now.time(), self._zone)
            last = min(other.last, end.date())
            waited = last if itself else end.date() - timedelta(1)  # a day's waits are published as a whole
            return self._over(history, _Asked(kind, name, Period(other.first, last), today, _slot_no(end), waited))

        found = over(period, itself=True)
        beside = [Beside(each, over(each.period)) for each in map(self._on_open_day, compared_with(period))]
        if _short(period):
            weeks = Period(period.first - timedelta(7 * USUAL_WEEKS), period.first - timedelta(1))
            usual = self._over(history, _Asked(kind, name, weeks, today, None, weeks.last)).slots
        else:
            usual = beside[-1].found.slots
        figures = desk_period(found.slots, grain_of(period), UsualWeek(grouped(usual, day_hour).values()))
        incidents = self.incidents(history, kind, name, period) if kind == "lines" else []
        return DeskView(kind, name, period, now if goes_on else None, found, figures, beside, incidents)

    def _over(self, history: History, asked: _Asked) -> DeskFound:
        with self._lock:
            records = self._records(history, asked)
            return self._kept.made(asked, partial(self._found, asked, records), records)

    def _records(self, history: History, asked: _Asked, known_by: int | None = None) -> _Records:
        period, kind, parts = asked.period, _DAYS[asked.kind], self._parts(asked.kind, asked.name)

        def written(of: type[LineDay | ServiceDay | ChannelDay | WitnessDay], during: Period) -> list[bytes]:
            return [day for part in parts for day in history.days.written(of, f"{self._site}/{part}", during)]

        days, counted = written(kind, period), history.days.counted(kind, self._site, period)
        years: list[bytes] = []
        if asked.kind != "lines" or self._plan.lines[asked.name].expected is None:
            years = written(kind, Period(period.shifted(-1).first, period.shifted(1).last))
        incidents = self.incidents(history, asked.kind, asked.name, counted or period, known_by)
        witness = written(WitnessDay, period) if asked.kind == "lines" else ()
        return _Records(days, counted, witness, years, incidents)

    def slots(
        self, history: History, kind: DeskKind, name: str, period: Period, today: date, known_by: int | None = None
    ) -> list[Bucket]:
        """Return every slot of a desk over a period, as judged for its figures.

        `known_by` (epoch ms) leaves out the incidents and decisions from this moment on.
        """
        asked = _Asked(kind, name, period, today, None, period.last)
        return self._judged(asked, self._records(history, asked, known_by)).slots

    def mean(self, history: History, kind: DeskKind, name: str, period: Period) -> CorrectedMean:
        """Return a desk's figure over a period that is over, with the interval by which its weeks differ.

        It is a line's lost rate in opening hours, a service's mean wait (s), a channel's share in time or mean delay.
        """
        asked = _Asked(kind, name, period, period.last + timedelta(1), None, period.last)
        found = self._judged(asked, self._records(history, asked))
        totals = found.totals
        if isinstance(totals, ServiceTotals):
            assert totals.means is not None
            return totals.means.wait
        if isinstance(totals, ChannelTotals):
            assert totals.means is not None
            return totals.means.delay if totals.plan.target_days is None else totals.means.in_time
        days = [_lost(each) for each in grouped(found.slots, lambda slot: slot.day).values()]
        return corrected_mean([each for each in days if each.raw.number], totals.guard)

    def incidents(
        self, history: History, kind: DeskKind, name: str, period: Period, known_by: int | None = None
    ) -> list[Incident]:
        """Return the incidents of a desk, or of a sum's parts, that overlap a period.

        `known_by` (epoch ms) is as in `slots`.
        """
        around = history.incidents.of(self._site, Period(period.first - timedelta(1), period.last + timedelta(1)))
        parts = self._parts(kind, name)
        every = map(incident_of, around.values())
        own = [each for each in every if any(each.is_of(KIND_OF[kind], part) for part in parts)]
        if known_by is not None:
            own = [each for each in (one.known_at(known_by) for one in own) if each is not None]
        return within(own, self._plan, period)

    def _parts(self, kind: DeskKind, name: str) -> tuple[str, ...]:
        """Return the short ids of a sum's parts, or a desk's own."""
        if kind == "lines":
            return (name,)
        return (self._plan.services if kind == "services" else self._plan.channels)[name].parts or (name,)

    def _cases(self, asked: _Asked, records: _Records, of: type[S]) -> list[CaseDays[S]]:
        """Return the days and incidents of a service or channel, or of each part of a sum."""
        days, years = days_of(of, records.days), days_of(of, records.years)
        return [
            CaseDays(
                [day for day in days if day.id == f"{self._site}/{part}"],
                [each for each in records.incidents if each.line == part],
                no_baseline(day for day in years if day.id == f"{self._site}/{part}"),
            )
            for part in self._parts(asked.kind, asked.name)
        ]

    def _judged(self, asked: _Asked, records: _Records) -> DeskFound:
        match asked.kind:
            case "lines":
                return self._line(asked, records)
            case "services":
                return self._service(asked, records)
            case "channels":
                return self._channel(asked, records)
            case never:
                assert_never(never)

    def _found(self, asked: _Asked, records: _Records) -> DeskFound:
        found = self._judged(asked, records)
        if asked.period.first == asked.period.last:  # only a single day is shown by slots
            return found
        return found._replace(slots=list(grouped(found.slots, day_hour).values()))

    def _line(self, asked: _Asked, records: _Records) -> DeskFound:
        plan, days = self._plan.lines[asked.name], days_of(LineDay, records.days)
        guard = without_baseline(plan, days_of(LineDay, records.years))
        witnessed = days_of(WitnessDay, records.witness)
        judged = judge_line(days, records.incidents, plan, self._opened(asked), records.counted, guard, witnessed)
        whole = [each for each in days if each.day <= asked.waited.isoformat()]
        waits = merged(each.answered_waits for each in whole), merged(each.lost_waits for each in whole)
        totals = totals_of(judged, plan, whole_only=True)
        totals.closings = closings(self._plan, records.incidents, days, asked.today)
        repeats = RepeatSums(self._plan, records.incidents)
        for each in days:
            repeats.take(each)
        totals.repeats = repeats.found()
        return DeskFound(totals, line_slots(judged), None if plan.totals else waits, laws_of(days), reasons_in(days))

    def _service(self, asked: _Asked, records: _Records) -> DeskFound:
        parts, counted = self._cases(asked, records, ServiceDay), records.counted
        days = [day for part in parts for day in part.days]
        slots = [] if counted is None else service_slots(days, self._opened(asked), self._hour, counted)
        whole = [each for each in days if each.day <= asked.waited.isoformat()]
        slots = [each for each in slots if asked.end is None or each.first <= asked.end]  # includes closed hours
        waits = merged(each.waits for each in whole), merged(each.times_in_service for each in whole)
        means = services_means(parts, self._plan.day)
        totals = service_totals(days, self._plan.services[asked.name], means)
        totals.closings = closings(self._plan, records.incidents, days, asked.today)
        return DeskFound(totals, slots, waits, {})

    def _channel(self, asked: _Asked, records: _Records) -> DeskFound:
        parts, counted = self._cases(asked, records, ChannelDay), records.counted
        days = [day for part in parts for day in part.days]
        slots = [] if counted is None else channel_slots(days, self._opened(asked), self._hour, counted)
        plan = self._plan.channels[asked.name]
        means = channels_means(parts, self._plan.day, target=plan.target_days is not None)
        return DeskFound(channel_totals(days, plan, asked.today, means), slots, None, {})

    def _opened(self, asked: _Asked) -> Opened:
        """Return the opening hours that are over."""
        opened, end = self._plan.opened, asked.end
        if end is None:
            return opened
        day = self._plan.day(end * QUARTER_MS)

        def over(other: date) -> Mapping[int, int]:
            hours = opened(other)
            return hours if other < day else {slot_no: hour for slot_no, hour in hours.items() if slot_no <= end}

        return over

    def _on_open_day(self, shift: OtherPeriod) -> OtherPeriod:
        """Shift to the last earlier day on which the office was open; leave other shifts unchanged."""
        if shift.what != "before" or kind_of(shift.period) != "day":
            return shift
        days = (shift.period.first - timedelta(passed) for passed in range(CLOSED_DAYS))
        day = next((each for each in days if self._plan.opened(each)), shift.period.first)
        return shift._replace(period=Period(day, day))

    def _hour(self, slot_no: int) -> int:
        return datetime.fromtimestamp(slot_no * QUARTER_MS / 1000, self._zone).hour


def _lost(day: Bucket) -> DayMean:
    """Return a line's day: its calls, and those lost."""
    column, counted, known = LINE_COLUMNS.index("lost"), day.counted, day.believed
    return DayMean(
        ValueSums(counted[0], counted[column]), None if known is None else ValueSums(known[0], known[column])
    )


def _short(period: Period) -> bool:
    return (period.last - period.first).days < SHORT_DAYS


def _slot_no(local: datetime) -> int:
    return round(local.timestamp() * 1000) // QUARTER_MS
