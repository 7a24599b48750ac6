"""What the wall shows: the office as a whole, and a card a line and counter, the troubled ones first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from agents.board.follower import Known
from agents.board.incidents import cases
from agents.history.incident_json import incident_of
from agents.pages.withheld import withheld
from agents.pages.words import Both
from config.settings import Line, Service, Settings
from streams.calls.counts import Counts
from streams.checks.interval import jeffreys
from streams.indicators.plan import Opened
from streams.indicators.today import Quarter, believed, quarters
from streams.kept.times import QUARTER_MS
from streams.ledger.day import LedgerDay, LineDay, ServiceDay
from streams.status import LineStatus, Ongoing, ServiceStatus, Status
from streams.watch.guard import Guard
from streams.watch.incident import Incident

SILENT_SECONDS: Final = 90.0  # a worker gives a sign of life every minute
DAYS_AHEAD: Final = 30  # days in which the next opening is looked for
HOUR_SLOTS: Final = 5  # the quarter under way, and the hour before it


class State(StrEnum):
    """Name what a line or a counter is like, the most troubled first."""

    OVERLOAD = "overload"  # its callers really have a bad time
    MISCOUNT = "miscount"  # its counter is suspected
    SILENT = "silent"  # nothing is told of it
    BUSY = "busy"  # it misses what was promised, beyond doubt
    CALM = "calm"
    CLOSED = "closed"
    NODATA = "nodata"


TROUBLED: Final = {State.OVERLOAD, State.MISCOUNT, State.SILENT, State.BUSY}
_RANK: Final = {state: rank for rank, state in enumerate(State)}


class OfficeNow(NamedTuple):
    """Say whether the office is open; moments in its zone."""

    now: datetime
    open: bool
    changes: datetime | None = None  # when it closes or opens next, where that is known


class LostShare(NamedTuple):
    """Hold how many of so many calls were lost, and what was counted where that is not believed."""

    lost: int
    of: int
    raw: Counts | None = None  # struck out
    known: bool = True  # whether anything is believed
    hour: bool = True  # of the last hour, else of today

    @property
    def rate(self) -> float | None:
        """Return the lost rate; None where there is none, or none is believed."""
        return self.lost / self.of if self.of and self.known else None


class LineCard(NamedTuple):
    """Hold a line to show."""

    name: str
    about: Line
    status: LineStatus | None
    silent: float | None  # seconds since a worker told of it, where that is too long
    open: bool
    quarters: Sequence[Quarter]  # of today, the open ones
    now: int  # slot number
    zone: ZoneInfo

    @property
    def id(self) -> str:
        """Return what names its card on the page."""
        return f"line-{self.name}"

    @property
    def incident(self) -> Ongoing | None:
        """Return the incident that the card is about: a miscount, else an overload, else whatever goes on."""
        told = [] if self.status is None else self.status.incidents
        order = ("miscount", "overload", "undecided")
        return min(told, key=lambda each: order.index(each.verdict), default=None)

    @property
    def state(self) -> State:
        """Return what the line is like."""
        if self.status is None:
            return State.NODATA
        incident = self.incident
        if self.silent is not None or (incident is not None and incident.kind == "missing"):
            return State.SILENT
        if incident is not None and incident.verdict == "miscount":
            return State.MISCOUNT
        if incident is not None and incident.verdict == "overload":
            return State.OVERLOAD
        if not self.open:
            return State.CLOSED
        return State.BUSY if incident is not None or self._misses() else State.CALM

    @property
    def share(self) -> LostShare:
        """Return the lost calls to show big: those of the last hour, or of today where it had no call."""
        if self.incident is not None and self.incident.verdict == "miscount":
            recent = [each for each in self._past if each.slot_no > self.now - HOUR_SLOTS]
            hour = any(each.raw.offered for each in recent)
            chosen = recent if hour else self._past
            raw, best = sum((each.raw for each in chosen), Counts()), believed(chosen)
            if best is None:
                return LostShare(0, 0, raw, known=False, hour=hour)
            return LostShare(best.lost, best.offered, None if best == raw else raw, hour=hour)
        window = None if self.status is None else self.status.windows["1h"]
        if window is not None and window.ended:
            return LostShare(round((window.lost_rate or 0.0) * window.ended), window.ended)
        today = self.today
        if today is None:
            return LostShare(0, 0, known=False, hour=False)
        return LostShare(today.lost, today.offered, hour=False)

    @property
    def today(self) -> Counts | None:
        """Return what is believed of today so far; None where nothing is."""
        return believed(self._past)

    @property
    def service_level(self) -> float | None:
        """Return the share of the last hour's calls that were answered in time."""
        return None if self.status is None else self.status.windows["1h"].service_level

    @property
    def slow(self) -> bool:
        """Tell whether the last hour's service level is below what was promised beyond doubt."""
        if self.status is None:
            return False
        hour = self.status.windows["1h"]
        ended = hour.ended or 0
        interval = jeffreys(round((hour.service_level or 0.0) * ended), ended)
        return interval is not None and interval[1] < self.about.service_level.share

    @property
    def withheld(self) -> Both | None:
        """Say why the line's corrected figure is withheld; None where it is not."""
        found = UNSET if self.status is None else self.status.withheld
        if isinstance(found, UnsetType):
            return None
        since = None if found.since is None else round(found.since.timestamp() * 1000)
        return withheld(Guard(found.reason, since), found.coverage, self.zone)

    @property
    def _past(self) -> list[Quarter]:
        return [each for each in self.quarters if each.slot_no <= self.now]

    def _misses(self) -> bool:
        assert self.status is not None
        hour = self.status.windows["1h"]
        ended = hour.ended or 0
        interval = jeffreys(round((hour.lost_rate or 0.0) * ended), ended)
        return self.slow or (interval is not None and interval[0] > self.about.target)


