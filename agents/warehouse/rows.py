"""An office's records over a period as rows: slots, days, incidents, decisions, and figures by edition.

No row has a caller, a call's id or a note.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from math import inf
from typing import Any, Final, NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

from agents.desk_view.reading import COLUMNS, KIND_OF, DeskKind, desks_of
from agents.history.incident_json import incident_of
from agents.history.incident_schema import IncidentJson, desk_in
from agents.history.ledger import History
from agents.language import Language
from agents.pages.sums import sums_of
from agents.totals.history import figures
from agents.totals.plan import plan_of
from agents.totals.rows import office_columns, office_rows
from agents.totals.telling import Telling
from agents.warehouse.columns import TABLES
from config.settings import Settings
from streams.indicators.annual import Annual
from streams.indicators.desk_days import DAY_OF
from streams.indicators.indicator import ObservationStatus
from streams.indicators.period import Period
from streams.indicators.plan import Opened
from streams.indicators.vintage import Vintage
from streams.kept.times import QUARTER_MS
from streams.ledger.day import ChannelDay, LineDay, ServiceDay
from streams.periods.buckets import Bucket, grouped
from streams.periods.slots import call_slots, channel_slots, service_slots
from streams.watch import incident
from streams.watch.incident import Incident
from streams.watch.incidents import counted_wrong, doubtful

Row: TypeAlias = dict[str, Any]  # by column
Month: TypeAlias = tuple[int, int]  # year and month
_SLOTS: Final[Mapping[incident.DeskKind, Callable[..., list[Bucket]]]] = {
    "line": call_slots,
    "service": service_slots,
    "channel": channel_slots,
}


class OfficeRecords(NamedTuple):
    """An office's history, and the period and local time to read it for."""

    settings: Settings
    history: History
    period: Period
    now: datetime

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.settings.timezone)

    @property
    def until(self) -> float | None:
        """The moment (epoch ms) up to which the period is over; None if all of it is."""
        return self.now.timestamp() * 1000 if self.now.date() <= self.period.last else None


def tables_of(office: OfficeRecords) -> dict[str, dict[Month, list[Row]]]:
    """Return the rows of each table by month; each month of the period has a list, which may be empty.

    The indicators of the whole period are in its first month.
    """
    found: dict[str, dict[Month, list[Row]]] = {
        table: {month: [] for month in months(office.period)} for table in TABLES if table != "vintages"
    }
    found["vintages"] = {months(office.period)[0]: _vintages(office)}

    def add(table: str, day: date, row: Row) -> None:
        found[table][day.year, day.month].append(row)

    opened = plan_of(office.settings).opened
    # An open incident may cover one more day than its record says.
    around = Period(office.period.first - timedelta(1), office.period.last + timedelta(1))
    incidents = office.history.incidents.of(office.settings.site, around)
    for kind, name in ((kind, name) for kind, desks in desks_of(office.settings).items() for name in desks):
        desk = _Desk(office, kind, name, [incident_of(each) for each in incidents.values()])
        days = [*office.history.days.each(DAY_OF[desk.kind], f"{office.settings.site}/{name}", office.period)]
        slots = desk.slots(days, opened)
        for each in slots:
            add("slots", each.day, desk.slot(each, is_open=each.first in opened(each.day)))
        waits = {each.day: _waits(each) for each in days}
        summed = [each for each in slots if desk.kind != "line" or each.first in opened(each.day)]
        for day, each in grouped(summed, lambda bucket: bucket.day).items():
            add("days", day, desk.day(each) | waits.get(day.isoformat(), {}))
    for published in incidents.values():
        day = datetime.fromisoformat(published["from"]).astimezone(office.zone).date()
        if day.isoformat() in office.period:
            add("incidents", day, _incident(published))
            for row in _decisions(published):
                add("decisions", day, row)
    return found


