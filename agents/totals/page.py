"""A year's indicators as one page of HTML, with all that it needs inside: for a reader at a glance, and for paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from agents.language import Language
from agents.pages import words
from agents.pages.broken import broken
from agents.pages.checks import sentences
from agents.pages.html import spoken
from agents.pages.sums import told
from agents.totals import charts
from agents.totals.plot import DaySpan
from agents.totals.telling import Telling
from streams.certificate.coverage import CheckedShare
from streams.chain.breach import Breach
from streams.indicators.annual import Annual
from streams.indicators.indicator import Indicator
from streams.indicators.line import LineTotals
from streams.indicators.period import Period
from streams.indicators.vintage import Vintage
from streams.insight.line_sums import BrokenSum
from streams.watch.incident import Incident
from streams.watch.office import LINES


class LineSection(NamedTuple):
    """Hold what the page says of a line."""

    indicator: Indicator
    finding: str | None  # what was wrong with it, or why it is withheld
    totals: LineTotals
    months: str  # charts, as SVG
    control: str | None
    waits: str


def page(
    annual: Annual,
    zone: ZoneInfo,
    language: Language,
    vintage: Vintage | None = None,
    *,
    home: str | None = None,
    trouble: str | None = None,
    breaches: Sequence[Breach] = (),
    checked: Mapping[str, Sequence[CheckedShare]] | None = None,
    sums: Sequence[BrokenSum] = (),
    downloads: Mapping[str, str] | None = None,
) -> str:
    """Return the page in one language; `home` is where it leads back, `trouble` what is wrong.

    `downloads` has the addresses of the same figures as files, by what such a file is called.

    `breaches` are what does not hold of its figures: the page begins with them. `checked` has, by line, the checks that
    stood behind its figure: they are told at the end. `sums` are lines that are not the sum of their parts.
    """
    telling = Telling(language)
    wrong = broken(breaches, telling.language)
    counted = [each for each in annual.indicators if each.raw.value is not None]
    behind, others = annual.told()
    labels = {name: line.plan.label for name, line in annual.lines.items()}
    return (
        spoken("agents.totals", language)
        .get_template("page.html.j2")
        .render(
            annual=annual,
            vintage=vintage,
            home=home,
            downloads=downloads or {},
            trouble=trouble,
            telling=telling,
            wrong=wrong,
            indicators=counted,
            broken=[(each, telling.breaks(each)) for each in counted if each.breaks or each.unstamped],
            lines=[_line(annual, each, zone, telling) for each in counted if each.kind == "lost_rate"],
            waits={name: _waits(annual, name, telling) for name, each in annual.services.items() if each.issued},
            sums=list(told(sums, language)),
            behind=behind,
            others=others,
            checked={name: sentences(each, language) for name, each in (checked or {}).items()},
            label=lambda lines: LINES.join(labels.get(name, name) for name in lines.split(LINES)),
            moment=lambda at: telling.local(at, zone),
            zone=zone,
        )
    )


def finding(annual: Annual, each: Indicator, zone: ZoneInfo, telling: Telling) -> str:
    """Say what is wrong with an indicator, and its corrected value; what no person has confirmed is a suspicion."""
    text = telling.text
    behind = [incident for incident in annual.incidents if incident.id in each.incidents]
    kinds = ", ".join(dict.fromkeys(telling.text(words.MISCOUNTS[incident.kind]) for incident in behind))
    raw = telling.percent(each.raw.value)
    if not behind:
        found = text("{raw} of calls were counted as lost, but nothing says that the counting is right.", raw=raw)
    elif all(incident.status == "confirmed" for incident in behind):
        found = text("{raw} of calls were counted as lost, but the counting was wrong ({kinds}).", raw=raw, kinds=kinds)
    else:
        found = text(
            "{raw} of calls were counted as lost, but the counting is suspect ({kinds}), to confirm.",
            raw=raw,
            kinds=kinds,
        )
    sentences = [found]
    if each.guard is not None:
        why = telling.withheld(each, zone)
        sentences.append(text("Corrected rate {withheld}.", withheld=why))
    elif each.method != "none":
        corrected, method = telling.percent(each.corrected.value), telling.text(words.METHODS[each.method])
        sentences.append(text("The corrected value is {value} ({method}).", value=corrected, method=method))
    if each.flips and each.corrected.met:
        sentences.append(text("The target is met; raw says missed."))
    elif each.flips:
        sentences.append(text("The target is missed; raw says met."))
    return " ".join(sentences)


def _line(annual: Annual, indicator: Indicator, zone: ZoneInfo, telling: Telling) -> LineSection:
    line = annual.lines[indicator.subject]
    wrong = _spans([each for each in annual.incidents if each.id in indicator.incidents], annual.period, zone)
    waits = [(month.name, month.wait) for month in line.months]
    return LineSection(
        indicator,
        finding(annual, indicator, zone, telling) if indicator.incidents or indicator.guard else None,
        line,
        charts.months(line, annual.period, wrong, telling),
        charts.control(line, annual.period, wrong, telling),
        charts.waits(waits, annual.period, None, "s", telling),
    )


def _waits(annual: Annual, service: str, telling: Telling) -> str:
    totals = annual.services[service]
    means = [(month.name, None if month.wait is None else month.wait / 60) for month in totals.months]
    target = totals.plan.target_wait
    return charts.waits(means, annual.period, None if target is None else target / 60, "min", telling)


def _spans(incidents: Sequence[Incident], period: Period, zone: ZoneInfo) -> list[DaySpan]:
    """Return the days of incidents that lie in a period."""
    spans = [tuple(_local(at, zone).date() for at in (each.bounds()[0], each.bounds()[1] - 1)) for each in incidents]
    return [
        (max(first, period.first), min(last, period.last)) for first, last in spans if _touches(first, last, period)
    ]


def _touches(first: date, last: date, period: Period) -> bool:
    return first <= period.last and last >= period.first


def _local(at: int, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(at / 1000, zone)