class ServiceCard(NamedTuple):
    """Hold a service to show."""

    name: str
    about: Service
    status: ServiceStatus | None
    silent: float | None  # seconds since a worker told of it, where that is too long
    open: bool
    issued: Mapping[int, int]  # tickets of today, by slot number, of the open slots

    @property
    def id(self) -> str:
        """Return what names its card on the page."""
        return f"service-{self.name}"

    @property
    def state(self) -> State:
        """Return what the service is like: busy while visitors wait longer than they should."""
        if self.status is None:
            return State.NODATA
        if self.silent is not None:
            return State.SILENT
        if not self.open:
            return State.CLOSED
        return State.BUSY if self.late(self.status.longest_wait) or self.late(self.mean_wait) else State.CALM

    @property
    def mean_wait(self) -> float | None:
        """Return the mean wait (s) of those who were called in the last hour."""
        return None if self.status is None else self.status.windows["1h"].mean_wait

    def late(self, wait: float | None) -> bool:
        """Tell whether a wait (s) is longer than it should be."""
        return wait is not None and self.about.target_wait is not None and wait > self.about.target_wait


Card = LineCard | ServiceCard


class Totals(NamedTuple):
    """Sum the lines of an office today; None where no line tells."""

    calls: Counts
    waiting: int | None
    longest: float | None  # s
    to_call_back: int | None
    visitors: int | None  # who wait at the counters
    left_out: list[str]  # labels of the lines of which nothing is believed


class Wall(NamedTuple):
    """Hold all that the wall shows."""

    office: OfficeNow | None
    today: date
    hours: Mapping[int, int]  # today's open slots, each with its local hour
    totals: Totals
    cards: list[Card]
    incidents: frozenset[str]  # ids of those that can be opened
    review: int  # how many of them are to be reviewed


