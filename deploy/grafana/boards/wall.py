"""The board on the wall: how each line and counter is doing now, in figures that are read from five metres."""

from __future__ import annotations

from grafana_foundation_sdk.models.dashboard import Dashboard

from deploy.grafana.frame import board, lines, services, site
from deploy.grafana.tiles import line_now, service_now, watch_now

TEXT = 26


def wall(pages: str) -> Dashboard:
    """Return the board."""
    of_lines = line_now("$line", size=(24, 18), text=TEXT, upright=True).repeat("line").max_per_row(4)
    of_services = service_now("$service", size=(20, 7), text=TEXT).repeat("service").repeat_direction("v")
    return board(
        "tocsin-wall",
        "Accueil du public, maintenant",
        "Chaque ligne et chaque guichet, maintenant : à afficher au mur.",
        {"": [of_lines, of_services, watch_now(size=(4, 7), text=26)]},
        variables=[site(), lines(several=True), services()],
        pages=pages,
        since="now-1h",
        refresh="15s",
    )