def months(period: Period) -> list[Month]:
    """Return the months of a period.

    >>> months(Period(date(2013, 12, 9), date(2014, 1, 2)))
    [(2013, 12), (2014, 1)]
    """
    first = period.first.year * 12 + period.first.month - 1
    last = period.last.year * 12 + period.last.month - 1
    return [(each // 12, each % 12 + 1) for each in range(first, last + 1)]


def _vintages(office: OfficeRecords) -> list[Row]:
    """Return the period's indicators: as of now, with no `edition`, and as published in each edition."""
    settings, history, period = office.settings, office.history, office.period
    breaches, telling = history.breaches(settings.site, period), Telling(Language.EN, office.zone)
    now_wrong = sums_of(settings, partial(history.days.of_lines, settings.site, period))

    def rows(annual: Annual, vintage: Vintage | None) -> list[Row]:
        edition = _edition(vintage, None if vintage is None else history.publications.hash_of(settings.site, vintage))
        columns = office_columns(telling, breaches, now_wrong if vintage is None else ())
        return [edition | {each.name: each.value(row) for each in columns} for row in office_rows(annual)]

    found = rows(figures(settings, history, period, office.now.date()), None)
    for each in history.publications.vintages(settings.site, period):
        found += rows(each.annual, each)
    return found


def _edition(vintage: Vintage | None, publication: str | None) -> Row:
    if vintage is None:
        return dict.fromkeys(("edition", "published_at", "digest", "publication"))
    return {
        "edition": vintage.number,
        "published_at": _moment(vintage.at),
        "digest": vintage.digest,
        "publication": publication,
    }


class _Desk:
    """The rows of one line, service or channel, and the incidents of its office."""

    def __init__(self, office: OfficeRecords, kind: DeskKind, name: str, incidents: Sequence[Incident]) -> None:
        self.kind: Final = KIND_OF[kind]
        self._columns = COLUMNS[kind]
        self._until = inf if office.until is None else office.until
        self._zone = office.zone
        self._counted = _counted(office, DAY_OF[self.kind])
        own = [each for each in incidents if each.is_of(self.kind, name)]
        self._suspect = [each for each in own if counted_wrong(each) or doubtful(each)]
        self._same: Row = {"site": office.settings.site, "kind": self.kind, "name": name}

    def slots(self, days: Sequence[LineDay | ServiceDay | ChannelDay], opened: Opened) -> list[Bucket]:
        """Return the slots of its days that have begun, as counted."""
        if self._counted is None:
            return []
        found = _SLOTS[self.kind](days, opened, lambda slot_no: self._local(slot_no).hour, self._counted)
        return [each for each in found if each.first * QUARTER_MS < self._until]

    def slot(self, bucket: Bucket, *, is_open: bool) -> Row:
        start = {"start": _moment(bucket.first * QUARTER_MS), "day": bucket.day, "hour": bucket.hour, "open": is_open}
        return self._same | start | self._counts(bucket)

    def day(self, bucket: Bucket) -> Row:
        return self._same | {"day": bucket.day, "slots": bucket.sum.slots} | self._counts(bucket)

    def _counts(self, bucket: Bucket) -> Row:
        row: Row = {f"raw_{name}": each for name, each in zip(self._columns, bucket.counted, strict=True)}
        row["quality"] = self._quality(bucket)
        if self.kind == "line":
            row |= {"lost_reasons": bucket.reasons.lost, "diverted_reasons": bucket.reasons.diverted}
        return row

    def _quality(self, bucket: Bucket) -> ObservationStatus:
        start, end = bucket.first * QUARTER_MS, bucket.end * QUARTER_MS
        stretches = (stretch for each in self._suspect for stretch in (each.bounds(), each.unjudged()) if stretch)
        if any(since < end and start < until for since, until in stretches):
            return "U"
        return "P" if end > self._until else "A"

    def _local(self, slot_no: int) -> datetime:
        return _moment(slot_no * QUARTER_MS).astimezone(self._zone)


def _counted(office: OfficeRecords, kind: type[LineDay | ServiceDay | ChannelDay]) -> Period | None:
    """Return the part of the period between an office's first and last days of a kind, whatever the period is."""
    whole = office.history.days.counted(kind, office.settings.site, Period(date.min, date.max))
    if whole is None:
        return None
    return Period(max(whole.first, office.period.first), min(whole.last, office.period.last))


def _waits(day: LineDay | ServiceDay | ChannelDay) -> Row:
    match day:
        case LineDay():
            kinds = {"wait": day.answered_waits, "lost_wait": day.lost_waits}
        case ServiceDay():
            kinds = {"wait": day.waits, "service": day.times_in_service}
        case ChannelDay():
            kinds = {}
    counts = {f"{name}_count": each.count for name, each in kinds.items()}
    return counts | {f"{name}_seconds": each.total / 1000 for name, each in kinds.items()}


def _incident(published: IncidentJson) -> Row:
    desk, evidence = desk_in(published), ("check", "observed", "expected", "score")
    return {
        **{name: published[name] for name in ("site", "id", "verdict", "cause", "status", "calls_to_detect")},
        "kind": desk.kind,
        "name": desk.name,
        "fault": published["kind"],
        **_moments(published, started_at="from", ended_at="to", detected_at="detected_at", judged_until="judged_until"),
        "evidence": [{name: each[name] for name in evidence} for each in published["evidence"]],
    }


def _decisions(published: IncidentJson) -> Iterator[Row]:
    for number, each in enumerate(published["decisions"], 1):
        yield {
            "site": published["site"],
            "incident": published["id"],
            "number": number,
            "decision": each["decision"],
            "decided_by": each["by"],
            **_moments(each, decided_at="at", started_at="from", ended_at="to"),
        }


def _moment(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC)


def _moments(published: Mapping[str, Any], **names: str) -> Row:
    """Return moments by column, given the JSON's names; unquoted, `from` and `to` are no columns of SQL."""
    moments = {column: published.get(name) for column, name in names.items()}
    return {column: None if at is None else datetime.fromisoformat(at) for column, at in moments.items()}
