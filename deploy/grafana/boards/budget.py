"""The lost calls that a year allows: how much of them is used, beside how much of the year is over, and until when."""

from __future__ import annotations

from typing import Final

from deploy.grafana.colours import BLUE, REFERENCE, VERMILION
from deploy.grafana.frame import Panels
from deploy.grafana.panels import figures, levels, rows
from deploy.grafana.queries import known, now
from deploy.grafana.shown import Shown
from deploy.grafana.words import COUNT, DATE, NOT_THIS_YEAR, SHARE, absent

YEARLY: Final = ("site", "line", "year")
ALLOWED: Final = now("tocsin_lost_call_budget", *YEARLY)
ELAPSED: Final = now("tocsin_year_elapsed_ratio", "site", "year")
OVER: Final = now("tocsin_lost_call_budget_elapsed_ratio", *YEARLY)
USED: Final = (
    "La part déjà consommée des appels perdus que la cible permet dans l'année, brute et corrigée, en regard de la "
    "part écoulée des heures d'ouverture."
)
GONE: Final = (
    "Les appels perdus que la cible permet dans l'année, et le jour où le dernier l'est ou le sera, au rythme des "
    "dernières semaines."
)


def budget_of_line() -> Panels:
    """Return the budget of the one line that is chosen."""
    return [
        levels(
            "Budget d'appels perdus",
            USED,
            [
                Shown(_used("raw"), "consommé, brut", colour=VERMILION),
                Shown(_used("corrected"), "consommé, corrigé", colour=BLUE),
                Shown(OVER, "année écoulée", colour=REFERENCE),
            ],
            size=(12, 6),
            unit=SHARE,
            most=1,
        ),
        figures(
            "Jusqu'à quand",
            GONE,
            [
                Shown(ALLOWED, "permis dans l'année"),
                Shown(_gone("raw"), "épuisé, brut", DATE, mappings=absent(NOT_THIS_YEAR)),
                Shown(_gone("corrected"), "épuisé, corrigé", DATE, mappings=absent(NOT_THIS_YEAR)),
            ],
            size=(12, 6),
            unit=COUNT,
            text=(16, 32),
        ),
    ]


def budget_of_lines() -> Panels:
    """Return the budgets of the lines that are chosen, side by side."""

    def of(expression: str) -> str:
        return known(expression, "line", "line")

    return [
        levels(
            "Budget d'appels perdus consommé",
            USED,
            [
                Shown(ELAPSED, "Année écoulée", colour=REFERENCE),
                Shown(of(_used("raw")), "{{label}}, brut", colour=VERMILION),
                Shown(of(_used("corrected")), "{{label}}, corrigé", colour=BLUE),
            ],
            size=(10, 9),
            unit=SHARE,
            most=1,
        ),
        rows(
            "Budget d'appels perdus, par ligne",
            GONE,
            {"label": "Ligne", "line": "", "site": "", "year": ""},
            [
                Shown(of(ALLOWED), "Permis"),
                Shown(of(OVER), "Année écoulée", SHARE),
                Shown(of(_used("raw")), "Consommé, brut", SHARE),
                Shown(of(_used("corrected")), "Consommé, corrigé", SHARE),
                Shown(of(_gone("raw")), "Épuisé, brut", DATE, mappings=absent(NOT_THIS_YEAR)),
                Shown(of(_gone("corrected")), "Épuisé, corrigé", DATE, mappings=absent(NOT_THIS_YEAR)),
            ],
            size=(14, 9),
            unit=COUNT,
        ),
    ]


def _used(value: str) -> str:
    return now("tocsin_lost_call_budget_used_ratio", *YEARLY, value=value)


def _gone(value: str) -> str:
    """Return the moment in ms; not a number, where the year ends first."""
    at = now("tocsin_lost_call_budget_gone_timestamp_seconds", *YEARLY, value=value)
    return f"({at} * 1000 or {_used(value)} * NaN)"
