"""What a year's figures are made of, read from Kafka, and the vintages that are kept there, in the ledger's topic."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec

from agents import ledger
from agents.incidents import read
from agents.kafka import KafkaError, Topic, producer, topic
from agents.reading import latest
from agents.totals.plan import plan_of
from config.settings import Settings
from streams.indicators.annual import Annual, Told, annual
from streams.indicators.period import Period
from streams.indicators.vintage import Vintage, key, place, vintage
from streams.survey import Share


def figures(settings: Settings, period: Period, today: date, shares: Sequence[Share] = ()) -> Annual:
    """Return an office's figures over a period as of a local day; raise `KafkaError` where no broker answers.

    A year's survey is that of its last vintage where none is given.
    """
    if not shares and period == Period.of_year(period.first.year):
        known_years = vintages(settings, period.first.year)
        shares = known_years[-1].annual.shares if known_years else ()
    before = vintages(settings, period.first.year - 1)
    bases = {name: line.plan.basis for name, line in before[-1].annual.lines.items()} if before else {}
    first, last = period.shifted(-1).first, period.shifted(1).last
    known = ledger.read(settings, site=settings.site, first=first, last=last)
    incidents = [read(each) for each in known.incidents.values()]
    return annual(Told(known.days, incidents, shares, bases), plan_of(settings), period, today)


def vintages(settings: Settings, year: int) -> list[Vintage]:
    """Return the vintages of a year, the first one first; raise `KafkaError` where no broker answers."""
    found = {}
    for name, value in latest(settings, topic(settings, Topic.LEDGER)).items():
        of = place(name.decode())
        if of is not None and of[:2] == (settings.site, year):
            found[of[2]] = msgspec.json.decode(value, type=Vintage)
    return [found[number] for number in sorted(found)]


def publish(settings: Settings, figures: Annual, now: int) -> Vintage | None:
    """Return the vintage of a year's figures, kept as of `now` (ms) where one of them is new; None where none is known.

    Raises `KafkaError` where the broker does not take it.
    """
    if not any(each.counted for each in figures.indicators):
        return None
    year = figures.period.first.year
    known = vintages(settings, year)
    found = vintage(known, figures, now)
    if found not in known:
        client = producer(settings)
        try:
            name = key(settings.site, year, found.number).encode()
            sent = client.send(topic(settings, Topic.LEDGER), key=name, value=msgspec.json.encode(found))
            client.flush()
            if sent.failed():
                raise KafkaError(f"the broker refused the vintage: {sent.exception}")
        finally:
            client.close()
    return found
