"""The board on the wall: the present state of each line and counter, legible from five metres."""

from __future__ import annotations

from grafana_foundation_sdk.models.dashboard import Dashboard

from deploy.grafana.frame import board, lines, services, site
from deploy.grafana.tiles import line_figures, line_state, service_now, watch_now


def wall(pages: str) -> Dashboard:
    states = line_state("$line", size=(24, 5), text=(30, 44)).repeat("line").max_per_row(4)
    calls = line_figures("$line", size=(24, 13), text=(22, 60), upright=True).repeat("line").max_per_row(4)
    counters = service_now("$service", size=(20, 5), text=(22, 44)).repeat("service").repeat_direction("v")
    return board(
        "tocsin-wall",
        "The public served, now",
        "Each line and each counter, now: for the wall.",
        {"": [states, calls, counters, watch_now(size=(4, 5), text=(22, 44))]},
        variables=[site(), lines(several=True), services()],
        pages=pages,
        since="now-1h",
        refresh="15s",
    )
