"""The certificate of services and channels, from the ledger and their incidents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal
from zoneinfo import ZoneInfo

from agents.certificate.certificate import CertifiedDesk
from agents.history.incident_json import incident_json, incident_of
from agents.history.ledger import History, StoredDays
from agents.totals.plan import plan_of
from config.settings import Settings
from streams.cases.laws import SHORT
from streams.certificate.cases import CaseDay, case_checks, day_standings
from streams.figures.mean import DayMean
from streams.indicators.annual import Annual
from streams.indicators.cases import CaseDays, days_of_channel, days_of_service
from streams.indicators.period import Period
from streams.ledger.day import ChannelDay, ServiceDay


def certified_desks(settings: Settings, history: History, annual: Annual) -> Iterator[CertifiedDesk]:
    """Yield the certificate of each service and each channel with a day in the period; sums have none of their own."""
    period, plan = annual.period, plan_of(settings)
    learnt = Period(period.shifted(-1).first, period.last)
    stored = StoredDays(history, settings.site, learnt)
    known = [incident_of(each) for each in history.incidents.of(settings.site, learnt).values()]

    for name in settings.services:
        own = [each for each in known if each.is_of("service", name)]
        visits = [*stored.of(ServiceDay, name)]
        means = days_of_service(CaseDays(visits, own), plan.day)
        yield from _desk("service", name, settings, annual, visits, means, stored.span(ServiceDay, period))
    for name in settings.requests:
        own = [each for each in known if each.is_of("channel", name)]
        requests = [*stored.of(ChannelDay, name)]
        means = days_of_channel(CaseDays(requests, own), plan.day)
        yield from _desk("channel", name, settings, annual, requests, means, stored.span(ChannelDay, period))


def _desk(
    kind: Literal["service", "channel"],
    name: str,
    settings: Settings,
    annual: Annual,
    days: Sequence[CaseDay],
    means: Sequence[Mapping[str, DayMean]],
    counted: Period | None,
) -> Iterator[CertifiedDesk]:
    period, opened = annual.period, plan_of(settings).opened
    if any(day in period for day in means[0]):
        figures = [each for each in annual.indicators if (each.of, each.subject) == (kind, name)]
        behind = {one.id: one for each in figures for one in annual.behind(each)}
        zone = ZoneInfo(settings.timezone)
        half = annual.services[name].wait.p50 if kind == "service" else None
        yield CertifiedDesk(
            kind=kind,
            name=name,
            label=figures[0].label,
            figures=figures,
            incidents=[incident_json(each, zone) for each in behind.values()],
            days=day_standings(means, period, opened, counted),
            checks=case_checks(days, means[0], period, opened, counted),
            at_once=half is not None and half < SHORT,
        )
