"""The board of the year's indicators: raw and corrected values and targets, and the budget of lost calls."""

from __future__ import annotations

from grafana_foundation_sdk.builders import stat, table
from grafana_foundation_sdk.models.dashboard import Dashboard

from deploy.grafana.boards.budget import budget_of_lines
from deploy.grafana.frame import board, lines, site, year
from deploy.grafana.panels import figures, rows
from deploy.grafana.queries import known
from deploy.grafana.shown import Shown
from deploy.grafana.words import COUNT, DAYS, INDICATOR, MINUTES, REACHED, SHARE, WHOLE


def years(pages: str) -> Dashboard:
    in_time, delay = "Requests dealt with in time", "Mean delay of answer"
    return board(
        "tocsin-years",
        "The indicators of the year",
        "Each annual indicator, raw, corrected and aimed at, and the year's budget of lost calls.",
        {
            "": [_integrity()],
            "Calls, $year": [
                _indicators("Calls lost", "lost_rate:($line)", "line", "Line", SHARE, (24, 7), aimed=True),
                *budget_of_lines(),
            ],
            "Requests and counters, $year": [
                _indicators(in_time, "within_target:.*", "channel", "Channel", SHARE, (12, 10)),
                _indicators(delay, "mean_days:.*", "channel", "Channel", DAYS, (12, 10)),
                _indicators(
                    "Counters",
                    "(wait|time_in_service):.*",
                    "service",
                    "Counter",
                    MINUTES,
                    (24, 7),
                    aimed=True,
                    kinds=True,
                ),
            ],
        },
        variables=[site(), lines(several=True), year()],
        pages=pages,
        since="now-1h",
        refresh="5m",
    )


def _integrity() -> stat.Panel:
    """Return the panel of breaches: changes to closed days, decisions or vintages."""
    breaks = 'sum(max by (indicator) (tocsin_indicator_breaks{site="$site", year="$year"}))'
    broken = 'max by (site, year) (tocsin_published_figures_broken{site="$site", year="$year"}) > bool 0'
    return figures(
        "Integrity",
        "A closed day, a decision or a vintage that was changed afterwards: run tocsin audit for the details. A "
        "break in the series means that two definitions were used within the year.",
        [Shown(broken, "Figures of $year", mappings=WHOLE), Shown(breaks, "breaks in the series")],
        size=(24, 3),
        text=(16, 24),
    )


def _indicators(
    title: str,
    ids: str,
    subject: str,
    heading: str,
    unit: str,
    size: tuple[int, int],
    *,
    aimed: bool = False,
    kinds: bool = False,
) -> table.Panel:
    """Return the panel of the indicators with matching ids. They may be `aimed` at a target, and of several `kinds`."""

    def of(metric: str, value: str = "") -> str:
        matchers = ['site="$site"', 'year="$year"', f'indicator=~"{ids}"', *([f'value="{value}"'] if value else [])]
        found = f'label_replace({metric}{{{", ".join(matchers)}}}, "{subject}", "$1", "indicator", "[^:]*:(.*)")'
        return known(f"max by (site, indicator, {subject}) ({found})", subject, "indicator")

    aims = [
        Shown(of("tocsin_indicator", "target"), "Target"),
        Shown(of("tocsin_indicator_off_target", "raw"), "Target, raw", COUNT, mappings=REACHED),
        Shown(of("tocsin_indicator_off_target", "corrected"), "Target, corrected", COUNT, mappings=REACHED),
    ]
    found = rows(
        title,
        "The raw value is the counted one; the corrected one leaves out, or recounts, the hours of a miscount. "
        "The coverage is the share of opening hours behind the corrected value.",
        {"label": heading, "indicator": "Indicator" if kinds else "", subject: "", "site": ""},
        [
            Shown(of("tocsin_indicator", "raw"), "Raw"),
            Shown(of("tocsin_indicator", "corrected"), "Corrected"),
            *(aims if aimed else ()),
            Shown(of("tocsin_indicator_coverage_ratio"), "Coverage", SHARE),
        ],
        size=size,
        unit=unit,
        words={"indicator": INDICATOR},
    )
    return found.decimals(2)  # rounded as in publications
