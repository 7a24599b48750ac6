"""A report rendered as an office's page, for the tests."""

from __future__ import annotations

from typing import Any

from agents.language import Language
from agents.report.html import page
from agents.report.report import report_of
from config.office import Signatory
from config.settings import Settings
from streams.indicators.annual import Annual

OFFICE = Settings(
    site="lozere",
    office=Signatory(name="Préfecture de la Lozère", contact="qualite@lozere.example"),
)


def written(annual: Annual, language: Language, *given: Any, settings: Settings = OFFICE, **more: Any) -> str:
    """Return the page of a year's report; other arguments go to `report_of`. Lines may be broken at spaces."""
    return page(report_of(annual, settings, language, *given, **more)).replace("\N{NO-BREAK SPACE}", " ")
