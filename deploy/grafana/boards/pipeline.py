"""The board of the pipeline: whether all events are counted, and the other boards are up to date."""

from __future__ import annotations

from typing import Final

from grafana_foundation_sdk.builders import common, table
from grafana_foundation_sdk.models.dashboard import Dashboard

from deploy.grafana.boards.quality import BY_RESULT
from deploy.grafana.colours import BLUE, GREEN, GREY, ORANGE, SKY, VERMILION
from deploy.grafana.frame import Panels, board, site
from deploy.grafana.panels import bars, curves, figures, rows
from deploy.grafana.queries import came, own
from deploy.grafana.shown import Shown
from deploy.grafana.tiles import FIRING, OFFICE, STALE, watch_now
from deploy.grafana.words import FLOWS, MOMENT, SECONDS, SEVERITY, UP

BY_FLOW: Final = {
    flow: (words, colour)
    for (flow, words), colour in zip(FLOWS.items(), (BLUE, GREY, ORANGE, GREEN, VERMILION, SKY), strict=True)
}
ANSWERS: Final = own('up{job=~"tocsin-.*"}')
LAG: Final = own("tocsin_consumer_lag")
PROGRESS: Final = own("tocsin_progress_age_seconds")
CHECKPOINT: Final = own("tocsin_checkpoint_age_seconds")
READ: Final = own("tocsin_board_read_timestamp_seconds")
CAPPED: Final = (  # counted early, twice or not at all, because states are bounded
    ("tocsin_calls_cut_total", "line", "calls closed unasked"),
    ("tocsin_tickets_cut_total", "service", "tickets closed unasked"),
    ("tocsin_calls_forgotten_total", "line", "calls forgotten"),
    ("tocsin_tickets_forgotten_total", "service", "tickets forgotten"),
    ("tocsin_requests_forgotten_total", "channel", "requests forgotten"),
    ("tocsin_calls_unwatched_total", "line", "calls not watched"),
    ("tocsin_reviews_unapplied_total", "line", "decisions without an incident"),
)


def pipeline(pages: str) -> Dashboard:
    return board(
        "tocsin-pipeline",
        "The pipeline",
        "Are incoming events counted without delay? If not, all other boards are out of date.",
        {"": [*_state(), _alerts()], "Lag": _delays(), "Events": _events()},
        variables=[site()],
        pages=pages,
        since="now-3h",
        refresh="30s",
    )


def _state() -> Panels:
    return [
        watch_now("Measuring", size=(4, 6), text=(16, 36)),
        rows(
            "Processes",
            "The workers and pages of Tocsin that Prometheus should reach, those that it does reach, and the time "
            "since each last counted an event and saved its position.",
            {"job": "Job", "instance": "Address"},
            [
                Shown(f"max by (job, instance) ({ANSWERS})", "State", mappings=UP),
                Shown(f"max by (job, instance) ({PROGRESS})", "Last progress", SECONDS),
                Shown(f"max by (job, instance) ({CHECKPOINT})", "Checkpoint", SECONDS),
            ],
            size=(10, 6),
        ),
        figures(
            "Now",
            "The events not counted yet, the events refused within the hour, and the age of the events that would "
            "be read again after a crash.",
            [
                Shown(f"sum(max by (topic, partition) ({LAG}))", "to be counted"),
                Shown(came("result", window="1h:", where='result="invalid"'), "refused in 1 h"),
                Shown(f"max({PROGRESS})", "last progress", SECONDS),
                Shown(f"max({CHECKPOINT})", "checkpoint", SECONDS),
                Shown(f"time() - max({READ})", "age of the pages", SECONDS),
            ],
            size=(10, 6),
            text=(16, 30),
        ),
    ]


def _alerts() -> table.Panel:
    since = f"ALERTS_FOR_STATE{{{OFFICE}}} * 1000 and ignoring (alertstate) ALERTS{{{FIRING}}}"
    return rows(
        "Firing alerts",
        "The alerts of the office and of Tocsin's processes, with the times at which their rules began to hold. The "
        "handbook has a section for each.",
        {"alertname": "Alert", "severity": "Severity", "label": "Line or counter", "instance": "Address"},
        [Shown(f"max by (alertname, severity, label, instance) ({since})", "Since", MOMENT)],
        size=(24, 6),
        empty="no firing alert known",
        words={"severity": SEVERITY},
    )


def _delays() -> Panels:
    return [
        figures(
            "Not counted correctly",
            "Unreadable states (listed by tocsin state list), partitions without a worker, and workers with "
            "different catalogues: see the handbook.",
            [
                Shown(f"sum({own('tocsin_states_refused')})", "states refused"),
                Shown(f"sum({own('tocsin_states_mended')})", "states taken from an earlier record"),
                Shown(f"max({own('tocsin_partitions_unread')})", "partitions not read"),
                Shown(f"max({own('tocsin_catalogues')})", "catalogues in use"),
                Shown(f"sum({own('tocsin_catalogue_refused')})", "offices' files refused"),
            ],
            size=(24, 4),
            text=(16, 30),
        ),
        curves(
            "Events to be counted, by flow",
            "The lag of the workers: events received but not counted yet.",
            [Shown(f"sum by (topic) (max by (topic, partition) ({LAG}))", "{{topic}}")],
            size=(12, 8),
            names=BY_FLOW,
        ),
        curves(
            "Age of the last progress and of the last checkpoint",
            f"For the worker with the greatest lag. After {STALE} s without progress the figures are out of date.",
            [
                Shown(f"max({PROGRESS})", "progress", colour=BLUE),
                Shown(f"max({CHECKPOINT})", "checkpoint", colour=ORANGE),
            ],
            size=(12, 8),
            unit=SECONDS,
        ),
    ]


def _events() -> Panels:
    seen = 'max by (source) (tocsin_source_last_event_timestamp_seconds{site="$site"})'
    return [
        bars(
            "Events, by result",
            "Accepted, already known, late, or rejected to the dead letters.",
            [Shown(came("result"), "{{result}}")],
            size=(12, 9),
            names=BY_RESULT,
        ),
        rows(
            "Sources",
            "The last event of each source, by its own clock, and how long it has been silent; the latest first.",
            {"source": "Source"},
            [
                Shown(f"{seen} * 1000", "Last event", MOMENT),
                Shown(f"time() - {seen}", "Silence", SECONDS),
            ],
            size=(12, 9),
        ).sort_by([common.TableSortByFieldState().display_name("Last event").desc(True)]),
        figures(
            "Limits of the memory, since the beginning",
            "Calls closed without an outcome for lack of memory, events that would count twice if repeated now, "
            "and events that the checks missed. Many closed calls mean that their outcomes never arrive.",
            [
                Shown(f'sum(max by (site, {subject}) ({metric}{{site="$site"}}))', words)
                for metric, subject, words in CAPPED
            ],
            size=(24, 5),
            text=(16, 30),
        ),
    ]
