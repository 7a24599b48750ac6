"""What an office's mails tell of a period, read once for all who get one."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from datetime import date, datetime, time
from typing import NamedTuple
from zoneinfo import ZoneInfo

from agents.callbacks.reading import CallbackReading
from agents.desk_view.incidents import IncidentView, cases, views
from agents.desk_view.reading import DeskReader, DeskView
from agents.history.ledger import History
from agents.history.standing import miscounts
from agents.totals.history import figures
from config.mail import MailKind
from config.settings import Settings
from streams.chain.breach import Breach
from streams.desks.callback_list import CallbackList
from streams.indicators.annual import Annual
from streams.indicators.period import Period


class OfficeTold(NamedTuple):
    """Hold what the mails of a period tell of an office."""

    kind: MailKind
    period: Period
    today: date  # the office's local day, on which this was read
    lines: Mapping[str, DeskView]
    services: Mapping[str, DeskView]
    channels: Mapping[str, DeskView]  # none of a day: a request is replied to on another one
    to_decide: list[IncidentView]
    breaches: list[Breach]  # what does not hold of the period's figures
    unreached: CallbackList | None  # of a day; None where nobody knows any more


class OfficeReader:
    """Read what mails tell, from the history of record; of days, from their calls too."""

    def __init__(self, settings: Settings, history: History, today: date) -> None:
        self._settings = settings
        self._history = history
        self._today = today
        self._zone = ZoneInfo(settings.timezone)
        self._desks = DeskReader(settings)

    def told(self, kind: MailKind, period: Period) -> OfficeTold:
        """Return what is told of a period that is over; raise `KafkaError` where its calls cannot be read."""
        settings, history, site = self._settings, self._history, self._settings.site
        now = datetime.combine(self._today, time(), self._zone)
        return OfficeTold(
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
        )

    def figures(self, period: Period) -> Annual:
        """Return the same period's figures as reports are made of."""
        return figures(self._settings, self._history, period, self._today)

    def _unreached(self, period: Period) -> CallbackList | None:
        """Return the callers of a day whom no line reached since, as long as its calls are kept."""
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
