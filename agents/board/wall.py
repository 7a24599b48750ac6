"""The wall: the office as a whole, and a card for each line and service, the troubled ones first."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from agents.board.cards import Card, LineCard, ServiceCard, State, worst
from agents.board.follower import Known
from agents.desk_view.incidents import cases
from agents.history.incident_json import incident_of
from agents.history.standing import standing
from config.settings import Settings
from streams.calls.counts import Counts
from streams.desks.callback_list import CallbackList, ToCallBack
from streams.figures.counted import Counted, sum_of_calls
from streams.indicators.period import Period
from streams.indicators.plan import Opened
from streams.indicators.today import quarters
from streams.kept.times import QUARTER_MS
from streams.ledger.day import LedgerDay, LineDay, ServiceDay
from streams.status import Ongoing, Status
from streams.watch.incident import Incident
from streams.watch.incidents import counted_wrong

SILENT_SECONDS: Final = 90.0  # a worker reports every minute
DAYS_AHEAD: Final = 30  # the next opening is searched for this many days
_RANK: Final = {state: rank for rank, state in enumerate(State)}


class OfficeNow(NamedTuple):
    """Whether the office is open; moments in its zone."""

    now: datetime
    open: bool
    changes: datetime | None = None  # next closing or opening, if known


class Totals(NamedTuple):
    """Sums of an office's lines today; None if no line has the figure."""

    calls: Counted[Counts]
    waiting: int | None
    longest: float | None  # s
    to_call_back: ToCallBack | None
    visitors: int | None  # waiting at the counters
    wrong: list[str]  # labels of lines whose believed figures differ from the count
    left_out: list[str]  # those of the `wrong` lines that have no believed figure for some hours


class Wall(NamedTuple):
    office: OfficeNow | None
    today: date
    totals: Totals
    cards: list[Card]
    incidents: frozenset[str]  # ids of incidents that have a page
    review: int  # number of incidents to review


class Walls:
    def __init__(self, settings: Settings, opened: Opened) -> None:
        self._settings = settings
        self._opened = opened
        self._calendar = settings.calendar()
        self._zone = ZoneInfo(settings.timezone)

    def at(self, known: Known, now: float, today: date, listed: CallbackList | None = None) -> Wall:
        """Return the wall at `now` (epoch s); a replay shows the latest moment of its live figures.

        `listed` is the callback list. Without it, each card shows the number that its line's worker published.
        """
        settings, site = self._settings, self._settings.site
        if settings.clock == "event":
            latest = known.latest([site])
            now = 0.0 if latest is None else latest.timestamp()
        office = self._office(now) if now else None
        is_open, days = office is not None and office.open, known.history.days.of(site, Period(today, today))
        lines = list(self._lines(known, days, now, today, listed, is_open=is_open))
        services = list(self._services(known, days, now, today, is_open=is_open))
        return Wall(
            office,
            today,
            _totals(lines, services, settings.apart(settings.lines)),
            sorted((*lines, *services, *self._sums(services)), key=lambda each: _RANK[each.state]),
            frozenset(known.history.incidents.of(site)),
            sum(each.standing == "open" for each in cases(settings, known.history)),
        )

    def _lines(
        self,
        known: Known,
        days: Iterable[LedgerDay],
        now: float,
        today: date,
        listed: CallbackList | None,
        *,
        is_open: bool,
    ) -> Iterator[LineCard]:
        site, counted = self._settings.site, {each.id: each for each in days if isinstance(each, LineDay)}
        incidents = [incident_of(each) for each in known.history.incidents.of(site).values()]
        slot_no = round(now * 1000) // QUARTER_MS
        for name, line in self._settings.lines.items():
            status = known.lines.get(f"{site}/{name}")
            of_line = standing(incidents, name, status, slot_no)
            day, agentless = counted.get(f"{site}/{name}"), line.agentless_reasons
            found = quarters(day, of_line, self._opened, today, agentless)
            silent, leads = silent_for(self._settings, status, now), self._settings.office.leads
            back = None if listed is None else listed.of_line(name)
            yield LineCard(name, line, status, silent, is_open, found, slot_no, self._zone, leads, back)

    def _services(
        self, known: Known, days: Iterable[LedgerDay], now: float, today: date, *, is_open: bool
    ) -> Iterator[ServiceCard]:
        site, counted = self._settings.site, {each.id: each for each in days if isinstance(each, ServiceDay)}
        incidents = [incident_of(each) for each in known.history.incidents.of(site).values()]
        for name, service in self._settings.services.items():
            ongoing = [self._ongoing(each) for each in incidents if each.is_of("service", name) and each.goes_on]
            status, day = known.services.get(f"{site}/{name}"), counted.get(f"{site}/{name}")
            slots = {} if day is None else day.slots
            issued = {each: slots[each].issued if each in slots else 0 for each in self._opened(today)}
            yield ServiceCard(
                name, service, status, silent_for(self._settings, status, now), is_open, issued, worst(ongoing)
            )

    def _sums(self, services: Iterable[ServiceCard]) -> Iterator[ServiceCard]:
        known = {each.name: each for each in services}
        for name, each in self._settings.sums.items():
            if each.services:
                yield ServiceCard.of_sum(name, each, [known[part] for part in each.services])

    def _ongoing(self, incident: Incident) -> Ongoing:
        begins = datetime.fromtimestamp(incident.bounds()[0] / 1000, self._zone)
        verdict = "miscount" if counted_wrong(incident) else incident.verdict
        return Ongoing(incident.id, verdict, incident.kind, incident.status, begins, incident.cause)

    def _office(self, now: float) -> OfficeNow:
        local = datetime.fromtimestamp(now, self._zone)
        is_open = self._calendar.is_open(now)
        days = (local.date() + timedelta(passed) for passed in range(DAYS_AHEAD))
        edges = (span[is_open] for day in days for span in self._calendar.open_intervals(day))
        changes = next((edge for edge in edges if edge > now), None)
        return OfficeNow(local, is_open, None if changes is None else datetime.fromtimestamp(changes, self._zone))


def silent_for(settings: Settings, status: Status | None, now: float) -> float | None:
    """Return the seconds since a desk's status at `now` (epoch s); None unless too many, or in a replay."""
    if status is None or settings.clock == "event":
        return None
    age = now - status.at.timestamp()
    return age if age > SILENT_SECONDS else None


def _totals(lines: Sequence[LineCard], services: Sequence[ServiceCard], apart: Container[str]) -> Totals:
    """Return the sums of an office; the calls of lines in `apart` are already part of another line."""
    summed = [each for each in lines if each.name not in apart]
    heard = [each for each in lines if each.status is not None and each.silent is None]
    statuses = [each.status for each in heard if each.status is not None]
    back = [each.to_call_back for each in heard if each.to_call_back is not None]
    waits = [each.longest_wait for each in statuses if each.longest_wait is not None]
    return Totals(
        sum_of_calls([each.so_far for each in summed]),
        _sum(each.waiting for each in statuses),
        max(waits, default=None),
        ToCallBack(*map(sum, zip(*back, strict=True))) if back else None,
        _sum(each.status.waiting for each in services if each.status is not None and each.silent is None),
        [each.about.label for each in summed if each.today != each.so_far.raw],
        [each.about.label for each in summed if each.so_far.calls_left_out],
    )


def _sum(values: Iterable[int | None]) -> int | None:
    known = [each for each in values if each is not None]
    return sum(known) if known else None
