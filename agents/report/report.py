"""The report on a year: its sections in the order in which a users' committee reads them, then the annex."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from agents.language import Language
from agents.report.annex import alarms, checks, control, definitions, editions, figures, miscounts
from agents.report.blocks import Report
from agents.report.material import Checks, Material
from agents.report.sections import counters, essential, introduction, requests, satisfaction, telephone
from agents.totals.telling import Telling
from config.settings import Settings
from streams.chain.breach import Breach
from streams.indicators.annual import Annual
from streams.indicators.vintage import Vintage
from streams.insight.line_sums import BrokenSum


def report_of(
    annual: Annual,
    settings: Settings,
    language: Language,
    vintage: Vintage | None = None,
    *,
    breaches: Sequence[Breach] = (),
    checked: Checks | None = None,
    sums: Sequence[BrokenSum] = (),
    earlier: Sequence[Annual] = (),
) -> Report:
    """Return the report on an office's figures, in one language.

    `vintage` is the edition that has these figures, `breaches` what does not hold of them, `checked` by line the checks
    that stood behind its figure, `sums` the lines that are not the sum of their parts, `earlier` the other years as
    they were published. A section of which nothing was counted is left out.
    """
    telling = Telling(language, ZoneInfo(settings.timezone))
    material = Material(annual, settings, telling, vintage, breaches, checked or {}, sums, earlier)
    period = telling.period(annual.period)
    body = (
        introduction.section(material),
        essential.section(material),
        requests.digital(material),
        telephone.section(material),
        counters.section(material),
        requests.titles(material),
        requests.complaints(material),
        satisfaction.section(material),
    )
    annex = (
        figures.section(material),
        miscounts.section(material),
        control.section(material),
        alarms.section(material),
        checks.section(material),
        definitions.section(material),
        editions.section(material),
    )
    return Report(
        title=telling.text("Quality indicators {period}", period=period),
        period=period,
        language=language,
        office=settings.office,
        site=annual.site,
        edition=editions.edition(material),
        day=material.day,
        sections=tuple(each for each in body if each is not None),
        annex=tuple(each for each in annex if each is not None),
        meeting=introduction.meeting(material),
    )
