"""A period's figures, computed from the ledger, and the vintages kept there."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final, NamedTuple

import msgspec
from msgspec.structs import replace

from agents.chain.log import Continuing
from agents.chain.signing import signing_key
from agents.history.days import days_of
from agents.history.incident_json import incident_of
from agents.history.ledger import History, StoredDays
from agents.history.notes import noted
from agents.kafka.client import Topic, topic
from agents.kafka.sending import sending
from agents.security_log import security_event
from agents.totals.plan import plan_of, rules_of
from config.settings import Settings
from streams.chain.entry import Published
from streams.chain.vintages import last_number, unpinned
from streams.indicators.annual import Annual, AnnualInput, annual
from streams.indicators.breakdown import SurveyFigures
from streams.indicators.period import Period
from streams.indicators.vintage import Vintage, content_of, digest_of, vintage, vintage_key
from streams.ledger.day import LineDay
from streams.ledger.reasons import CallReasons
from streams.periods.slots import reasons_in
from streams.watch.guard import Guard

BEFORE: Final = timedelta(35)  # how far to look back for a break at a period's beginning; no office closes for longer
_UNLEARNT: Final = Guard("no baseline")


def figures(
    settings: Settings,
    history: History,
    period: Period,
    today: date,
    survey: SurveyFigures | None = None,
    *,
    whole_only: bool = False,
) -> Annual:
    """Return an office's figures over a period as of a local day.

    Without `survey`, the survey is that of the period's last vintage. `whole_only` skips parts of the period and other
    periods, at a tenth of the cost: enough for sums over many offices.
    """
    found, plan = given(settings, history, period), plan_of(settings)
    vintages = history.publications.vintages(settings.site, period)
    if survey is not None:
        found = found._replace(**survey._asdict())
    elif vintages:
        last = vintages[-1].annual
        found = found._replace(shares=last.shares, asked=last.asked, breakdowns=last.breakdowns or [])
    if whole_only:
        near = Period(period.first - BEFORE, period.last)
        whole = annual(
            found._replace(days=StoredDays(history, settings.site, near)), plan, period, today, whole_only=True
        )
        if not any(each.guard == _UNLEARNT for each in whole.lines.values()):
            return whole  # otherwise earlier days may give a baseline
    return annual(found, plan, period, today)


def reasons(history: History, figures: Annual) -> dict[str, CallReasons]:
    """Return why calls were lost or diverted, at any hour, by line."""
    return {
        name: reasons_in(days_of(LineDay, history.days.written(LineDay, f"{figures.site}/{name}", figures.period)))
        for name in figures.lines
    }


def given(settings: Settings, history: History, period: Period) -> AnnualInput:
    """Return the input of an office's figures over a period, without a survey."""
    site = settings.site
    before = history.publications.vintages(site, period.shifted(-1))
    bases = {name: line.plan.basis for name, line in before[-1].annual.lines.items()} if before else {}
    first, last = period.shifted(-1).first, period.shifted(1).last
    incidents = [incident_of(each) for each in history.incidents.of(site, Period(first, last)).values()]
    return AnnualInput(StoredDays(history, site, Period(first, last)), incidents, bases=bases)


def shown(history: History, figures: Annual) -> Vintage | None:
    """Return a period's last vintage if it has these figures."""
    known = history.publications.vintages(figures.site, figures.period)
    return known[-1] if known and known[-1].digest == digest_of(figures) else None


def others(history: History, figures: Annual) -> list[Annual]:
    """Return the same period of other years, each as last published."""
    period = figures.period
    years = sorted({each.year for each in history.days.dates(figures.site)} - {period.first.year})
    published = [
        history.publications.vintages(figures.site, period.shifted(year - period.first.year)) for year in years
    ]
    return [vintages[-1].annual for vintages in published if vintages]


def edition_before(history: History, figures: Annual, shown: Vintage | None) -> Vintage | None:
    """Return the vintage before `shown`; the last vintage if `shown` is None."""
    known = history.publications.vintages(figures.site, figures.period)
    return next((each for each in reversed(known) if shown is None or each.number < shown.number), None)


class KeptVintage(NamedTuple):
    """A vintage, and the hash of its publication."""

    vintage: Vintage
    publication: str | None  # None if the vintage is from before the chain


def publish(settings: Settings, history: History, figures: Annual, now: int) -> KeptVintage | None:
    """Keep a period's figures as of `now` (ms) and return their vintage, or the older one that has the same figures.

    Returns None without figures. The ledger gets the vintage first, then the log its publication; if the process dies
    in between, nothing was published. Raises `KafkaError` if the broker refuses, `ConfigError` if the key cannot sign.
    """
    key = signing_key(settings)
    if not any(each.counted for each in figures.indicators):
        return None
    site, period = settings.site, figures.period
    year = period.first.year
    chain, stored = history.publications.chain(site), history.publications.stored(site)
    last, known = last_number(chain, stored, period.name), history.publications.vintages(site, period)
    kept, rules = noted(figures, {}), rules_of(settings)
    found = vintage(known, kept, now, last=last, rules=rules, days=history.days.marks(site, period))
    if found in known:
        return KeptVintage(found, history.publications.hash_of(site, found))
    value = msgspec.json.encode(found)
    content = content_of(msgspec.json.decode(value))
    entry = Published(
        site=site,
        year=year,
        period="" if period == Period.of_year(year) else period.name,
        at=now / 1000,
        content=content,
        digest=found.digest,
        after=(),
        earlier=unpinned(chain, stored),
    )
    with sending(settings, "the vintage") as sender:
        sender.send(topic(settings, Topic.LEDGER), vintage_key(site, period.name, content).encode(), value)
        sender.confirm()
        publication = Continuing(settings, sender).enter(entry, key)
    security_event("publish", site=site, period=period.name, vintage=found.number, digest=found.digest)
    return KeptVintage(replace(found, annual=figures), publication)
