"""The report on a year: its sections in the order of a users' committee, then the annex."""

from __future__ import annotations

from agents.report.annex import checks, control, definitions, editions, figures, miscounts
from agents.report.blocks import Report
from agents.report.material import Material
from agents.report.sections import (
    actions,
    commitments,
    counters,
    essential,
    forecasts,
    introduction,
    requests,
    satisfaction,
    telephone,
)


def report_of(material: Material) -> Report:
    """Return the report on an office's figures, without empty sections."""
    telling = material.telling
    period = telling.period(material.annual.period)
    body = (
        introduction.section(material),
        essential.section(material),
        requests.digital(material),
        telephone.section(material),
        counters.section(material),
        requests.titles(material),
        requests.complaints(material),
        satisfaction.section(material),
        actions.section(material),
        forecasts.section(material),
        commitments.section(material),
    )
    annex = (
        figures.section(material),
        miscounts.section(material),
        control.section(material),
        miscounts.alarms(material),
        checks.section(material),
        definitions.section(material),
        editions.section(material),
    )
    return Report(
        title=telling.text("Quality indicators {period}", period=period),
        period=period,
        language=telling.language,
        office=material.settings.office,
        site=material.annual.site,
        edition=editions.edition(material),
        day=material.day,
        sections=tuple(each for each in body if each is not None),
        annex=tuple(each for each in annex if each is not None),
        meeting=introduction.meeting(material),
    )
