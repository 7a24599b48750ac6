"""Makes a certificate: reads the checks from the ledger and puts faults into each line's own days."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from agents.catalogue import lines
from agents.certificate.asked import asked_sample
from agents.certificate.certificate import CallsUsed, Certificate, CertifiedLine, CertifiedSample, Untried
from agents.certificate.desks import certified_desks
from agents.certificate.records import slots_read
from agents.history.incident_json import incident_json
from agents.history.ledger import History
from agents.history.questions import logged_in
from agents.progress import ProgressBar
from agents.simulation.office import office_days
from agents.totals.checked import checked, judged, line_days
from agents.totals.history import shown
from agents.translation import text
from config.settings import Settings
from streams.certificate.attempts import LineCalls, rebuilt, told
from streams.certificate.coverage import RecordTells
from streams.certificate.sensitivity import FEWEST, Smallest, mechanisms, smallest, trials
from streams.events import CallEvent
from streams.indicators.annual import Annual
from streams.indicators.period import Period
from streams.indicators.vintage import digest_of
from streams.ledger.day import LineDay


def make(
    settings: Settings,
    history: History,
    annual: Annual,
    chosen: str | None,
    events: Mapping[str, list[CallEvent]],
    limit: float,
    sample: CertifiedSample | None,
) -> Certificate:
    """Return the certificate of a year's figures, for one chosen line or for every line, service and channel.

    A line's calls come from its `events` if given, else from the ledger. After `limit` seconds, no further fault of a
    line is tried. Raises `KafkaError` if no broker answers.
    """
    period, zone = annual.period, ZoneInfo(settings.timezone)
    rules = lines(settings)
    every = {name: line_days(settings, history, period, name) for name in rules if chosen in {None, name}}
    days = {name: each for name, each in every.items() if each}
    calls = {
        name: told(events[name], rules[name]) if name in events else rebuilt(each, _ordinal)
        for name, each in days.items()
    }
    tells = {
        name: RecordTells(each.callers, each.talks, rules[name].lifecycle == "full", each.waits)
        for name, each in calls.items()
        if not each.rebuilt
    }
    indicators = {each.subject: each for each in annual.indicators if each.principal}
    made: list[CertifiedLine] = []
    logged = logged_in(history.publications.chain(settings.site))
    checks_of = checked(settings, history, period, slots_read(settings), tells, chosen)
    for number, (name, checks) in enumerate(checks_of.items(), 1):
        indicator, found = indicators[name], _Faults(settings, history, period, name, days[name])
        tried, untried = found.try_all(calls[name], limit, f"{number}/{len(checks_of)}")
        made.append(
            CertifiedLine(
                line=name,
                label=indicator.label,
                raw=indicator.raw,
                corrected=indicator.corrected,
                method=indicator.method,
                coverage=indicator.coverage,
                guard=indicator.guard,
                slots=annual.lines[name].slots,
                in_quarantine=annual.lines[name].in_quarantine,
                incidents=[incident_json(each, zone) for each in annual.behind(indicator)],
                checks=checks,
                calls=_used(calls[name], days[name], period),
                faults=tried,
                untried=untried,
                sample=sample,
                asked=asked_sample(logged, name, period, days[name], zone),
            )
        )
    vintage = shown(history, annual)
    return Certificate(
        site=annual.site,
        year=period.first.year,
        as_of=annual.today.isoformat(),
        vintage=None if vintage is None else vintage.number,
        digest=digest_of(annual),
        breaches=history.breaches(settings.site, period),
        lines=made,
        desks=[] if chosen is not None else [*certified_desks(settings, history, annual)],
    )


# the line's usual behaviour is learnt from this long before the period; earlier days no longer have an effect
LEAD: Final = timedelta(183)


class _Faults:
    """A test that injects faults into one line's days."""

    def __init__(
        self, settings: Settings, history: History, period: Period, line: str, days: Sequence[LineDay]
    ) -> None:
        slots = judged(settings, history, period, line, days).slots
        self._unsound = {_ordinal(each.day) for each in slots if each.miscount or each.doubt}
        first, last = (date.fromisoformat(each.day) for each in (days[0], days[-1]))
        self._days = office_days(settings, max(first, period.first - LEAD), last)
        self._rules = lines(settings)[line]
        self._begin = period.first.toordinal()

    def try_all(
        self, calls: LineCalls, limit: float, which: str, clock: Callable[[], float] = time.monotonic
    ) -> tuple[list[Smallest], dict[str, Untried]]:
        """Return the smallest detectable size of each fault, and why the others were not tried.

        `which` names the line in the progress bar.
        """
        begun, tried = clock(), list[Smallest]()
        possible = mechanisms(calls)
        hidden: Untried = "not kept" if calls.rebuilt else "not told"
        untried: dict[str, Untried] = {name: hidden for name, is_told in possible.items() if not is_told}
        if limit <= 0:
            return tried, {name: untried.get(name, "time") for name in possible}
        starts = trials(self._rules, calls, self._days, self._begin, self._unsound)
        tryable = [name for name in possible if name not in untried]
        bar = ProgressBar(f"{self._rules.line} ({which})", len(tryable), of=text("faults"))
        for done, name in enumerate(tryable):
            bar.to(done, done)
            if len(starts) < FEWEST:
                untried[name] = "days"
            elif clock() - begun >= limit:
                untried[name] = "time"
            else:
                tried.append(smallest(name, self._rules, calls, starts))
        bar.close()
        return tried, untried


def _used(calls: LineCalls, days: Sequence[LineDay], period: Period) -> CallsUsed:
    first, last = period.first.toordinal(), period.last.toordinal()
    kept = sum(len(each) for day, each in calls.days.items() if first <= day <= last)
    counted = sum(slot.offered for day in days if day.day in period for slot in day.slots.values())
    return CallsUsed("ledger" if calls.rebuilt else "events", kept, counted)


def _ordinal(day: str) -> int:
    return date.fromisoformat(day).toordinal()
