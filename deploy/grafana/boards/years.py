"""The board of the year's indicators: as counted beside corrected beside the target, and the budget of lost calls."""

from __future__ import annotations

from grafana_foundation_sdk.builders import table
from grafana_foundation_sdk.models.dashboard import Dashboard

from deploy.grafana.colours import BLUE, REFERENCE, VERMILION
from deploy.grafana.frame import Panels, board, lines, site, year
from deploy.grafana.panels import Shown, levels, rows
from deploy.grafana.queries import YEARLY, named, now
from deploy.grafana.words import COUNT, DATE, DAYS, INDICATOR, MINUTES, NOT_THIS_YEAR, REACHED, SHARE, absent


def years(pages: str) -> Dashboard:
    """Return the board."""
    in_time, delay = "Demandes traitées dans le délai", "Délai moyen de réponse"
    return board(
        "tocsin-years",
        "Les indicateurs de l'année",
        "Chaque indicateur annuel, brut, corrigé et visé, et le budget d'appels perdus de l'année.",
        {
            "Appels, $year": [
                _indicators("Appels perdus", "lost_rate:($line)", "line", "Ligne", SHARE, (24, 7), aimed=True),
                *_budget(),
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


def _called(expression: str, subject: str, key: str) -> str:
    """Return the same with what the office calls its subject, as `label`: or its id, where no worker tells.

    The figures come from the ledger, and stand while no worker runs.
    """
    return (
        f"{named(expression, ('site', subject))}"
        f' or on (site, {key}) label_replace({expression}, "label", "$1", "{subject}", "(.*)")'
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
        return _called(f"max by (site, indicator, {subject}) ({found})", subject, "indicator")

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


def _budget() -> Panels:
    def used(value: str) -> str:
        return now("tocsin_lost_call_budget_used_ratio", *YEARLY, value=value)

    def gone(value: str) -> str:
        at = now("tocsin_lost_call_budget_gone_timestamp_seconds", *YEARLY, value=value)
        return f"({at} * 1000 or {used(value)} * NaN)"

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
            {"label": "Ligne", "line": "", "site": "", "year": ""},
            [
                Shown(called(now("tocsin_lost_call_budget", *YEARLY)), "Permis"),
                Shown(called(used("raw")), "Consommé, brut", SHARE),
                Shown(called(used("corrected")), "Consommé, corrigé", SHARE),
                Shown(called(gone("raw")), "Épuisé, brut", DATE, mappings=absent(NOT_THIS_YEAR)),
                Shown(called(gone("corrected")), "Épuisé, corrigé", DATE, mappings=absent(NOT_THIS_YEAR)),
            ],
            size=(14, 9),
            unit=COUNT,
        ),
    ]
