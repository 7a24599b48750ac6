"""The board of the counting's quality: what is suspected, since when, and what was to be expected."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from grafana_foundation_sdk.models.dashboard import Dashboard, DashboardLink

from agents.pages.withheld import REASONS
from deploy.grafana.colours import BLUE, DOUBT, ORANGE, REFERENCE, SKY, VERMILION
from deploy.grafana.curves import believed_lost, usual_lost
from deploy.grafana.frame import Panels, board, lines, site
from deploy.grafana.panels import bars, curves, levels, rows, states
from deploy.grafana.queries import LINE, came, grown, named, now
from deploy.grafana.shown import Shown
from deploy.grafana.words import (
    COUNT,
    COUNTING,
    FLOW,
    HOURS,
    KIND,
    MOMENT,
    NO_CALL,
    RESULTS,
    SHARE,
    VERDICT,
    WITHHELD,
    YES,
)

INCIDENT: Final = (*LINE, "verdict", "kind")
SLOTS_AN_HOUR: Final = 4
BY_RESULT: Final = {
    result: (words, colour)
    for (result, words), colour in zip(RESULTS.items(), (SKY, BLUE, ORANGE, VERMILION), strict=True)
}

WITNESSED: Final = {
    "matched": "concordants",
    "only_here": "absents du second",
    "only_there": "du second seul",
    "contradicted": "dits autrement",
    "uncovered": "second muet",
}


def grown_in_range(result: str) -> str:
    """Return by how much the calls of a result of the second record grew in the time that is shown."""
    return grown("tocsin_witness_calls_total", *LINE, window="$__range", result=result)


def quality(pages: str) -> Dashboard:
    """Return the board."""
    return board(
        "tocsin-quality",
        "La qualité du comptage",
        "Est-ce la ligne qui va mal, ou son comptage ? Les incidents, ce qui était attendu, et ce qui a été rejeté.",
        {
            "": _incidents(),
            "Le taux brut et ce qui était attendu": _rates(),
            "Événements et relevés": _events(),
        },
        variables=[site(), lines(several=True)],
        pages=pages,
        since="now-7d",
        refresh="1m",
    )


def _incidents() -> Panels:
    keys = {"label": "Ligne", "verdict": "Verdict", "kind": "Nature", "line": "", "site": ""}
    words = {"verdict": VERDICT, "kind": KIND}
    evidence = DashboardLink(
        "Les preuves, et comment décider", url="${pages}/incidents?line=${__data.fields.line}", target_blank=True
    )
    verdicts = (
        f"({now('tocsin_miscount_suspected', *LINE)} == 1) * 2",
        f"{now('tocsin_overload', *LINE)} == 1",
        f"{now('tocsin_line_info', *LINE)} * 0",
    )
    return [
        rows(
            "Incidents en cours",
            "Ce qui est suspecté ou réel maintenant, et depuis quand. Un clic sur la date ouvre les preuves, dans les "
            "pages de Tocsin, et la commande par laquelle une personne confirme ou écarte un incident.",
            keys,
            [
                Shown(
                    named(f"{now('tocsin_incident_start_timestamp_seconds', *INCIDENT)} * 1000"),
                    "Depuis le",
                    MOMENT,
                    link=evidence,
                ),
                Shown(_miscounts("tocsin_quarantine"), "Appels écartés ou recomptés", mappings=YES),
                Shown(_miscounts("tocsin_miscount_confirmed"), "Confirmé", mappings=YES),
            ],
            size=(14, 8),
            unit=COUNT,
            empty="aucun incident",
            words=words,
        ),
        levels(
            "Neutralisé",
            "Les heures d'ouverture qu'une erreur de comptage écarte de la valeur corrigée.",
            [Shown(named(f"{now('tocsin_quarantined_slots', *LINE)} / {SLOTS_AN_HOUR}"), "{{label}}", colour=DOUBT)],
            size=(10, 8),
            unit=HOURS,
        ),
        states(
            "Ce que dit la surveillance",
            "L'état de chaque ligne au fil du temps. Une surcharge réelle est un fait ; une erreur de comptage reste "
            "un soupçon tant que personne ne l'a confirmée.",
            [Shown(named(" or ".join(verdicts)), "{{label}}")],
            size=(12, 8),
            mappings=COUNTING,
        ),
        rows(
            "Incidents signalés depuis le début",
            "Combien d'incidents ont été signalés, par verdict et nature ; un incident jugé de nouveau compte dans les "
            "deux.",
            keys,
            [Shown(named(now("tocsin_incidents_total", *INCIDENT)), "Incidents")],
            size=(12, 8),
            unit=COUNT,
            empty="aucun incident",
            words=words,
        ),
        states(
            "Valeur corrigée",
            "Si le taux corrigé de chaque ligne est publié, et sinon pourquoi : la valeur brute est alors suspecte.",
            [Shown(named(" + ".join(_withheld())), "{{label}}")],
            size=(24, 6),
            mappings=WITHHELD,
        ),
    ]


def _withheld() -> Iterator[str]:
    """Yield each reason why figures are withheld, as its number where it holds, else 0."""
    for code, reason in enumerate(REASONS, 1):
        yield f"{now('tocsin_figure_withheld', *LINE, reason=reason)} * {code}"


def _miscounts(metric: str) -> str:
    """Return what is so of each kind of miscount that goes on: 0 or 1."""
    going_on = now("tocsin_incident_start_timestamp_seconds", *INCIDENT, verdict="miscount")
    return named(f"{going_on} * 0 + on (site, line, kind) group_left () {now(metric, *LINE, 'kind')}")


def _rates() -> Panels:
    return [
        curves(
            "$line",
            "Le taux d'appels perdus tel que compté, en tirets tant que le comptage est suspect ; le taux corrigé, là "
            "où l'on sait lequel croire ; derrière, ce qui est habituel à cette heure de la semaine ; et la cible.",
            [
                *usual_lost(),
                Shown(now("tocsin_lost_call_ratio", *LINE, window="1h"), "brut, sur 1 h", colour=SKY),
                Shown(now("tocsin_lost_call_ratio", *LINE, window="1d"), "brut, sur 1 j", colour=ORANGE),
                *believed_lost(),
                Shown(now("tocsin_lost_call_ratio_target", *LINE), "cible", colour=REFERENCE, line="dotted"),
            ],
            size=(24, 8),
            unit=SHARE,
            empty=NO_CALL,
        )
        .repeat("line")
        .max_per_row(2)
    ]


def _events() -> Panels:
    def became(result: str) -> Shown:
        grown = came("topic", window="$__range:$__interval", where=f'result="{result}"')
        return Shown(grown, RESULTS[result].capitalize())

    return [
        rows(
            "Événements, par flux",
            "Ce que sont devenus les événements reçus pendant la période affichée : retenus, déjà connus, arrivés "
            "après coup, ou rejetés vers les lettres mortes.",
            {"topic": "Flux"},
            [became(result) for result in RESULTS],
            size=(12, 8),
            unit=COUNT,
            words={"topic": FLOW},
        ),
        bars(
            "Relevés du logiciel de comptage",
            "Les relevés reçus : sans eux, personne ne contredit les événements.",
            [Shown(came("result", where='topic=~".*line-readings"'), "{{result}}")],
            size=(12, 8),
            unit=COUNT,
            empty="aucun relevé",
            names=BY_RESULT,
        ),
        rows(
            "Second relevé des appels",
            "Pour les lignes qui en ont un : les appels que les deux relevés disent de même, ceux qu'un seul connaît, "
            "ceux qu'ils disent autrement, et ceux pendant lesquels le second se taisait. Puis, maintenant : les "
            "appels que les incidents en cours mettent en litige, et ceux de la ligne depuis que le second se tait.",
            {"label": "Ligne", "line": "", "site": ""},
            [
                *(Shown(named(grown_in_range(result)), words) for result, words in WITNESSED.items()),
                Shown(named(now("tocsin_witness_disputed_calls", *LINE)), "en litige"),
                Shown(named(now("tocsin_witness_unheard_calls", *LINE)), "depuis qu'il se tait"),
            ],
            size=(24, 6),
            unit=COUNT,
            empty="aucun second relevé",
        ),
    ]
