"""A nation's shared faults, from the history of record and the offices' places."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime

from msgspec.structs import replace

from agents.history.incident_json import incident_of
from agents.history.incident_schema import IncidentJson
from agents.history.ledger import History
from agents.totals.plan import plan_of
from config.offices import Offices
from config.settings import Settings
from streams.across.place import OfficePlace, SiteHeard
from streams.across.shared import SharedFault, shared_faults
from streams.indicators.period import Period
from streams.kept.times import QUARTER_MS
from streams.ledger.day import LineDay
from streams.ledger.sums import called

EVER = Period(date.min, date.max)


def faults_of(offices: Offices, history: History, *, undone: bool = False) -> list[SharedFault]:
    """Return the shared faults, the earliest first; a single office has none.

    With `undone`, dismissed incidents also count; each incident keeps its status.
    """
    known = history.incidents.by_site()
    placed = list(_placed(offices.sites, history, known))
    incidents = {
        each.site: [one for one in map(incident_of, known.get(each.site, {}).values()) if one.desk == "line"]
        for each in placed
    }
    if undone:
        by_id = {site: {each.id: each for each in found} for site, found in incidents.items()}
        incidents = {
            site: [replace(each, status="closed") if each.status == "dismissed" else each for each in found]
            for site, found in incidents.items()
        }
        return [
            replace(fault, parts={site: [by_id[site][each.id] for each in own] for site, own in fault.parts.items()})
            for fault in shared_faults(incidents, placed, _heard(offices, history))
        ]
    return shared_faults(incidents, placed, _heard(offices, history))


def _heard(offices: Offices, history: History) -> SiteHeard:
    """Return a function that returns the slots in which an office was called."""

    def heard(site: str, first: int, end: int) -> Collection[int]:
        day = plan_of(offices.sites[site]).day
        period = Period(*(day(slot_no * QUARTER_MS) for slot_no in (first, end)))
        return set[int]().union(*called(history.days.of_lines(site, period)).values())

    return heard


def _placed(
    sites: Mapping[str, Settings], history: History, known: Mapping[str, Mapping[str, IncidentJson]]
) -> Iterator[OfficePlace]:
    """Yield the offices that were ever counted, with their first and last day in service."""
    counted = {site: history.days.counted(LineDay, site, EVER) for site in sites}
    ends = [datetime.fromisoformat(each["to"]).date() for incidents in known.values() for each in incidents.values()]
    latest = max([*ends, *(each.last for each in counted.values() if each is not None)], default=date.min)
    for site, settings in sites.items():
        days, place = counted[site], settings.place
        if days is None or not place.serves(days.first, latest):
            continue
        yield OfficePlace(
            site=site,
            opened=plan_of(settings).opened,
            first=max(days.first, place.since or date.min),
            last=min(latest, place.until or date.max),
            exchange=place.exchange,
            provider=place.provider,
            department=place.department,
            region=place.region,
        )
