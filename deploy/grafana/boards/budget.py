"""The lost calls allowed in a year: their used share, beside the elapsed share of the year, and when they run out."""

from __future__ import annotations

from typing import Final

from deploy.grafana.colours import BLUE, REFERENCE, VERMILION
from deploy.grafana.frame import Panels
from deploy.grafana.panels import figures, levels, rows
from deploy.grafana.queries import known, now
from deploy.grafana.shown import Shown
from deploy.grafana.words import DATE, NOT_THIS_YEAR, SHARE, absent

YEARLY: Final = ("site", "line", "year")
ALLOWED: Final = now("tocsin_lost_call_budget", *YEARLY)
ELAPSED: Final = now("tocsin_year_elapsed_ratio", "site", "year")
OVER: Final = now("tocsin_lost_call_budget_elapsed_ratio", *YEARLY)
USED: Final = (
    "The share of the lost calls that the target allows in the year which is spent already, "
    "raw and corrected, beside the share of the opening hours that is over."
)
GONE: Final = (
    "The lost calls that the target allows in the year, and the day on which the last of them"
    " is or will be spent, at the pace of the last weeks."
)


def budget_of_line() -> Panels:
    return [
        levels(
            "Budget of lost calls",
            USED,
            [
                Shown(_used("raw"), "spent, raw", colour=VERMILION),
                Shown(_used("corrected"), "spent, corrected", colour=BLUE),
                Shown(OVER, "year gone by", colour=REFERENCE),
            ],
            size=(12, 6),
            unit=SHARE,
            most=1,
        ),
        figures(
            "Until when",
            GONE,
            [
                Shown(ALLOWED, "allowed in the year"),
                Shown(_gone("raw"), "used up, raw", DATE, mappings=absent(NOT_THIS_YEAR)),
                Shown(_gone("corrected"), "used up, corrected", DATE, mappings=absent(NOT_THIS_YEAR)),
            ],
            size=(12, 6),
            text=(16, 32),
        ),
    ]


def budget_of_lines() -> Panels:
    """Return the panels for the budgets of the chosen lines, side by side."""

    def of(expression: str) -> str:
        return known(expression, "line", "line")

    return [
        levels(
            "Budget of lost calls, spent",
            USED,
            [
                Shown(ELAPSED, "Year gone by", colour=REFERENCE),
                Shown(of(_used("raw")), "{{label}}, raw", colour=VERMILION),
                Shown(of(_used("corrected")), "{{label}}, corrected", colour=BLUE),
            ],
            size=(9, 9),
            unit=SHARE,
            most=1,
        ),
        rows(
            "Budget of lost calls, by line",
            GONE,
            {"label": "Line", "line": "", "site": "", "year": ""},
            [
                Shown(of(ALLOWED), "Allowed"),
                Shown(of(OVER), "Year gone by", SHARE),
                Shown(of(_used("raw")), "Spent, raw", SHARE),
                Shown(of(_used("corrected")), "Spent, corrected", SHARE),
                Shown(of(_gone("raw")), "Used up, raw", DATE, mappings=absent(NOT_THIS_YEAR)),
                Shown(of(_gone("corrected")), "Used up, corrected", DATE, mappings=absent(NOT_THIS_YEAR)),
            ],
            size=(15, 9),
        ),
    ]


def _used(value: str) -> str:
    return now("tocsin_lost_call_budget_used_ratio", *YEARLY, value=value)


def _gone(value: str) -> str:
    """Return the moment in ms, or NaN if the year ends first."""
    at = now("tocsin_lost_call_budget_gone_timestamp_seconds", *YEARLY, value=value)
    return f"({at} * 1000 or {_used(value)} * NaN)"
