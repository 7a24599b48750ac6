"""A year to write: a line miscounted in September, a sound one, a counter, a channel, a survey; hostile labels."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from streams.indicators.annual import Annual, annual
from streams.indicators.period import Period
from streams.indicators.plan import ChannelPlan, LinePlan
from streams.indicators.survey import Share
from streams.indicators.vintage import Vintage, vintage
from streams.insight.line_sums import BrokenSum
from streams.kept.waits import Waits
from streams.ledger.day import CallSlot, ChannelDay, LedgerDay, RequestSlot, ServiceDay, TicketSlot
from streams.watch.facts import KeptSentences
from streams.watch.incident import Decided, Evidence, Incident
from tests.streams.indicators.telling import days, held, incident, line_days, opened, plan

PARIS = ZoneInfo("Europe/Paris")
STRETCH = (date(2013, 9, 2), date(2013, 10, 31))
HOSTILE = "=HYPERLINK(\"http://x\") <script>alert('é')</script>"
NO_SUM = BrokenSum("circulation", ["accueil", "permis"], "lost", 40, 37, 2, 250, "2013-03-04", "2013-05-06")
LINES = {
    "circulation": LinePlan("Circulation", 0.10, 20.0, "exclude", "lost over offered", 0.02),
    "standard": LinePlan(HOSTILE, 0.02, 20.0, "exclude", "lost over offered", 0.002),
}


def waits(*minutes: int) -> Waits:
    found = Waits()
    for each in minutes:
        found.add(each * 60_000)
    return found


def wrong(**more: Any) -> Incident:
    name = "circulation-20130902T000000Z-rise"
    given: dict[str, Any] = {
        "status": "confirmed",
        "evidence": [Evidence("lost rate", 0.8, 0.02, 12.0, KeptSentences("80,00 % <b>perdus</b>", "80.00% lost"))],
        "decisions": [Decided(name, 1_389_258_180_000, 1, "confirm", "m.durand", "panne & ticket <4711>", None, None)],
    }
    return incident(*STRETCH, **{**given, **more})


def ledger() -> list[LedgerDay]:
    covered = {slot_no for day in days(*STRETCH) for slot_no in opened(day)}
    bad, good = (
        CallSlot(offered=100, answered=20, lost=80, within=10),
        CallSlot(offered=50, answered=49, lost=1, within=40),
    )
    found: list[LedgerDay] = []
    for year in (2012, 2013):
        first, last = date(year, 1, 1), date(year, 12, 31)
        found += line_days(first, last, lambda slot_no: bad if slot_no in covered else good)
        found += line_days(first, last, lambda _: CallSlot(offered=9, answered=9), "standard")
    for month in range(1, 13):
        found += [
            ServiceDay(
                id="lozere/cartes",
                day=f"2013-{month:02}-14",
                slots={1: TicketSlot(issued=4, served=3, no_show=1)},
                waits=waits(10, 20),
                times_in_service=waits(8),
            ),
            ChannelDay(
                id="lozere/im341",
                day=f"2013-{month:02}-14",
                slots={1: RequestSlot(received=10, answered=9, withdrawn=1, days=27)},
            ),
        ]
    return found


def year(
    *incidents: Incident,
    today: date = date(2014, 11, 4),
    channels: Mapping[str, ChannelPlan] | None = None,
    period: Period | None = None,
    silent: date | None = None,
) -> Annual:
    """Return the year; on the `silent` day there are no calls."""
    known = channels or {"im341": ChannelPlan("CNI (IM 341)", None, "calendar")}
    shares = () if period else (Share("accueil", 147, 150, 0.98, 0.94, 0.99, 2),)
    days = [each for each in ledger() if silent is None or each.day != silent.isoformat()]
    given = held(days, incidents, shares)
    return annual(given, plan(lines=LINES, channels=known), period or Period.of_year(2013), today)


def edition(*incidents: Incident) -> Vintage:
    return vintage([], year(*incidents), 1_415_091_600_000)
