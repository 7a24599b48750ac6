"""The board on the wall: the present state of each line and counter, legible from four metres.

On a 55-inch screen of 1920 x 1080 px, the capitals of 42 px letters span 16 minutes of arc from there, the least that
is read with ease. Eight lines and four counters fit; with four lines and four counters there is room for the curves
below them.
"""

from __future__ import annotations

from typing import Final

from grafana_foundation_sdk.models.dashboard import Dashboard

from deploy.grafana.frame import board, lines, services, site
from deploy.grafana.tiles import alerts_now, demand, line_tile, service_now, watch_now

TEXT: Final = (42, 44)  # px, of names and figures; larger words would not fit into a quarter of the screen


def wall(pages: str) -> Dashboard:
    calls = line_tile(size=(24, 8), text=TEXT).repeat("line").max_per_row(4)
    counters = service_now("", size=(24, 8), text=TEXT, upright=True).repeat("service").max_per_row(4)
    counters.no_value("no known counter")  # an office may have none
    curves = demand(size=(24, 8), text=TEXT)
    return board(
        "tocsin-wall",
        "The public served, now",
        "Each line and each counter, now: for the wall.",
        {"": [watch_now(size=(6, 2), text=TEXT), alerts_now(size=(18, 2), text=TEXT), calls, counters, curves]},
        variables=[site(), lines(several=True), services()],
        pages=pages,
        since="now-6h",
        refresh="15s",
    )
