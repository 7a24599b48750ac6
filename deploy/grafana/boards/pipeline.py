"""The board of the pipeline: whether what is told is counted, and the figures on the other boards are those of now."""

from __future__ import annotations

from typing import Final

from grafana_foundation_sdk.models.dashboard import Dashboard

from deploy.grafana.boards.quality import BY_RESULT
from deploy.grafana.colours import BLUE, GREEN, GREY, ORANGE, SKY, VERMILION
from deploy.grafana.frame import Panels, board, site
from deploy.grafana.panels import bars, curves, figures, rows
from deploy.grafana.queries import came, own
from deploy.grafana.shown import Shown
from deploy.grafana.tiles import STALE, watch_now
from deploy.grafana.words import COUNT, FLOWS, MOMENT, SECONDS, UP

BY_FLOW: Final = {
    flow: (words, colour)
    for (flow, words), colour in zip(FLOWS.items(), (BLUE, GREY, ORANGE, GREEN, VERMILION, SKY), strict=True)
}
ANSWERS: Final = own('up{job=~"tocsin-.*"}')
LAG: Final = own("tocsin_consumer_lag")
PROGRESS: Final = own("tocsin_progress_age_seconds")
CHECKPOINT: Final = own("tocsin_checkpoint_age_seconds")
READ: Final = own("tocsin_board_read_timestamp_seconds")
CAPPED: Final = (  # what is counted early or twice, or not looked at, as no state grows without end
    ("tocsin_calls_cut_total", "line", "appels clos d'office"),
    ("tocsin_tickets_cut_total", "service", "tickets clos d'office"),
    ("tocsin_calls_forgotten_total", "line", "appels oubliés"),
    ("tocsin_tickets_forgotten_total", "service", "tickets oubliés"),
    ("tocsin_requests_forgotten_total", "channel", "demandes oubliées"),
    ("tocsin_calls_unwatched_total", "line", "appels non vérifiés"),
    ("tocsin_reviews_unapplied_total", "line", "décisions sans incident"),
)


def pipeline(pages: str) -> Dashboard:
    """Return the board."""
    return board(
        "tocsin-pipeline",
        "La chaîne de mesure",
        "Ce qui est reçu est-il compté, et sans retard ? Sinon, aucun autre tableau ne dit ce qui se passe maintenant.",
        {"": _state(), "Retard": _delays(), "Événements": _events()},
        variables=[site()],
        pages=pages,
        since="now-3h",
        refresh="30s",
    )


def _state() -> Panels:
    return [
        watch_now(size=(4, 6), text=(16, 36)),
        rows(
            "Processus",
            "Les workers et les pages de Tocsin que Prometheus doit atteindre, ceux qu'il atteint, et depuis quand "
            "chacun a compté un événement et noté où il en est.",
            {"job": "Tâche", "instance": "Adresse"},
            [
                Shown(f"max by (job, instance) ({ANSWERS})", "État", mappings=UP),
                Shown(f"max by (job, instance) ({PROGRESS})", "Dernier progrès", SECONDS),
                Shown(f"max by (job, instance) ({CHECKPOINT})", "Point de reprise", SECONDS),
            ],
            size=(10, 6),
            unit=COUNT,
        ),
        figures(
            "Maintenant",
            "Les événements qui restent à compter, ceux qui ont été rejetés dans l'heure, et l'âge de ce qui serait "
            "relu après une panne.",
            [
                Shown(f"sum(max by (topic, partition) ({LAG}))", "à compter"),
                Shown(came("result", window="1h:", where='result="invalid"'), "rejetés en 1 h"),
                Shown(f"max({PROGRESS})", "dernier progrès", SECONDS),
                Shown(f"max({CHECKPOINT})", "point de reprise", SECONDS),
                Shown(f"time() - max({READ})", "âge des pages", SECONDS),
            ],
            size=(10, 6),
            unit=COUNT,
            text=(16, 30),
        ),
    ]


def _delays() -> Panels:
    return [
        figures(
            "Ce qui n'est pas compté comme il faut",
            "Des états illisibles (tocsin state list les nomme), des partitions que personne ne lit, et des workers "
            "qui comptent selon des catalogues différents : le manuel dit quoi faire.",
            [
                Shown(f"sum({own('tocsin_states_refused')})", "états refusés"),
                Shown(f"sum({own('tocsin_states_mended')})", "états repris d'un point antérieur"),
                Shown(f"max({own('tocsin_partitions_unread')})", "partitions non lues"),
                Shown(f"max({own('tocsin_catalogues')})", "catalogues en service"),
            ],
            size=(24, 4),
            unit=COUNT,
            text=(16, 30),
        ),
        curves(
            "Événements à compter, par flux",
            "Le retard des workers : ce qui a été reçu et n'est pas encore compté.",
            [Shown(f"sum by (topic) (max by (topic, partition) ({LAG}))", "{{topic}}")],
            size=(12, 8),
            unit=COUNT,
            names=BY_FLOW,
        ),
        curves(
            "Âge du dernier progrès et du dernier point de reprise",
            f"Du worker le plus en retard. Au-delà de {STALE} s sans progrès, les chiffres ne "
            "sont plus ceux de maintenant.",
            [
                Shown(f"max({PROGRESS})", "progrès", colour=BLUE),
                Shown(f"max({CHECKPOINT})", "point de reprise", colour=ORANGE),
            ],
            size=(12, 8),
            unit=SECONDS,
        ),
    ]


def _events() -> Panels:
    seen = f"max by (source) ({own('tocsin_source_last_event_timestamp_seconds')})"
    return [
        bars(
            "Événements, par résultat",
            "Retenus, déjà connus, arrivés après coup, ou rejetés vers les lettres mortes.",
            [Shown(came("result"), "{{result}}")],
            size=(12, 9),
            unit=COUNT,
            names=BY_RESULT,
        ),
        rows(
            "Sources",
            "Le dernier événement de chaque source, à sa propre horloge, et depuis combien de temps elle se tait.",
            {"source": "Source"},
            [
                Shown(f"{seen} * 1000", "Dernier événement", MOMENT),
                Shown(f"time() - {seen}", "Silence", SECONDS),
            ],
            size=(12, 9),
            unit=COUNT,
        ),
        figures(
            "Limites de la mémoire, depuis le début",
            "Ce qui a été clos avant son issue, faute de place, ce qui compterait de nouveau s'il était répété "
            "maintenant, et ce que les contrôles n'ont pas vu. Beaucoup d'appels clos d'office : leur issue n'arrive "
            "jamais.",
            [
                Shown(f'sum(max by (site, {subject}) ({metric}{{site="$site"}}))', words)
                for metric, subject, words in CAPPED
            ],
            size=(24, 5),
            unit=COUNT,
            text=(16, 30),
        ),
    ]
