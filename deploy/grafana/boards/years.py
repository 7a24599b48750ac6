"""The board of the year's indicators: as counted beside corrected beside the target, and the budget of lost calls."""

from __future__ import annotations

from grafana_foundation_sdk.builders import table
from grafana_foundation_sdk.models.dashboard import Dashboard

from deploy.grafana.colours import BLUE, REFERENCE, VERMILION
from deploy.grafana.frame import Panels, board, site, year
from deploy.grafana.panels import Shown, levels, rows
from deploy.grafana.queries import chosen, now
from deploy.grafana.words import COUNT, DATE, DAYS, INDICATOR, MINUTES, NOT_THIS_YEAR, REACHED, SHARE, absent


def years(pages: str) -> Dashboard:
    """Return the board."""
    return board(
        "tocsin-years",
        "Les indicateurs de l'année",
        "Chaque indicateur annuel, brut, corrigé et visé, et le budget d'appels perdus de l'année.",
        {
            "Appels, $year": [
                _indicators("Appels perdus", "lost_rate", "line", "Ligne", unit=SHARE, size=(24, 7), aimed=True),
                *_budget(),
            ],
            "Demandes et guichets, $year": [
                _indicators(
                    "Demandes traitées dans le délai",
                    "within_target",
                    "channel",
                    "Canal",
                    unit=SHARE,
                    size=(12, 5),
                    aimed=False,
                ),
                _indicators(
                    "Délai moyen de réponse", "mean_days", "channel", "Canal", unit=DAYS, size=(12, 10), aimed=False
                ),
                _indicators(
                    "Guichets", "wait|time_in_service", "service", "Guichet", unit=MINUTES, size=(24, 6), aimed=True
                ),
            ],
        },
        variables=[site(), year()],
        pages=pages,
        since="now-1h",
        refresh="5m",
    )


def _called(expression: str, subject: str, key: str) -> str:
    """Return the same with what the office calls its subject, as `label`: or its id, where no worker tells.

    The figures come from the ledger, and stand while no worker runs.
    """
    info = f'max by (site, {subject}, label) (tocsin_{subject}_info{{site="$site"}})'
    return (
        f"{expression} * on (site, {subject}) group_left (label) {info}"
        f' or on (site, {key}) label_replace({expression}, "label", "$1", "{subject}", "(.*)")'
    )


def _indicators(
    title: str, kinds: str, subject: str, heading: str, *, unit: str, size: tuple[int, int], aimed: bool
) -> table.Panel:
    def of(metric: str, **where: str) -> str:
        matchers = ", ".join(f'{label}="{value}"' for label, value in where.items())
        found = f'{metric}{{site="$site", year="$year", indicator=~"({kinds}):.*"{matchers and ", " + matchers}}}'
        found = f'label_replace({found}, "{subject}", "$1", "indicator", "[^:]*:(.*)")'
        return _called(f"max by (site, indicator, {subject}) ({found})", subject, "indicator")

    aims = [
        Shown(of("tocsin_indicator", value="target"), "Cible"),
        Shown(of("tocsin_indicator_off_target", value="raw"), "Cible, brut", COUNT, mappings=REACHED),
        Shown(of("tocsin_indicator_off_target", value="corrected"), "Cible, corrigé", COUNT, mappings=REACHED),
    ]
    return rows(
        title,
        "La valeur brute est telle que comptée ; la valeur corrigée laisse de côté, ou recompte, ce qu'une erreur de "
        "comptage a faussé. La couverture est la part des heures d'ouverture sur laquelle elle repose.",
        {"label": heading, "indicator": "Indicateur", subject: "", "site": ""},
        [
            Shown(of("tocsin_indicator", value="raw"), "Brut"),
            Shown(of("tocsin_indicator", value="corrected"), "Corrigé"),
            *(aims if aimed else ()),
            Shown(of("tocsin_indicator_coverage_ratio"), "Couverture", SHARE),
        ],
        size=size,
        unit=unit,
        words={"indicator": INDICATOR},
    )


def _budget() -> Panels:
    def of(metric: str, **where: str) -> str:
        return f"max by (site, line) ({chosen(metric, 'year', **where)})"

    def used(value: str) -> str:
        return of("tocsin_lost_call_budget_used_ratio", value=value)

    def gone(value: str) -> str:
        return f"({of('tocsin_lost_call_budget_gone_timestamp_seconds', value=value)} * 1000 or {used(value)} * NaN)"

    def called(expression: str) -> str:
        return _called(expression, "line", "line")

    return [
        levels(
            "Budget d'appels perdus consommé",
            "La part déjà consommée des appels perdus que la cible permet dans l'année, en regard de la part écoulée "
            "des heures d'ouverture.",
            [
                Shown(now("tocsin_year_elapsed_ratio", "site", "year"), "Année écoulée", colour=REFERENCE),
                Shown(called(used("raw")), "{{label}}, brut", colour=VERMILION),
                Shown(called(used("corrected")), "{{label}}, corrigé", colour=BLUE),
            ],
            size=(10, 9),
            unit=SHARE,
            most=1,
        ),
        rows(
            "Budget d'appels perdus, par ligne",
            "Les appels perdus que la cible permet dans l'année, ce qui en est consommé, et le jour où le dernier "
            "l'est ou le sera, au rythme des dernières semaines.",
            {"label": "Ligne", "line": "", "site": ""},
            [
                Shown(called(of("tocsin_lost_call_budget")), "Permis"),
                Shown(called(used("raw")), "Consommé, brut", SHARE),
                Shown(called(used("corrected")), "Consommé, corrigé", SHARE),
                Shown(called(gone("raw")), "Épuisé, brut", DATE, mappings=absent(NOT_THIS_YEAR)),
                Shown(called(gone("corrected")), "Épuisé, corrigé", DATE, mappings=absent(NOT_THIS_YEAR)),
            ],
            size=(14, 9),
            unit=COUNT,
        ),
    ]
