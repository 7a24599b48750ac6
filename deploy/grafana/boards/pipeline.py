"""The board of the pipeline: whether what is told is counted, and the figures on the other boards are those of now."""

from __future__ import annotations

from typing import Final

from grafana_foundation_sdk.models.dashboard import Dashboard

from deploy.grafana.boards.quality import BY_RESULT
from deploy.grafana.frame import Panels, board, site
from deploy.grafana.panels import Shown, bars, curves, figures, rows
from deploy.grafana.tiles import STALE, watch_now
from deploy.grafana.words import COUNT, MOMENT, SECONDS, UP

CAPPED: Final = (  # what is counted early or twice, as no state grows without end
    ("tocsin_calls_cut_total", "line", "appels clos d'office"),
    ("tocsin_tickets_cut_total", "service", "tickets clos d'office"),
    ("tocsin_calls_forgotten_total", "line", "appels oubliés"),
    ("tocsin_tickets_forgotten_total", "service", "tickets oubliés"),
    ("tocsin_requests_forgotten_total", "channel", "demandes oubliées"),
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
        watch_now(size=(4, 6)),
        rows(
            "Processus",
            "Les workers et les pages de Tocsin que Prometheus doit atteindre, et ceux qu'il atteint.",
            {"job": "Tâche", "instance": "Adresse"},
            [Shown('max by (job, instance) (up{job=~"tocsin-.*"})', "État", mappings=UP)],
            size=(8, 6),
            unit=COUNT,
        ),
        figures(
            "Maintenant",
            "Les événements qui restent à compter, ceux qui ont été rejetés dans l'heure, et l'âge de ce qui serait "
            "relu après une panne.",
            [
                Shown("sum(max by (topic, partition) (tocsin_consumer_lag))", "à compter"),
                Shown('sum(increase(tocsin_events_total{result="invalid"}[1h]))', "rejetés en 1 h"),
                Shown("max(tocsin_progress_age_seconds)", "dernier progrès", SECONDS),
                Shown("max(tocsin_checkpoint_age_seconds)", "dernier point de reprise", SECONDS),
                Shown("time() - max(tocsin_board_read_timestamp_seconds)", "pages relues il y a", SECONDS),
            ],
            size=(12, 6),
            unit=COUNT,
        ),
    ]


def _delays() -> Panels:
    return [
        curves(
            "Événements à compter, par flux",
            "Le retard des workers : ce qui a été reçu et n'est pas encore compté.",
            [Shown("sum by (topic) (max by (topic, partition) (tocsin_consumer_lag))", "{{topic}}")],
            size=(12, 8),
            unit=COUNT,
        ),
        curves(
            "Âge du dernier progrès et du dernier point de reprise",
            f"Par worker. Au-delà de {STALE} s sans progrès, les chiffres ne sont plus ceux de maintenant.",
            [
                Shown("tocsin_progress_age_seconds", "{{instance}} : progrès"),
                Shown("tocsin_checkpoint_age_seconds", "{{instance}} : point de reprise"),
            ],
            size=(12, 8),
            unit=SECONDS,
        ),
    ]


def _events() -> Panels:
    seen = "max by (source) (tocsin_source_last_event_timestamp_seconds)"
    return [
        bars(
            "Événements, par résultat",
            "Retenus, déjà connus, arrivés après coup, ou rejetés vers les lettres mortes.",
            [Shown("sum by (result) (increase(tocsin_events_total[$__interval]))", "{{result}}")],
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
            "Ce qui a été clos avant son issue, faute de place, et ce qui compterait de nouveau s'il était répété "
            "maintenant. Beaucoup d'appels clos d'office : leur issue n'arrive jamais.",
            [
                Shown(f'sum(max by (site, {subject}) ({metric}{{site="$site"}}))', words)
                for metric, subject, words in CAPPED
            ],
            size=(24, 5),
            unit=COUNT,
        ),
    ]
