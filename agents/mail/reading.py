"""The figures of an office's mails over a period, read once for all recipients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import date, datetime, time
from functools import cached_property, partial
from types import MappingProxyType
from typing import NamedTuple
from zoneinfo import ZoneInfo

from agents.callbacks.reading import CallbackReading
from agents.desk_view.incidents import IncidentView, cases, views
from agents.desk_view.reading import DeskReader, DeskView
from agents.forecast.shortfall import known_attendance
from agents.forecast.week import ForecastWeek, week_from
from agents.forecast.written import DeskKey, forecast_desks
from agents.history.ledger import History
from agents.history.questions import LineQuestion
from agents.history.standing import miscounts
from agents.totals.history import figures
from config.mail import MailKind
from config.settings import Settings
from streams.chain.breach import Breach
from streams.desks.callback_list import CallbackList
from streams.indicators.annual import Annual
from streams.indicators.period import Period
from streams.status import LineStatus


class OfficePeriod(NamedTuple):
    kind: MailKind
    period: Period
    today: date  # local, when this was read
    lines: Mapping[str, DeskView]
    services: Mapping[str, DeskView]
    channels: Mapping[str, DeskView]  # empty for a day: requests are answered on a later day
    to_decide: list[IncidentView]
    breaches: list[Breach]  # in the period's figures
    unreached: CallbackList | None  # of a day; None if its calls are no longer kept
    questions: Sequence[LineQuestion] = ()  # open ones, for a day's mail
    publication: str | None = None  # the hash of the office's last publication
    coming: Mapping[DeskKey, ForecastWeek] = {}  # the weeks from today on that may be shown; empty for a day


class OfficeReader:
    """A reader of the history of record and, for a period of one day, of its calls."""

    def __init__(
        self,
        settings: Settings,
        history: History,
        today: date,
        questions: Sequence[LineQuestion] = (),
        lines: Mapping[str, LineStatus] = MappingProxyType({}),
    ) -> None:
        """Take an office's history, its open questions, and its lines' live figures by id."""
        self._settings = settings
        self._questions = [each for each in questions if each.left]
        self._lines = lines
        self._history = history
        self._today = today
        self._zone = ZoneInfo(settings.timezone)
        self._desks = DeskReader(settings)

    def read(self, kind: MailKind, period: Period) -> OfficePeriod:
        """Return a past period's figures; raise `KafkaError` if its calls cannot be read."""
        settings, history, site = self._settings, self._history, self._settings.site
        now = datetime.combine(self._today, time(), self._zone)
        return OfficePeriod(
            kind,
            period,
            self._today,
            {name: self._desks.view(history, "lines", name, period, now) for name in settings.lines},
            {name: self._desks.view(history, "services", name, period, now) for name in settings.services},
            {
                name: self._desks.view(history, "channels", name, period, now)
                for name in settings.requests
                if kind != "day"
            },
            views(settings, cases(settings, history), status="open"),
            history.breaches(site, period),
            self._unreached(period) if kind == "day" else None,
            self._questions if kind == "day" else [],
            history.publications.last(site),
            {} if kind == "day" else self._coming,
        )

    @cached_property
    def _coming(self) -> dict[DeskKey, ForecastWeek]:
        """The coming week of each line and service whose forecast may be shown."""
        make = partial(week_from, self._history, self._settings, first=self._today, today=self._today)
        known = partial(known_attendance, self._lines, self._settings.site, today=self._today)
        weeks = {desk: make(*desk, attendance=known(desk)) for desk in forecast_desks(self._settings)}
        return {desk: week for desk, week in weeks.items() if week is not None and week.sound}

    def figures(self, period: Period) -> Annual:
        """Return the period's figures for the report."""
        return figures(self._settings, self._history, period, self._today)

    def _unreached(self, period: Period) -> CallbackList | None:
        """Return a day's callers whom no line has reached since; None if its calls are no longer kept."""
        settings, calendar = self._settings, self._settings.calendar()
        begins, ends = calendar.day_bounds(period.first)
        kept_since, _ = calendar.day_bounds(self._today)
        if settings.clock == "event" or begins < kept_since - settings.retention.calls:
            return None
        reading, noon = CallbackReading(settings), (begins + ends) / 2
        published = self._history.incidents.of(settings.site, period)
        reading.believe(miscounts(settings, published.values(), {}))
        with closing(reading.reader(noon)) as reader:
            for record in reader.up_to(reader.ends()):
                reading.take(record)
        found = reading.at(noon).list
        return None if found.crossed or found.full else found
