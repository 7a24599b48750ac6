"""A report rendered as an office's page, for the tests."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from agents.language import Language
from agents.report import report
from agents.report.blocks import Report
from agents.report.html import page
from agents.report.material import Material
from agents.totals.telling import Telling
from config.office import Signatory
from config.settings import Settings
from streams.indicators.annual import Annual

OFFICE = Settings(
    site="lozere",
    office=Signatory(name="Préfecture de la Lozère", contact="qualite@lozere.example"),
)


def report_of(annual: Annual, settings: Settings, language: Language, *given: Any, **more: Any) -> Report:
    """Return a year's report, with what else its material has."""
    return report.report_of(Material(annual, settings, Telling(language, ZoneInfo(settings.timezone)), *given, **more))


def written(annual: Annual, language: Language, *given: Any, settings: Settings = OFFICE, **more: Any) -> str:
    """Return the page of a year's report; other arguments go to `report_of`. Lines may be broken at spaces."""
    return page(report_of(annual, settings, language, *given, **more)).replace("\N{NO-BREAK SPACE}", " ")
