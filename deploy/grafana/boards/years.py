"""The board of the year's indicators: as counted beside corrected beside the target, and the budget of lost calls."""

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
    """Return the board."""
    in_time, delay = "Demandes traitées dans le délai", "Délai moyen de réponse"
    return board(
        "tocsin-years",
        "Les indicateurs de l'année",
        "Chaque indicateur annuel, brut, corrigé et visé, et le budget d'appels perdus de l'année.",
        {
            "": [_integrity()],
            "Appels, $year": [
                _indicators("Appels perdus", "lost_rate:($line)", "line", "Ligne", SHARE, (24, 7), aimed=True),
                *budget_of_lines(),
            ],
            "Demandes et guichets, $year": [
                _indicators(in_time, "within_target:.*", "channel", "Canal", SHARE, (12, 10)),
                _indicators(delay, "mean_days:.*", "channel", "Canal", DAYS, (12, 10)),
                _indicators(
                    "Guichets",
                    "(wait|time_in_service):.*",
                    "service",
                    "Guichet",
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
    """Return whether the year's figures are what was counted, decided and published."""
    breaks = 'sum(max by (indicator) (tocsin_indicator_breaks{site="$site", year="$year"}))'
    broken = 'max by (site, year) (tocsin_published_figures_broken{site="$site", year="$year"}) > bool 0'
    return figures(
        "Intégrité",
        "Un jour clos, une décision ou une édition qui n'est plus ce qui avait été compté, décidé ou publié : la "
        "commande tocsin audit dit quoi, quand et où. Une rupture de série : l'année compte selon deux définitions.",
        [Shown(broken, "Chiffres de $year", mappings=WHOLE), Shown(breaks, "ruptures de série")],
        size=(24, 3),
        unit=COUNT,
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
    """Return the indicators whose ids match: `aimed` at a target, of several `kinds`."""

    def of(metric: str, value: str = "") -> str:
        matchers = ['site="$site"', 'year="$year"', f'indicator=~"{ids}"', *([f'value="{value}"'] if value else [])]
        found = f'label_replace({metric}{{{", ".join(matchers)}}}, "{subject}", "$1", "indicator", "[^:]*:(.*)")'
        return known(f"max by (site, indicator, {subject}) ({found})", subject, "indicator")

    aims = [
        Shown(of("tocsin_indicator", "target"), "Cible"),
        Shown(of("tocsin_indicator_off_target", "raw"), "Cible, brut", COUNT, mappings=REACHED),
        Shown(of("tocsin_indicator_off_target", "corrected"), "Cible, corrigé", COUNT, mappings=REACHED),
    ]
    found = rows(
        title,
        "La valeur brute est telle que comptée ; la valeur corrigée laisse de côté, ou recompte, ce qu'une erreur de "
        "comptage a faussé. La couverture est la part des heures d'ouverture sur laquelle elle repose.",
        {"label": heading, "indicator": "Indicateur" if kinds else "", subject: "", "site": ""},
        [
            Shown(of("tocsin_indicator", "raw"), "Brut"),
            Shown(of("tocsin_indicator", "corrected"), "Corrigé"),
            *(aims if aimed else ()),
            Shown(of("tocsin_indicator_coverage_ratio"), "Couverture", SHARE),
        ],
        size=size,
        unit=unit,
        words={"indicator": INDICATOR},
    )
    return found.decimals(2)  # as they are published
