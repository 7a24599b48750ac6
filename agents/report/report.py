"""The report on a year: its sections in the order of a users' committee, then the annex."""

from __future__ import annotations

from agents.report.blocks import Report
from agents.report.material import Material
from agents.report.sections import annex, counters, office, opening, requests, satisfaction, telephone


def report_of(material: Material) -> Report:
    """Return the report on an office's figures, without empty sections."""
    telling = material.telling
    period = telling.period(material.annual.period)
    body = (
        opening.introduction(material),
        opening.essential(material),
        requests.digital(material),
        telephone.section(material),
        counters.section(material),
        requests.titles(material),
        requests.complaints(material),
        satisfaction.section(material),
        office.actions(material),
        office.forecasts(material),
        office.commitments(material),
    )
    appended = (
        annex.indicators(material),
        annex.miscounts(material),
        annex.control(material),
        annex.alarms(material),
        annex.checks(material),
        annex.definitions(material),
        annex.editions(material),
    )
    return Report(
        title=telling.text("Quality indicators {period}", period=period),
        period=period,
        language=telling.language,
        office=material.settings.office,
        site=material.annual.site,
        edition=annex.edition(material),
        day=material.day,
        sections=tuple(each for each in body if each is not None),
        annex=tuple(each for each in appended if each is not None),
        meeting=opening.meeting(material),
    )
