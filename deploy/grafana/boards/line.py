"""The board of one line: its calls, what becomes of them, how long they wait, who answers, and the year's budget."""

from __future__ import annotations

from typing import Final

from grafana_foundation_sdk.models.dashboard import Dashboard

from deploy.grafana.colours import BLUE, GREEN, GREY, ORANGE, REFERENCE, SKY, VERMILION, WINE
from deploy.grafana.frame import Panels, board, lines, site, year
from deploy.grafana.panels import Shown, bars, curves, figures, levels, spread
from deploy.grafana.queries import LINE, grown, now
from deploy.grafana.tiles import line_now
from deploy.grafana.words import COUNT, DATE, NO_CALL, OUTCOMES, REASONS, SECONDS, SHARE, absent

WINDOWS: Final = {"5m": SKY, "15m": BLUE, "1h": VERMILION, "1d": GREEN}
COLOURS: Final = (VERMILION, ORANGE, WINE, BLUE, SKY, GREEN, GREY)
BY_REASON: Final = {
    reason: (words, COLOURS[index % len(COLOURS)]) for index, (reason, words) in enumerate(REASONS.items())
}
YEARLY: Final = ("site", "line", "year")
TARGET: Final = now("tocsin_lost_call_ratio_target", *LINE)


def line(pages: str) -> Dashboard:
    """Return the board."""
    return board(
        "tocsin-line",
        "Une ligne en détail",
        "Ce que deviennent les appels d'une ligne, combien ils attendent, qui répond, et le budget de l'année.",
        {
            "": [line_now("$line", size=(24, 5))],
            "Appels perdus": _rates(),
            "Issues": _outcomes(),
            "Attente": _waits(),
            "Agents et appelants": _staff(),
            "Budget de l'année $year": _budget(),
        },
        variables=[site(), lines(several=False), year()],
        pages=pages,
        since="now-12h",
        refresh="30s",
        incidents=True,
    )


def _rates() -> Panels:
    windows = [
        Shown(now("tocsin_lost_call_ratio", *LINE, window=window), f"sur {window}", colour=colour)
        for window, colour in WINDOWS.items()
    ]
    return [
        curves(
            "Taux d'appels perdus",
            "Les appels perdus parmi ceux qui ont pris fin dans la fenêtre, en regard de ce qui est habituel à cette "
            "heure de la semaine et de la cible.",
            [
                *windows,
                Shown(now("tocsin_lost_call_ratio_expected", *LINE), "attendu", colour=BLUE, dashed=True),
                Shown(TARGET, "cible", colour=REFERENCE, dashed=True),
            ],
            size=(16, 9),
            unit=SHARE,
            empty=NO_CALL,
        ),
        curves(
            "Charge",
            "Les appels qui ont pris fin dans l'heure, et ceux qui attendent : un taux sur peu d'appels dit peu.",
            [
                Shown(now("tocsin_calls_ended", *LINE, window="1h"), "terminés en 1 h", colour=BLUE),
                Shown(now("tocsin_calls_waiting", *LINE), "en attente", colour=VERMILION),
            ],
            size=(8, 9),
            unit=COUNT,
            empty=NO_CALL,
        ),
    ]


def _outcomes() -> Panels:
    outcomes = zip(OUTCOMES.items(), (BLUE, VERMILION, SKY, GREY), strict=True)
    return [
        bars(
            "Appels par issue",
            "Les appels par ce qu'ils sont devenus ; en tirets, les appels entrés.",
            [
                *(
                    Shown(grown(f"tocsin_calls_{outcome}_total", *LINE), words, colour=colour)
                    for (outcome, words), colour in outcomes
                ),
                Shown(grown("tocsin_calls_offered_total", *LINE), "entrés", colour=REFERENCE, dashed=True),
            ],
            size=(12, 9),
            unit=COUNT,
            empty=NO_CALL,
        ),
        bars(
            "Appels perdus, par motif",
            "Les motifs que le taux officiel retient.",
            [Shown(grown("tocsin_calls_lost_total", "reason"), "{{reason}}")],
            size=(6, 9),
            unit=COUNT,
            empty=NO_CALL,
            names=BY_REASON,
        ),
        bars(
            "Appels déviés, par motif",
            "Les appels partis ailleurs, ou finis pour un motif que le taux officiel laisse de côté.",
            [Shown(grown("tocsin_calls_diverted_total", "reason"), "{{reason}}")],
            size=(6, 9),
            unit=COUNT,
            empty=NO_CALL,
            names=BY_REASON,
        ),
    ]


