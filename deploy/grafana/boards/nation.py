"""The board of many offices: their shared faults, then region by region, the worst offices first.

Its sums come from the recording rules (`deploy/prometheus/rules/nation.yml`). They are sums of counts, never of rates.
"""

from __future__ import annotations

from typing import Final

from grafana_foundation_sdk.builders import common, stat, table
from grafana_foundation_sdk.models.dashboard import Dashboard, DashboardLink

from deploy.grafana.colours import ORANGE, SKY
from deploy.grafana.frame import Panels, board
from deploy.grafana.panels import curves, figures, rows
from deploy.grafana.shown import Shown
from deploy.grafana.words import KIND, NOT_COUNTED, SCOPE, SHARE, SUSPECTED, TROUBLED, VERDICT

PLACE: Final = "* on (site) group_left (region, department) site:tocsin_site_info:one"
DOUBTED: Final = 'sum by (site) (max by (site, line) (tocsin_miscount_suspected{line!=""}))'
ALARMED: Final = (
    'count by (site) (max by (site, line) (ALERTS{alertstate="firing", '
    'alertname=~"LostCallSpike|ServiceLevelLow|CallersWaiting|LineOverloaded"}))'
)
FEW: Final = 20  # calls: a rate of fewer says nothing, and the smallest offices would always come first
LOST: Final = "Lost in 1 h"
RATE: Final = "Rate, 1 h"
WALL: Final = DashboardLink("The office in detail", url="/d/tocsin-wall?var-site=${__data.fields.site}")


def nation(pages: str) -> Dashboard:
    return board(
        "tocsin-nation",
        "The nation, now",
        "All offices: what several of them go through at once, the sums by region and department, the worst first.",
        {"": _now(), "Regions and departments": _units(), "The offices, the worst first": _offices()},
        variables=(),
        pages=pages,
        since="now-1d",
        refresh="1m",
    )


def _now() -> Panels:
    decide = DashboardLink("What awaits a decision", url="${pages}/incidents", target_blank=True)
    return [
        rows(
            "What several offices go through at once",
            "A fault of an exchange, a provider's outage, or losses in all offices on one day is listed once, "
            "with the number of its offices. Click on it to see the pending decisions in Tocsin's pages.",
            {"scope": "Scope", "name": "Name", "verdict": "Verdict", "kind": "Kind"},
            [Shown("max by (scope, name, verdict, kind) (tocsin_across_offices)", "Offices", link=decide)],
            size=(14, 8),
            empty="no known incident of several offices",
            words={"scope": SCOPE, "verdict": VERDICT, "kind": KIND},
        ),
        _totals(),
        rows(
            "Their offices",
            "The offices that have a part in it. A click on an office opens its own board.",
            {"office": "Office", "scope": "Scope", "name": "Name", "kind": "Kind", "site": ""},
            [Shown(_as_office("max by (site, scope, name, kind) (tocsin_part_of_across)"), "")],
            size=(14, 8),
            empty="no known incident of several offices",
            words={"scope": SCOPE, "kind": KIND},
            links={"office": WALL},
        ),
        curves(
            "Lost calls of all offices",
            "All calls that were lost, of all that ended, over one hour and over one day; as counted, suspected ones "
            "among them.",
            [
                Shown(_rate("", "1h"), "over 1 h", colour=SKY),
                Shown(_rate("", "1d"), "over 1 d", colour=ORANGE),
            ],
            size=(10, 8),
            unit=SHARE,
        ),
    ]


def _totals() -> stat.Panel:
    return figures(
        "All offices",
        "The calls that ended in the last hour in all offices, those lost of them, and the lines whose counting is "
        "suspected now.",
        [
            Shown('window:tocsin_calls_ended:sum{window="1h"}', "Calls in 1 h"),
            Shown('window:tocsin_lost_calls:sum{window="1h"}', LOST),
            Shown(_rate("", "1h"), "Lost rate", SHARE, mappings=NOT_COUNTED),
            Shown(f"sum({DOUBTED})", "Lines suspected", mappings=SUSPECTED),
            Shown("count(count by (digest) (tocsin_catalogue_info))", "Catalogues"),
        ],
        size=(10, 8),
        text=(16, 40),
    )


