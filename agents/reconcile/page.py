"""Two reconciled records as a self-contained HTML page, for an auditor and for printing."""

from __future__ import annotations

from datetime import datetime

from agents.pages.html import spoken
from agents.reconcile.told import ToldRecords
from agents.translation import spoken_language
from agents.writing import NOTHING, Writing


def page(told: ToldRecords) -> str:
    """Return the page in the chosen language."""
    language = spoken_language()
    writing = Writing(language)

    def moment(at: str | None) -> str:
        return NOTHING if at is None else writing.moment(datetime.fromisoformat(at))

    return spoken("agents.reconcile", language).get_template("reconcile.html.j2").render(moment=moment, told=told)
