"""What two records say together as one page of HTML, with all that it needs inside: for an auditor, and for paper."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from agents.analysis.report import COUNTS
from agents.analysis.written import percent
from agents.language import Language
from agents.pages.both import COLUMNS
from agents.pages.html import spoken
from agents.reconcile.records import Reconciliation
from agents.reconcile.report import Reconciled
from agents.reconcile.story import clock, stories
from agents.reconcile.words import AMBIGUOUS, OUTSIDE, RULES
from agents.writing import FRENCH


def page(found: Reconciliation, report: Reconciled, zone: ZoneInfo, lang: Language) -> str:
    """Return the page in one language."""

    def moment(at: str | None) -> str:
        if at is None:
            return "—"
        return FRENCH.moment(datetime.fromisoformat(at)) if lang is Language.FR else at

    return (
        spoken("agents.reconcile", lang)
        .get_template("reconcile.html.j2")
        .render(
            moment=moment,
            rate=FRENCH.percent if lang is Language.FR else lambda share: percent(share, "—"),
            report=report,
            lines=list(stories(found, report, zone)),
            clock=clock(report.clock, report),
            columns=COLUMNS,
            counts=COUNTS,
            rules=RULES,
            ambiguous=AMBIGUOUS,
            outside=OUTSIDE,
        )
    )
