"""Small offices of a nation: two lines, a counter and a channel over January 2013, with annual figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from msgspec.structs import replace

from streams.indicators.annual import Annual, annual
from streams.indicators.period import Period
from streams.indicators.plan import ChannelPlan, LinePlan
from streams.kept.waits import Waits
from streams.ledger.day import CallSlot, ChannelDay, LedgerDay, RequestSlot, ServiceDay, TicketSlot
from streams.rollup.office import RolledOffice
from streams.rollup.unit import RollUp, rollup
from streams.watch.incident import Incident
from tests.streams.indicators.telling import days, held, incident, line_days, opened, plan

MONTH: Final = Period.of_months(2013, 1, 1)
FIRST, LAST = MONTH.first, MONTH.last
TODAY: Final = date(2013, 3, 1)
LINES: Final = {
    "circulation": LinePlan("Circulation", 0.10, 20.0, "exclude", "lost over offered", 0.02, answer_target=0.85),
    "standard": LinePlan("Standard", 0.02, 20.0, "exclude", "lost over offered", 0.002, answer_target=0.85),
}
SLOTS: Final = sum(len(opened(day)) for day in MONTH.days())  # of opening hours


def calls(offered: int, lost: int) -> Callable[[int], CallSlot]:
    return lambda _: CallSlot(offered=offered, answered=offered - lost, lost=lost, lost_for={"abandoned": lost})


def waits(*minutes: int) -> Waits:
    found = Waits()
    for each in minutes:
        found.add(each * 60_000)
    return found


def ledger(lines: Mapping[str, Callable[[int], CallSlot]], first: date = FIRST, minutes: int = 10) -> list[LedgerDay]:
    """Return the days of an office from a day on; each ticket waits these minutes."""
    found: list[LedgerDay] = []
    for name, slot_of in lines.items():
        found += line_days(first, LAST, slot_of, name)
    for day in days(first, LAST):
        ticket = TicketSlot(issued=2, served=1, no_show=1)
        found.append(ServiceDay(id="lozere/cartes", day=day.isoformat(), slots={1: ticket}, waits=waits(minutes)))
    request = RequestSlot(received=10, answered=8, within=6, days=24, open=2)
    found.append(ChannelDay(id="lozere/email", day="2013-01-14", slots={1: request}))
    return found


def figures(
    site: str, of: Sequence[LedgerDay], incidents: Sequence[Incident] = (), today: date = TODAY, **more: Any
) -> Annual:
    channels = {"email": ChannelPlan("Courriels", 5, "working")}
    given = plan(site=site, lines={**LINES, **more}, channels=channels)
    return annual(held(of, incidents), given, MONTH, today, whole_only=True)


def office(
    site: str,
    *,
    circulation: tuple[int, int] = (50, 1),
    standard: tuple[int, int] = (20, 0),
    incidents: Sequence[Incident] = (),
    region: str | None = "North",
    department: str | None = None,
    first: date = FIRST,
    today: date = TODAY,
    minutes: int = 10,
) -> RolledOffice:
    """Return an office with the given calls offered and lost in each slot of a line."""
    made = ledger({"circulation": calls(*circulation), "standard": calls(*standard)}, first, minutes)
    return RolledOffice(figures(site, made, incidents, today), f"Office {site}", region, department or site, SLOTS)


def silent(site: str, **place: Any) -> RolledOffice:
    given = {"region": "North", "department": site, **place}
    return RolledOffice(figures(site, []), f"Office {site}", given["region"], given["department"], SLOTS)


def doubted(site: str, **more: Any) -> RolledOffice:
    """Return an office whose circulation is withheld: it is not decided yet whether the line lost these calls."""
    doubt = replace(incident(FIRST, LAST), verdict="undecided")
    return office(site, circulation=(50, 40), incidents=[doubt], **more)


def nation(*offices: RolledOffice) -> RollUp:
    return rollup(offices, MONTH, TODAY, "Nation", ["closed"])