def _units() -> Panels:
    return [
        _sums("By region", {"region": "Region"}, "region", (10, 10)),
        _sums("By department", {"department": "Department", "region": "Region"}, "department", (14, 10)),
    ]


def _sums(title: str, keys: dict[str, str], unit: str, size: tuple[int, int]) -> table.Panel:
    labels = ", ".join(sorted(keys))

    def lines(counted: str) -> str:
        return f'sum by ({labels}) ({counted} {PLACE}{{{unit}!=""}})'

    panel = rows(
        title,
        "Sums of counts over the last hour and the last day, never means of rates; as counted, suspected ones among "
        f"them. There is no rate of fewer than {FEW} calls. Beside them the lines that are in trouble, and those whose "
        "counting is suspected, now.",
        keys,
        [
            Shown(_sum(f"{unit}_", "tocsin_calls_ended", "1h", labels), "Calls in 1 h"),
            Shown(_sum(f"{unit}_", "tocsin_lost_calls", "1h", labels), LOST),
            Shown(_rate(f"{unit}_", "1h", labels), RATE, SHARE, mappings=NOT_COUNTED),
            Shown(_rate(f"{unit}_", "1d", labels), "Rate, 1 d", SHARE, mappings=NOT_COUNTED),
            Shown(lines(ALARMED), "In trouble", mappings=TROUBLED),
            Shown(lines(DOUBTED), "Suspected", mappings=SUSPECTED),
        ],
        size=size,
    )
    return _worst_first(panel)


def _offices() -> Panels:
    def placed(expression: str) -> str:
        return _as_office(f"({expression}) {PLACE}")

    panel = rows(
        "The offices",
        "Each office's sums over the last hour and the last day; the highest lost rate of the hour first. There is no "
        f"rate of fewer than {FEW} calls. Beside them the lines that are in trouble, and those whose counting is "
        "suspected, now. A click on an office opens its own board.",
        {"office": "Office", "department": "Department", "region": "Region", "site": ""},
        [
            Shown(placed(_sum("site_", "tocsin_calls_ended", "1h", "site")), "Calls in 1 h"),
            Shown(placed(_sum("site_", "tocsin_lost_calls", "1h", "site")), LOST),
            Shown(placed(_rate("site_", "1h", "site")), RATE, SHARE, mappings=NOT_COUNTED),
            Shown(placed(_rate("site_", "1d", "site")), "Rate, 1 d", SHARE, mappings=NOT_COUNTED),
            Shown(placed(ALARMED), "In trouble", mappings=TROUBLED),
            Shown(placed(DOUBTED), "Suspected", mappings=SUSPECTED),
        ],
        size=(24, 14),
        links={"office": WALL},
    )
    return [_worst_first(panel)]


def _worst_first(panel: table.Panel) -> table.Panel:
    return panel.sort_by([common.TableSortByFieldState().display_name(RATE).desc(True)])


def _as_office(expression: str) -> str:
    """Return an expression with its `site` copied to `office`: the board shows `office` and needs `site` for links."""
    return f'label_replace({expression}, "office", "$1", "site", "(.*)")'


def _sum(unit: str, metric: str, window: str, labels: str) -> str:
    return f'sum by ({labels}) ({unit}window:{metric}:sum{{window="{window}"}})'


def _rate(unit: str, window: str, labels: str = "") -> str:
    """Return lost over all calls; NaN if too few ended, so that a table keeps the column."""
    lost, ended = (_sum(unit, each, window, labels) for each in ("tocsin_lost_calls", "tocsin_calls_ended"))
    return f"({lost} / ({ended} >= {FEW}) or {ended} * NaN)"
