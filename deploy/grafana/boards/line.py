"""The board of one line: its calls, what becomes of them, how long they wait, who answers, and the year's budget."""

from __future__ import annotations

from typing import Final

from grafana_foundation_sdk.models.dashboard import Dashboard

from deploy.grafana.boards.budget import budget_of_line
from deploy.grafana.colours import BLUE, GREEN, GREY, ORANGE, REFERENCE, SKY, VERMILION, WINE
from deploy.grafana.curves import believed_lost, usual_calls, usual_lost
from deploy.grafana.frame import Panels, board, lines, site, year
from deploy.grafana.panels import bars, curves, spread
from deploy.grafana.queries import LINE, grown, now
from deploy.grafana.shown import BOLD, THIN, Shown
from deploy.grafana.tiles import line_figures, line_state
from deploy.grafana.words import (
    AGENTS,
    COUNT,
    NO_CALL,
    OUTCOMES,
    REASONS,
    SECONDS,
    SHARE,
    WINDOWS,
)

BY_WINDOW: Final = dict(
    zip(WINDOWS, ((SKY, THIN), (BLUE, THIN), (VERMILION, BOLD), (GREEN, None)), strict=True)
)  # each its colour and its width
COLOURS: Final = (VERMILION, ORANGE, WINE, BLUE, SKY, GREEN, GREY)
BY_REASON: Final = {
    reason: (words, COLOURS[index % len(COLOURS)]) for index, (reason, words) in enumerate(REASONS.items())
}
TARGET: Final = now("tocsin_lost_call_ratio_target", *LINE)


def line(pages: str) -> Dashboard:
    """Return the board."""
    return board(
        "tocsin-line",
        "Une ligne en détail",
        "Ce que deviennent les appels d'une ligne, combien ils attendent, qui répond, et le budget de l'année.",
        {
            "": [
                line_state("$line", size=(6, 5), text=(18, 36)),
                line_figures("Maintenant", size=(18, 5), text=(18, 44)),
            ],
            "Appels perdus": _rates(),
            "Issues": _outcomes(),
            "Attente": _waits(),
            "Agents et appelants": _staff(),
            "Budget de l'année $year": budget_of_line(),
        },
        variables=[site(), lines(several=False), year()],
        pages=pages,
        since="now-12h",
        refresh="30s",
        incidents=True,
    )


def _rates() -> Panels:
    windows = [
        Shown(now("tocsin_lost_call_ratio", *LINE, window=window), WINDOWS[window], colour=colour, width=width)
        for window, (colour, width) in BY_WINDOW.items()
    ]
    return [
        curves(
            "Taux d'appels perdus",
            "Les appels perdus parmi ceux qui ont pris fin dans la fenêtre ; derrière, ce qui est habituel à cette "
            "heure de la semaine ; et la cible.",
            [
                *usual_lost(),
                *windows,
                Shown(TARGET, "cible", colour=REFERENCE, line="dotted"),
            ],
            size=(24, 9),
            unit=SHARE,
            empty=NO_CALL,
        ),
        curves(
            "Brut et corrigé, sur 1 h",
            "Le taux tel que compté, en tirets tant que le comptage est suspect, et le taux corrigé, là où l'on sait "
            "lequel croire : sans incident, les deux se confondent.",
            [
                *usual_lost(),
                Shown(now("tocsin_lost_call_ratio", *LINE, window="1h"), "brut", colour=SKY),
                *believed_lost(),
                Shown(TARGET, "cible", colour=REFERENCE, line="dotted"),
            ],
            size=(12, 9),
            unit=SHARE,
            empty=NO_CALL,
        ),
        curves(
            "Charge",
            "Les appels qui ont pris fin dans l'heure, ceux qui attendent, et derrière, ceux qui sont habituels à "
            "cette heure de la semaine : un taux sur peu d'appels dit peu.",
            [
                *usual_calls(),
                Shown(now("tocsin_calls_ended", *LINE, window="1h"), "terminés en 1 h", colour=BLUE),
                Shown(now("tocsin_calls_waiting", *LINE), "en attente", colour=VERMILION),
            ],
            size=(12, 9),
            unit=COUNT,
            empty=NO_CALL,
        ),
    ]


def _outcomes() -> Panels:
    outcomes = zip(OUTCOMES.items(), (SKY, VERMILION, BLUE, GREY), strict=True)
    return [
        bars(
            "Appels par issue",
            "Les appels par ce qu'ils sont devenus ; en tirets, les appels entrés.",
            [
                *(
                    Shown(
                        f"sum by (site, line) ({grown(f'tocsin_calls_{outcome}_total', *LINE, 'reason')})",
                        words,
                        colour=colour,
                    )
                    for (outcome, words), colour in outcomes
                ),
                Shown(grown("tocsin_calls_offered_total", *LINE), "entrés", colour=REFERENCE, line="dashed"),
            ],
            size=(12, 9),
            unit=COUNT,
            empty=NO_CALL,
        ),
        bars(
            "Appels perdus, par motif",
            "Les motifs que le taux officiel retient.",
            [Shown(grown("tocsin_calls_lost_total", *LINE, "reason"), "{{reason}}")],
            size=(6, 9),
            unit=COUNT,
            empty=NO_CALL,
            names=BY_REASON,
        ),
        bars(
            "Appels déviés, par motif",
            "Les appels partis ailleurs, ou finis pour un motif que le taux officiel laisse de côté.",
            [Shown(grown("tocsin_calls_diverted_total", *LINE, "reason"), "{{reason}}")],
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
                Shown(now("tocsin_call_wait_seconds_mean", *LINE, window="1h"), "moyenne", colour=GREEN, width=BOLD),
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
            f"sum by (le) ({grown('tocsin_call_wait_seconds_bucket', *LINE, 'outcome', 'le')})",
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
                    Shown(
                        now("tocsin_service_level_ratio", *LINE, window=window),
                        WINDOWS[window],
                        colour=colour,
                        width=width,
                    )
                    for window, (colour, width) in BY_WINDOW.items()
                ),
                Shown(now("tocsin_service_level_ratio_target", *LINE), "promis", colour=REFERENCE, line="dotted"),
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
                Shown(now("tocsin_lost_call_ratio_erlang", *LINE), "prévisible", colour=BLUE, line="dashed"),
                Shown(TARGET, "cible", colour=REFERENCE, line="dotted"),
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
                Shown(now("tocsin_call_wait_seconds_erlang", *LINE), "prévisible", colour=BLUE, line="dashed"),
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
                Shown(now("tocsin_call_agents_needed", *LINE), "nécessaires", colour=REFERENCE, line="dashed"),
            ],
            size=(8, 8),
            unit=AGENTS,
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
