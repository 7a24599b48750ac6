"""Why a figure is withheld, in words: one wording for every page, table and program."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from math import floor
from typing import Final
from zoneinfo import ZoneInfo

from agents.pages.words import Both
from agents.writing import FRENCH
from streams.watch.french import percent
from streams.watch.guard import Guard, Reason
from streams.watch.thresholds import GATE

REASONS: Final[Mapping[Reason, Both]] = {
    "no baseline": Both("pas de référence", "no baseline"),
    "above the prior": Both("au-dessus du taux attendu", "above the prior"),
    "undecided": Both("indécis", "undecided"),
    "coverage": Both("couverture insuffisante", "coverage is too low"),
    "recount": Both(
        "le recomptage laisse un taux que cette ligne n'a pas", "the recount leaves no rate that this line has"
    ),
    "counts": Both("les appels comptés ne s'équilibrent pas", "the counts do not add up"),
}


def why(guard: Guard, coverage: float, zone: ZoneInfo) -> Both:
    """Say why a figure that stands on a share of the open slots is withheld; moments are told in the office's zone.

    >>> why(Guard("undecided", 1_367_560_800_000), 1.0, ZoneInfo("Europe/Paris")).en
    'undecided since 2013-05-03'
    >>> why(Guard("coverage"), 0.6, ZoneInfo("Europe/Paris")).en
    'coverage of 60 % is below 75 %'
    """
    said = _coverage(coverage) if guard.reason == "coverage" else REASONS[guard.reason]
    if guard.since is None:
        return said
    since = datetime.fromtimestamp(guard.since / 1000, zone).date()
    return Both(f"{said.fr} depuis le {FRENCH.day(since)}", f"{said.en} since {since.isoformat()}")


def _coverage(coverage: float) -> Both:
    covered = floor(coverage * 1000) / 1000  # so that no share below the least is written as the least
    digits = 0 if round(covered * 100, 6).is_integer() else 1
    return Both(
        f"couverture de {percent(covered, digits)}, inférieure à {percent(GATE.coverage)}",
        f"coverage of {covered * 100:.{digits}f} % is below {GATE.coverage * 100:.0f} %",
    )


def withheld(guard: Guard, coverage: float, zone: ZoneInfo) -> Both:
    """Say that a figure is withheld, and why."""
    reason = why(guard, coverage, zone)
    return Both(f"non publié : {reason.fr}", f"withheld: {reason.en}")