class Walls:
    """Make the wall of an office."""

    def __init__(self, settings: Settings, opened: Opened) -> None:
        self._settings = settings
        self._opened = opened
        self._calendar = settings.calendar()
        self._zone = ZoneInfo(settings.timezone)

    def at(self, known: Known, now: float, today: date) -> Wall:
        """Return what is shown at `now` (epoch s); in a replay, at the latest moment of the live figures."""
        settings, site = self._settings, self._settings.site
        if settings.clock == "event":
            now = _latest(known)
        office = self._office(now) if now else None
        is_open, days = office is not None and office.open, known.history.days(site=site, first=today, last=today)
        lines = list(self._lines(known, days, now, today, is_open=is_open))
        services = list(self._services(known, days, now, today, is_open=is_open))
        return Wall(
            office,
            today,
            self._opened(today),
            _totals(lines, services),
            sorted((*lines, *services), key=lambda each: _RANK[each.state]),
            frozenset(known.history.incidents(site=site)),
            sum(each.standing == "open" for each in cases(settings, known.history)),
        )

    def _lines(
        self, known: Known, days: Iterable[LedgerDay], now: float, today: date, *, is_open: bool
    ) -> Iterator[LineCard]:
        site, counted = self._settings.site, {each.id: each for each in days if isinstance(each, LineDay)}
        incidents = [incident_of(each) for each in known.history.incidents(site=site).values()]
        slot_no = round(now * 1000) // QUARTER_MS
        for name, line in self._settings.lines.items():
            status = known.lines.get(f"{site}/{name}")
            of_line = {each.id: each for each in incidents if each.line == name}
            for each in [] if status is None else status.incidents:
                of_line[each.id] = _until(of_line.get(each.id) or _begun(name, each), slot_no)
            found = quarters(counted.get(f"{site}/{name}"), of_line.values(), self._opened, today)
            yield LineCard(name, line, status, self._silent(status, now), is_open, found, slot_no, self._zone)

    def _services(
        self, known: Known, days: Iterable[LedgerDay], now: float, today: date, *, is_open: bool
    ) -> Iterator[ServiceCard]:
        site, counted = self._settings.site, {each.id: each for each in days if isinstance(each, ServiceDay)}
        for name, service in self._settings.services.items():
            status, day = known.services.get(f"{site}/{name}"), counted.get(f"{site}/{name}")
            slots = {} if day is None else day.slots
            issued = {each: slots[each].issued if each in slots else 0 for each in self._opened(today)}
            yield ServiceCard(name, service, status, self._silent(status, now), is_open, issued)

    def _office(self, now: float) -> OfficeNow:
        local = datetime.fromtimestamp(now, self._zone)
        is_open = self._calendar.is_open(now)
        days = (local.date() + timedelta(passed) for passed in range(DAYS_AHEAD))
        edges = (span[is_open] for day in days for span in self._calendar.open_intervals(day))
        changes = next((edge for edge in edges if edge > now), None)
        return OfficeNow(local, is_open, None if changes is None else datetime.fromtimestamp(changes, self._zone))

    def _silent(self, status: Status | None, now: float) -> float | None:
        if status is None or self._settings.clock == "event":
            return None
        age = now - status.at.timestamp()
        return age if age > SILENT_SECONDS else None


def _latest(known: Known) -> float:
    """Return the latest moment (epoch s) of the live figures, 0 where there are none."""
    statuses: list[Status] = [*known.lines.values(), *known.services.values()]
    return max((each.at.timestamp() for each in statuses), default=0.0)


def _begun(line: str, told: Ongoing) -> Incident:
    """Return an incident that the live figures tell of before its own topic does."""
    start = round(told.start.timestamp() * 1000)
    return Incident(told.id, line, "", told.verdict, told.kind, start, start, start, 0, told.status)


def _until(incident: Incident, slot_no: int) -> Incident:
    """Return an incident that goes on, up to the end of a slot: its own end is that of the last suspected one."""
    return replace(incident, end=max(incident.end, (slot_no + 1) * QUARTER_MS))


def _totals(lines: Sequence[LineCard], services: Sequence[ServiceCard]) -> Totals:
    told = [each.status for each in lines if each.status is not None and each.silent is None]
    waits = [each.longest_wait for each in told if each.longest_wait is not None]
    return Totals(
        sum((each.today for each in lines if each.today is not None), Counts()),
        _sum(each.waiting for each in told),
        max(waits, default=None),
        _sum(each.to_call_back for each in told),
        _sum(each.status.waiting for each in services if each.status is not None and each.silent is None),
        [each.about.label for each in lines if each.today is None],
    )


def _sum(values: Iterable[int | None]) -> int | None:
    known = [each for each in values if each is not None]
    return sum(known) if known else None
