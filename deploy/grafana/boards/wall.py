"""The board on the wall: the present state of each line and counter, legible from four metres.

On a 55-inch screen, 36 px span 14 minutes of arc from there, and 38 px span 15. Eight lines and four counters fit in
1920 x 1080 px.
"""

from __future__ import annotations

from typing import Final

from grafana_foundation_sdk.models.dashboard import Dashboard

from deploy.grafana.frame import board, lines, services, site
from deploy.grafana.tiles import alerts_now, line_tile, service_now, watch_now

TEXT: Final = (36, 38)  # px; larger words would wrap beside Grafana's menu, which takes 300 px


def wall(pages: str) -> Dashboard:
    calls = line_tile(size=(24, 8), text=TEXT).repeat("line").max_per_row(4)
    counters = service_now("", size=(24, 8), text=TEXT, upright=True).repeat("service").max_per_row(4)
    return board(
        "tocsin-wall",
        "The public served, now",
        "Each line and each counter, now: for the wall.",
        {"": [watch_now(size=(6, 2), text=TEXT), alerts_now(size=(18, 2), text=TEXT), calls, counters]},
        variables=[site(), lines(several=True), services()],
        pages=pages,
        since="now-1h",
        refresh="15s",
    )
