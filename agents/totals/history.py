"""What a year's figures are made of, from the history of record, and the vintages that are kept there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec

from agents.history.incident_json import incident_of
from agents.history.ledger import History
from agents.kafka.client import Topic, topic
from agents.kafka.sending import sending
from agents.totals.plan import plan_of
from config.settings import Settings
from streams.indicators.annual import Annual, AnnualInput, annual
from streams.indicators.period import Period
from streams.indicators.vintage import Vintage, vintage, vintage_key
from streams.insight.survey import Share


def figures(settings: Settings, history: History, period: Period, today: date, shares: Sequence[Share] = ()) -> Annual:
    """Return an office's figures over a period as of a local day.

    A year's survey is that of its last vintage where none is given.
    """
    site, year = settings.site, period.first.year
    if not shares and period == Period.of_year(year):
        vintages = history.vintages(site, year)
        shares = vintages[-1].annual.shares if vintages else ()
    before = history.vintages(site, year - 1)
    bases = {name: line.plan.basis for name, line in before[-1].annual.lines.items()} if before else {}
    first, last = period.shifted(-1).first, period.shifted(1).last
    incidents = [incident_of(each) for each in history.incidents(site=site, first=first, last=last).values()]
    given = AnnualInput(history.days(site=site, first=first, last=last), incidents, shares, bases)
    return annual(given, plan_of(settings), period, today)


def publish(settings: Settings, history: History, figures: Annual, now: int) -> Vintage | None:
    """Return the vintage of a year's figures, kept as of `now` (ms) where one of them is new; None where none is known.

    Raises `KafkaError` where the broker does not take it.
    """
    if not any(each.counted for each in figures.indicators):
        return None
    year = figures.period.first.year
    known = history.vintages(settings.site, year)
    found = vintage(known, figures, now)
    if found not in known:
        name = vintage_key(settings.site, year, found.number).encode()
        with sending(settings, "the vintage") as sender:
            sender.send(topic(settings, Topic.LEDGER), name, msgspec.json.encode(found))
    return found
