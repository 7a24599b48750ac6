"""What the live board shows: each line and service now, beside its targets and what is usual."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from msgspec import UNSET, UnsetType

from agents.board.follower import Known
from agents.board.incidents import cases
from agents.pages.withheld import withheld
from agents.pages.words import Both
from config.settings import Line, Service, Settings
from streams.checks.interval import jeffreys
from streams.indicators.plan import Opened
from streams.ledger.day import LineDay
from streams.status import LineStatus, ServiceStatus, Status
from streams.watch.guard import Guard

SILENT_SECONDS: Final = 90.0  # a worker gives a sign of life every minute
DAYS_AHEAD: Final = 30  # days in which the next opening is looked for


class OfficeNow(NamedTuple):
    """Say whether the office is open; moments in its zone."""

    now: datetime
    open: bool
    opens: datetime | None = None  # when it opens next, where it is closed and that is known


class Today(NamedTuple):
    """Count the calls that entered a line in the opening hours of today so far."""

    offered: int
    lost: int
    within: int  # answered in time

    @property
    def lost_rate(self) -> float | None:
        """Return lost over offered, None where nothing was offered."""
        return self.lost / self.offered if self.offered else None

    @property
    def service_level(self) -> float | None:
        """Return the share answered in time, None where nothing was offered."""
        return self.within / self.offered if self.offered else None


class LineView(NamedTuple):
    """Hold a line to show."""

    name: str
    about: Line
    status: LineStatus | None
    silent: float | None  # seconds since a worker told of it, where that is too long
    today: Today | None
    zone: ZoneInfo

    @property
    def withheld(self) -> Both | None:
        """Say why the line's corrected figure is withheld; None where it is not."""
        found = UNSET if self.status is None else self.status.withheld
        if isinstance(found, UnsetType):
            return None
        since = None if found.since is None else round(found.since.timestamp() * 1000)
        return withheld(Guard(found.reason, since), found.coverage, self.zone)

    @property
    def wrong(self) -> bool:
        """Tell whether the line needs a look: an incident goes on, or its last hour missed the target beyond doubt."""
        if self.status is None:
            return False
        hour = self.status.windows["1h"]
        interval = jeffreys(round((hour.lost_rate or 0.0) * hour.ended), hour.ended)
        return bool(self.status.incidents) or (interval is not None and interval[0] > self.about.target)


class ServiceView(NamedTuple):
    """Hold a service to show."""

    name: str
    about: Service
    status: ServiceStatus | None
    silent: float | None  # seconds since a worker told of it, where that is too long

    @property
    def wrong(self) -> bool:
        """Tell whether visitors wait longer than they should: on average over the last hour, or one of them now."""
        status, target = self.status, self.about.target_wait
        if status is None or target is None:
            return False
        return max(status.windows["1h"].mean_wait or 0.0, status.longest_wait or 0.0) > target


class Live(NamedTuple):
    """Hold all that the live board shows."""

    office: OfficeNow | None
    today: date
    lines: list[LineView]
    services: list[ServiceView]
    incidents: Collection[str]  # ids
    review: int  # how many of them are to be reviewed


class Views:
    """Make the live view of an office."""

    def __init__(self, settings: Settings, opened: Opened) -> None:
        self._settings = settings
        self._opened = opened
        self._calendar = settings.calendar()
        self._zone = ZoneInfo(settings.timezone)

    def live(self, known: Known, now: float, today: date) -> Live:
        """Return what is shown at `now` (epoch s); in a replay, at the latest moment of the live figures."""
        settings, site = self._settings, self._settings.site
        if settings.clock == "event":
            now = _latest(known)
        opened, days = self._opened(today), known.history.days(site=site, first=today, last=today)
        counted = {each.id: _sum(each, opened) for each in days if isinstance(each, LineDay)}
        lines = []
        for name, line in settings.lines.items():
            status = known.lines.get(f"{site}/{name}")
            lines.append(
                LineView(name, line, status, self._silent(status, now), counted.get(f"{site}/{name}"), self._zone)
            )
        services = []
        for name, service in settings.services.items():
            found = known.services.get(f"{site}/{name}")
            services.append(ServiceView(name, service, found, self._silent(found, now)))
        incidents = known.history.incidents(site=site)
        review = sum(each.standing == "open" for each in cases(settings, known.history))
        return Live(self._office(now) if now else None, today, lines, services, incidents, review)

    def _office(self, now: float) -> OfficeNow:
        local = datetime.fromtimestamp(now, self._zone)
        if self._calendar.is_open(now):
            return OfficeNow(local, open=True)
        days = (local.date() + timedelta(passed) for passed in range(DAYS_AHEAD))
        starts = (start for day in days for start, _ in self._calendar.open_intervals(day) if start > now)
        opens = next(starts, None)
        return OfficeNow(local, open=False, opens=None if opens is None else datetime.fromtimestamp(opens, self._zone))

    def _silent(self, status: Status | None, now: float) -> float | None:
        if status is None or self._settings.clock == "event":
            return None
        age = now - status.at.timestamp()
        return age if age > SILENT_SECONDS else None


def _latest(known: Known) -> float:
    """Return the latest moment (epoch s) of the live figures, 0 where there are none."""
    statuses: list[Status] = [*known.lines.values(), *known.services.values()]
    return max((each.at.timestamp() for each in statuses), default=0.0)


def _sum(day: LineDay, opened: Collection[int]) -> Today:
    slots = [slot for slot_no, slot in day.slots.items() if slot_no in opened]
    return Today(*(sum(getattr(slot, name) for slot in slots) for name in Today._fields))