def _waits() -> Panels:
    quantiles = (("0.5", "médiane", BLUE), ("0.9", "90 %", ORANGE), ("0.95", "95 %", VERMILION))
    talks = "tocsin_call_talk_seconds"
    return [
        curves(
            "Attente des appels, sur 1 h",
            "L'attente des appels répondus ou perdus dans l'heure : la moyenne, et ce que la moitié, neuf appels sur "
            "dix et dix-neuf sur vingt n'ont pas dépassé.",
            [
                Shown(now("tocsin_call_wait_seconds_mean", *LINE, window="1h"), "moyenne", colour=GREEN),
                *(
                    Shown(
                        now("tocsin_call_wait_seconds_quantile", *LINE, window="1h", quantile=share),
                        name,
                        colour=colour,
                    )
                    for share, name, colour in quantiles
                ),
            ],
            size=(12, 8),
            unit=SECONDS,
            empty=NO_CALL,
        ),
        spread(
            "Répartition des attentes",
            "Combien d'appels ont attendu aussi longtemps, répondus et perdus : plus c'est foncé, plus il y en a.",
            grown("tocsin_call_wait_seconds_bucket", "le"),
            size=(12, 8),
            unit=SECONDS,
            empty=NO_CALL,
        ),
        curves(
            "Plus longue attente",
            "Depuis quand attend celui des appelants en ligne qui attend le plus.",
            [Shown(now("tocsin_call_longest_wait_seconds", *LINE), "plus longue attente", colour=VERMILION)],
            size=(8, 8),
            unit=SECONDS,
            empty=NO_CALL,
        ),
        curves(
            "Répondus à temps",
            "La part des appels répondus dans le délai promis, en regard de la part promise.",
            [
                *(
                    Shown(now("tocsin_service_level_ratio", *LINE, window=window), f"sur {window}", colour=colour)
                    for window, colour in WINDOWS.items()
                ),
                Shown(now("tocsin_service_level_ratio_target", *LINE), "promis", colour=REFERENCE, dashed=True),
            ],
            size=(8, 8),
            unit=SHARE,
            empty=NO_CALL,
            most=1,
        ),
        curves(
            "Durée moyenne des conversations",
            "Parmi les appels répondus dans l'intervalle.",
            [
                Shown(
                    f"{grown(f'{talks}_sum', *LINE, window='1h')} / {grown(f'{talks}_count', *LINE, window='1h')}",
                    "conversation moyenne",
                    colour=BLUE,
                )
            ],
            size=(8, 8),
            unit=SECONDS,
            empty=NO_CALL,
        ),
    ]


def _staff() -> Panels:
    return [
        curves(
            "Appels perdus, constatés et prévisibles",
            "Le taux d'appels perdus du jour, et celui que les agents présents et le nombre d'appels laissaient "
            "prévoir (Erlang A). Bien au-dessus : la ligne ou son comptage va mal, et non l'effectif.",
            [
                Shown(now("tocsin_lost_call_ratio", *LINE, window="1d"), "constaté", colour=VERMILION),
                Shown(now("tocsin_lost_call_ratio_erlang", *LINE), "prévisible", colour=BLUE, dashed=True),
                Shown(TARGET, "cible", colour=REFERENCE, dashed=True),
            ],
            size=(12, 8),
            unit=SHARE,
            empty=NO_CALL,
        ),
        curves(
            "Attente moyenne, constatée et prévisible",
            "L'attente moyenne du jour, et celle que les agents présents et le nombre d'appels laissaient prévoir.",
            [
                Shown(now("tocsin_call_wait_seconds_mean", *LINE, window="1d"), "constatée", colour=VERMILION),
                Shown(now("tocsin_call_wait_seconds_erlang", *LINE), "prévisible", colour=BLUE, dashed=True),
            ],
            size=(12, 8),
            unit=SECONDS,
            empty=NO_CALL,
        ),
        curves(
            "Agents",
            "Les agents vus au travail dans la journée, en moyenne par appel, et ceux qu'il faudrait pour tenir la "
            "cible.",
            [
                Shown(now("tocsin_call_agents", *LINE), "vus au travail", colour=BLUE),
                Shown(now("tocsin_call_agents_needed", *LINE), "nécessaires", colour=REFERENCE, dashed=True),
            ],
            size=(8, 8),
            unit=COUNT,
        ),
        curves(
            "Occupation des agents",
            "Le temps de conversation sur le temps des agents vus au travail, au plus.",
            [Shown(now("tocsin_call_occupancy_ratio", *LINE), "occupation", colour=BLUE)],
            size=(8, 8),
            unit=SHARE,
            most=1,
        ),
        curves(
            "Appelants qui n'ont joint personne",
            "Parmi tous les appelants d'une journée, ceux qui n'ont joint personne ce jour-là : qui rappelle et qu'on "
            "finit par servir n'en est pas.",
            [Shown(now("tocsin_net_lost_caller_ratio", *LINE), "sans réponse de la journée", colour=VERMILION)],
            size=(8, 8),
            unit=SHARE,
        ),
    ]


def _budget() -> Panels:
    def used(value: str) -> str:
        return now("tocsin_lost_call_budget_used_ratio", *YEARLY, value=value)

    def gone(value: str) -> str:
        at = now("tocsin_lost_call_budget_gone_timestamp_seconds", *YEARLY, value=value)
        return f"{at} * 1000 or {used(value)} * NaN"

    elapsed = now("tocsin_year_elapsed_ratio", "site", "year")
    return [
        levels(
            "Budget d'appels perdus",
            "La part déjà consommée des appels perdus que la cible permet dans l'année, brute et corrigée, en regard "
            "de la part écoulée des heures d'ouverture.",
            [
                Shown(used("raw"), "consommé, brut", colour=VERMILION),
                Shown(used("corrected"), "consommé, corrigé", colour=BLUE),
                Shown(elapsed, "année écoulée", colour=REFERENCE),
            ],
            size=(12, 6),
            unit=SHARE,
            most=1,
        ),
        figures(
            "Jusqu'à quand",
            "Les appels perdus que la cible permet dans l'année, et le jour où le dernier l'est ou le sera, au rythme "
            "des dernières semaines.",
            [
                Shown(now("tocsin_lost_call_budget", *YEARLY), "permis dans l'année"),
                Shown(gone("raw"), "épuisé, brut", DATE, mappings=absent("pas cette année")),
                Shown(gone("corrected"), "épuisé, corrigé", DATE, mappings=absent("pas cette année")),
            ],
            size=(12, 6),
            unit=COUNT,
        ),
    ]
