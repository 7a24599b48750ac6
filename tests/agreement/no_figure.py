"""Surfaces that show no published rate, with reasons; a new surface must be listed here or among the surfaces."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

_ENDLESS: Final = "It runs until it is stopped, and shows what other surfaces here show."
_MOVES: Final = "It moves, checks or mends records, and tells how many."
_OWN: Final = "It reads files of its own, not the ledger: what it counts is tested with them."
_DECIDES: Final = "It decides; what that does to the figures is read from them."
_OF_NOW: Final = "It is of this moment, raw by its name; no published figure is made of it."
_USUAL: Final = "It is an expected value or a target. It counts nothing."
_SINCE_EVER: Final = "It counts, as told, from the first event on and of no period."
_PIPELINE: Final = "It is of the workers and their records, not of calls."
_ABOUT: Final = "It tells that something is known against a figure, or its parts; not the figure."
_BUDGET: Final = "It is a number of calls of the year's target; tested with what it is made of."

_REASONS: Final[Mapping[str, tuple[str, ...]]] = {
    _ENDLESS: ("command demo", "command board", "command notify"),
    _MOVES: (
        *("command ingest", "command check", "command topics", "command broker", "command dead-letters"),
        *("command audit", "command pseudonyms rotate", "command pseudonyms erase"),
        *("command state list", "command state show", "command state rebuild"),
        "command backup",
        "command restore",
    ),
    _OWN: ("command analyze", "command init", "command reconcile", "command simulate"),
    _DECIDES: (
        *("command review confirm", "command review dismiss", "command review reopen", "command review declare"),
        *("command review take", "command review erase", "page /declare", "command review answer"),
        *(f"{of} /door{way}" for of in ("page", "nation's page") for way in ("", "/oidc", "/oidc/back")),
    ),
    "It draws calls for a person to check; its bounds are those of the year's report.": ("command certify",),
    "It names incidents, with their evidence as it was when they were found.": (
        *("command review list", "command review show", "page /incidents/now"),
        *("page /api/v1/sites/{site}/incidents", "page /api/v1/sites/{site}/incidents/{id}"),
        *("nation's page /incidents", "nation's page /incidents/now"),
    ),
    "It names offices and their desks, or describes the addresses.": (
        *("page /api/v1/openapi.json", "page /api/v1/sites", "page /api/v1/sites/{site}"),
    ),
    "It asks about single calls, and takes the answers.": ("command review questions", "page /questions"),
    "It says whether the board is well.": ("page /healthz", "nation's page /healthz"),
    "It is about the pages.": ("page /accessibility", "nation's page /accessibility"),
    "It names the years that can be read.": ("page /years", "nation's page /years"),
    "It sends the parts of a page that is read here, or of a nation's, as they change.": (
        *("page /events", "nation's page /events"),
        *("nation's page /regions/{name}/events", "nation's page /departments/{name}/events"),
    ),
    "It shows the last hour of many offices: sums of what their own walls show.": (
        *("nation's page /", "nation's page /regions/{name}", "nation's page /departments/{name}"),
        "nation's page /metrics",
    ),
    "It is one of an office's pages, or sends the reader there.": (
        *("nation's page /sites/{site}", "nation's page /sites/{site}/{rest}"),
    ),
    _OF_NOW: (
        *("metric tocsin_lost_call_ratio", "metric tocsin_calls_ended", "metric tocsin_calls_waiting"),
        *("metric tocsin_call_longest_wait_seconds", "metric tocsin_call_wait_seconds_mean"),
        *("metric tocsin_call_wait_seconds_quantile", "metric tocsin_service_level_ratio"),
        *("metric tocsin_call_agents", "metric tocsin_call_occupancy_ratio", "metric tocsin_counters_open"),
        *("metric tocsin_tickets_called", "metric tocsin_tickets_waiting", "metric tocsin_ticket_longest_wait_seconds"),
        *("metric tocsin_ticket_wait_seconds_mean", "metric tocsin_ticket_wait_seconds_quantile"),
        *("metric tocsin_ticket_service_seconds_mean", "metric tocsin_ticket_no_show_ratio"),
        *("metric tocsin_requests_pending", "metric tocsin_requests_overdue", "metric tocsin_site_open"),
        "metric tocsin_lost_call_ratio_believed",
        "metric tocsin_called_again_ratio",
    ),
    _USUAL: (
        *("command forecast", "command staff"),
        *(
            "metric tocsin_call_agents_needed",
            "metric tocsin_calls_lost_over_target",
            "metric tocsin_call_wait_seconds_erlang",
        ),
        *("metric tocsin_lost_call_ratio_erlang", "metric tocsin_lost_call_ratio_expected"),
        *("metric tocsin_lost_call_ratio_target", "metric tocsin_service_level_ratio_target"),
        *("metric tocsin_ticket_wait_seconds_target", "metric tocsin_calls_offered_expected"),
        "page /week",
        *("metric tocsin_calls_forecast", "metric tocsin_tickets_forecast"),
        "metric tocsin_call_target_missed_ratio_forecast",
    ),
    _SINCE_EVER: (
        *("metric tocsin_call_talk_seconds", "metric tocsin_call_wait_seconds", "metric tocsin_ticket_wait_seconds"),
        *("metric tocsin_calls_answered_total", "metric tocsin_calls_diverted_total"),
        *(
            "metric tocsin_calls_unresolved_total",
            "metric tocsin_calls_overcounted",
            "metric tocsin_net_lost_caller_ratio",
        ),
        *("metric tocsin_tickets_issued_total", "metric tocsin_tickets_served_total"),
        *("metric tocsin_tickets_no_show_total", "metric tocsin_tickets_cancelled_total"),
        *("metric tocsin_tickets_transferred_total", "metric tocsin_requests_received_total"),
        *("metric tocsin_requests_answered_total", "metric tocsin_requests_never_received"),
        *("metric tocsin_witness_calls_total", "metric tocsin_witness_disputed_calls"),
        "metric tocsin_witness_unheard_calls",
    ),
    _ABOUT: (
        *("metric tocsin_across_offices", "metric tocsin_part_of_across", "metric tocsin_figure_withheld"),
        *("metric tocsin_incident_start_timestamp_seconds", "metric tocsin_incidents_total"),
        *(
            "metric tocsin_incident_taken",
            "metric tocsin_miscount_confirmed",
            "metric tocsin_miscount_suspected",
            "metric tocsin_overload",
        ),
        *("metric tocsin_quarantine", "metric tocsin_quarantined_slots", "metric tocsin_indicator_breaks"),
        *("metric tocsin_published_figures_broken", "metric tocsin_reviews_unapplied_total"),
    ),
    _BUDGET: (
        *("metric tocsin_lost_call_budget", "metric tocsin_lost_call_budget_elapsed_ratio"),
        *("metric tocsin_lost_call_budget_gone_timestamp_seconds", "metric tocsin_lost_call_budget_used_ratio"),
        "metric tocsin_year_elapsed_ratio",
    ),
    _PIPELINE: (
        *("metric tocsin_board_read_timestamp_seconds", "metric tocsin_calls_cut_total", "metric tocsin_line_info"),
        *("metric tocsin_calls_forgotten_total", "metric tocsin_calls_unwatched_total", "metric tocsin_service_info"),
        *("metric tocsin_catalogue_info", "metric tocsin_catalogue_refused", "metric tocsin_catalogues"),
        *("metric tocsin_channel_info", "metric tocsin_checkpoint_age_seconds", "metric tocsin_consumer_lag"),
        *("metric tocsin_events_total", "metric tocsin_partitions_unread", "metric tocsin_progress_age_seconds"),
        *("metric tocsin_requests_forgotten_total", "metric tocsin_site_info", "metric tocsin_states_mended"),
        *("metric tocsin_source_last_event_timestamp_seconds", "metric tocsin_states_refused"),
        *("metric tocsin_tickets_cut_total", "metric tocsin_tickets_forgotten_total", "metric tocsin_workers_away"),
    ),
}


def no_figure() -> Iterator[str]:
    """Yield the names of surfaces without a published rate."""
    for names in _REASONS.values():
        yield from names
