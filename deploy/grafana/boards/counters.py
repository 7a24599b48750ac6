"""The board of the counters: tickets, waits, no-shows and pending requests."""

from __future__ import annotations

from typing import Final

from grafana_foundation_sdk.models.dashboard import Dashboard

from deploy.grafana.colours import BLUE, GREEN, ORANGE, REFERENCE, SKY, VERMILION
from deploy.grafana.frame import Panels, board, services, site
from deploy.grafana.panels import bars, curves, rows, spread
from deploy.grafana.queries import CHANNEL, SERVICE, grown, named, now
from deploy.grafana.shown import BOLD, THIN, Shown
from deploy.grafana.tiles import service_now
from deploy.grafana.words import SECONDS, SHARE, TICKETS

QUANTILES: Final = (("0.5", "median", BLUE), ("0.9", "90%", ORANGE), ("0.95", "95%", VERMILION))


def counters(pages: str) -> Dashboard:
    first = service_now("Now", size=(24, 5), text=(22, 44))
    return board(
        "tocsin-counters",
        "Counters and requests",
        "How many wait at the counters, how long, and the requests that are not dealt with.",
        {"$service": [first, *_waits(), *_tickets()], "Requests": _requests()},
        variables=[site(), services()],
        pages=pages,
        since="now-6h",
        refresh="30s",
    )


def _of(metric: str, name: str, colour: str, width: int | None = None, **where: str) -> Shown:
    return Shown(now(metric, *SERVICE, **where), name, colour=colour, width=width)


def _waits() -> Panels:
    return [
        curves(
            "Mean wait, over 1 h",
            "The wait of the tickets called within the hour, from issue to first call, beside the target; and the "
            "longest wait right now.",
            [
                _of("tocsin_ticket_wait_seconds_mean", "mean", BLUE, BOLD, window="1h"),
                Shown(now("tocsin_ticket_wait_seconds_target", *SERVICE), "target", colour=REFERENCE, line="dotted"),
                _of("tocsin_ticket_longest_wait_seconds", "the longest now", VERMILION, THIN),
            ],
            size=(12, 9),
            unit=SECONDS,
        ),
        curves(
            "Wait, over 1 h: median, 90% and 95%",
            "What half of the tickets, nine of ten and nineteen of twenty did not exceed.",
            [
                _of("tocsin_ticket_wait_seconds_quantile", name, colour, window="1h", quantile=share)
                for share, name, colour in QUANTILES
            ],
            size=(12, 9),
            unit=SECONDS,
        ),
        spread(
            "How waits are spread",
            "How many tickets waited as long: the darker, the more.",
            f"sum by (le) ({grown('tocsin_ticket_wait_seconds_bucket', *SERVICE, 'le')})",
            size=(12, 8),
            unit=SECONDS,
        ),
        curves(
            "Visitors, counters and tickets called",
            "How many wait for their first call, how many counters have called or served somebody in "
            "the last quarter of an hour, and how many tickets were called within the hour.",
            [
                _of("tocsin_tickets_waiting", "waiting", VERMILION),
                _of("tocsin_counters_open", "open counters", GREEN, window="15m"),
                _of("tocsin_tickets_called", "called in 1 h", BLUE, window="1h"),
            ],
            size=(12, 8),
        ),
    ]


def _tickets() -> Panels:
    outcomes = zip(TICKETS.items(), (SKY, VERMILION, ORANGE, BLUE), strict=True)
    return [
        bars(
            "Tickets by outcome",
            "What became of the tickets; dashed, the tickets issued.",
            [
                *(
                    Shown(grown(f"tocsin_tickets_{outcome}_total", *SERVICE), words, colour=colour)
                    for (outcome, words), colour in outcomes
                ),
                Shown(grown("tocsin_tickets_issued_total", *SERVICE), "issued", colour=REFERENCE, line="dashed"),
            ],
            size=(12, 8),
        ),
        curves(
            "Time at the counter, over 1 h",
            "The mean time at the counter, from being served to the end of the visit, of the tickets "
            "called within the hour.",
            [_of("tocsin_ticket_service_seconds_mean", "mean time", BLUE, window="1h")],
            size=(6, 8),
            unit=SECONDS,
        ),
        curves(
            "No-shows, over 1 d",
            "The share of the visitors who did not come when their ticket was called.",
            [_of("tocsin_ticket_no_show_ratio", "no-shows", VERMILION, window="1d")],
            size=(6, 8),
            unit=SHARE,
        ),
    ]


def _requests() -> Panels:
    def of(metric: str) -> str:
        return named(now(metric, *CHANNEL), CHANNEL)

    return [
        rows(
            "Requests",
            "The requests of each channel since the beginning: received, dealt with, pending, and overdue. A "
            "request that was dealt with but never received is a fault of the register.",
            {"site": "", "channel": "", "label": "Channel"},
            [
                Shown(of("tocsin_requests_received_total"), "Received"),
                Shown(of("tocsin_requests_answered_total"), "Dealt with"),
                Shown(of("tocsin_requests_pending"), "Waiting"),
                Shown(of("tocsin_requests_overdue"), "Overdue"),
                Shown(of("tocsin_requests_never_received"), "Never received"),
            ],
            size=(12, 9),
        ),
        curves(
            "Requests that wait and are overdue",
            "Pending and overdue requests, over all channels.",
            [
                Shown(f"sum({now('tocsin_requests_pending', *CHANNEL)})", "waiting", colour=BLUE),
                Shown(f"sum({now('tocsin_requests_overdue', *CHANNEL)})", "overdue", colour=VERMILION),
            ],
            size=(12, 9),
        ),
    ]
