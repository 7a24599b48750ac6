"""Two reconciled records as a self-contained HTML page, for an auditor and for printing."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from agents.analysis.report import COUNTS
from agents.pages.html import spoken
from agents.pages.words import COLUMNS
from agents.reconcile.records import Reconciliation
from agents.reconcile.report import Reconciled
from agents.reconcile.story import clock, standings, stories
from agents.reconcile.words import RULES
from agents.translation import spoken_language
from agents.writing import NOTHING, Writing


def page(found: Reconciliation, report: Reconciled, zone: ZoneInfo) -> str:
    """Return the page in the chosen language."""
    language = spoken_language()
    writing = Writing(language)

    def moment(at: str | None) -> str:
        return NOTHING if at is None else writing.moment(datetime.fromisoformat(at))

    return (
        spoken("agents.reconcile", language)
        .get_template("reconcile.html.j2")
        .render(
            moment=moment,
            report=report,
            lines=list(stories(found, report, zone)),
            clock=clock(report.clock, report),
            standings=standings,
            columns=COLUMNS,
            counts=COUNTS,
            rules=RULES,
        )
    )
