"""The board of the counters: their tickets, waits and visitors who did not come, and the requests that are pending."""

from __future__ import annotations

from typing import Final

from grafana_foundation_sdk.models.dashboard import Dashboard

from deploy.grafana.colours import BLUE, GREY, ORANGE, SKY, VERMILION
from deploy.grafana.frame import Panels, board, services, site
from deploy.grafana.panels import Shown, bars, curves, rows, spread
from deploy.grafana.queries import CHANNEL, SERVICE, grown, named, now
from deploy.grafana.tiles import service_now
from deploy.grafana.words import COUNT, NO_TICKET, SECONDS, SHARE, TICKETS

QUANTILES: Final = (("0.5", "médiane"), ("0.9", "90 %"), ("0.95", "95 %"))


def counters(pages: str) -> Dashboard:
    """Return the board."""
    tiles = service_now("$service", size=(24, 5)).repeat("service").repeat_direction("v")
    return board(
        "tocsin-counters",
        "Les guichets et les demandes",
        "Combien attendent aux guichets, combien de temps, et les demandes qui ne sont pas traitées.",
        {"": [tiles], "Attente": _waits(), "Tickets": _tickets(), "Demandes": _requests()},
        variables=[site(), services()],
        pages=pages,
        since="now-12h",
        refresh="30s",
    )


def _of(metric: str, name: str, *, colour: str | None = None, dashed: bool = False, **where: str) -> Shown:
    return Shown(named(now(metric, *SERVICE, **where), SERVICE), f"{{{{label}}}} : {name}", None, colour, dashed=dashed)


def _waits() -> Panels:
    return [
        curves(
            "Attente moyenne, sur 1 h",
            "L'attente des tickets appelés dans l'heure, de la remise du ticket au premier appel, en regard de la "
            "cible ; et celle de qui attend le plus maintenant.",
            [
                _of("tocsin_ticket_wait_seconds_mean", "moyenne", window="1h"),
                _of("tocsin_ticket_wait_seconds_target", "cible", dashed=True, colour=GREY),
                _of("tocsin_ticket_longest_wait_seconds", "la plus longue maintenant"),
            ],
            size=(12, 9),
            unit=SECONDS,
            empty=NO_TICKET,
        ),
        curves(
            "Attente, sur 1 h : médiane, 90 % et 95 %",
            "Ce que la moitié, neuf tickets sur dix et dix-neuf sur vingt n'ont pas dépassé.",
            [
                _of("tocsin_ticket_wait_seconds_quantile", name, window="1h", quantile=share)
                for share, name in QUANTILES
            ],
            size=(12, 9),
            unit=SECONDS,
            empty=NO_TICKET,
        ),
        spread(
            "Répartition des attentes",
            "Combien de tickets ont attendu aussi longtemps : plus c'est foncé, plus il y en a.",
            grown("tocsin_ticket_wait_seconds_bucket", "le", of=SERVICE),
            size=(12, 8),
            unit=SECONDS,
            empty=NO_TICKET,
        ),
        curves(
            "Visiteurs, guichets et tickets appelés",
            "Combien attendent leur premier appel, combien de guichets ont appelé ou servi quelqu'un depuis un quart "
            "d'heure, et combien de tickets ont été appelés dans l'heure.",
            [
                _of("tocsin_tickets_waiting", "en attente"),
                _of("tocsin_counters_open", "guichets ouverts", window="15m"),
                _of("tocsin_tickets_called", "appelés en 1 h", window="1h"),
            ],
            size=(12, 8),
            unit=COUNT,
            empty=NO_TICKET,
        ),
    ]


def _tickets() -> Panels:
    outcomes = zip(TICKETS.items(), (BLUE, VERMILION, ORANGE, SKY), strict=True)
    return [
        bars(
            "Tickets par issue",
            "Ce que les tickets sont devenus ; en tirets, les tickets remis.",
            [
                *(
                    Shown(grown(f"tocsin_tickets_{outcome}_total", "site", of=SERVICE), words, colour=colour)
                    for (outcome, words), colour in outcomes
                ),
                Shown(grown("tocsin_tickets_issued_total", "site", of=SERVICE), "remis", colour=GREY, dashed=True),
            ],
            size=(12, 8),
            unit=COUNT,
            empty=NO_TICKET,
        ),
        curves(
            "Temps au guichet, sur 1 h",
            "La durée moyenne au guichet, de l'accueil à la fin de la visite, des tickets appelés dans l'heure.",
            [_of("tocsin_ticket_service_seconds_mean", "durée moyenne", window="1h")],
            size=(6, 8),
            unit=SECONDS,
            empty=NO_TICKET,
        ),
        curves(
            "Absents à l'appel, sur 1 j",
            "La part des visiteurs qui ne sont pas venus quand leur ticket a été appelé, ou qui attendaient encore "
            "à la fermeture.",
            [_of("tocsin_ticket_no_show_ratio", "absents", window="1d")],
            size=(6, 8),
            unit=SHARE,
            empty=NO_TICKET,
        ),
    ]


def _requests() -> Panels:
    def of(metric: str) -> str:
        return named(now(metric, *CHANNEL), CHANNEL)

    return [
        rows(
            "Demandes",
            "Les demandes de chaque canal depuis le début : reçues, traitées, en attente, et celles en attente au-delà "
            "de leur délai. Une demande traitée sans avoir été reçue est un défaut du registre.",
            {"site": "", "channel": "", "label": "Canal"},
            [
                Shown(of("tocsin_requests_received_total"), "Reçues"),
                Shown(of("tocsin_requests_answered_total"), "Traitées"),
                Shown(of("tocsin_requests_pending"), "En attente"),
                Shown(of("tocsin_requests_overdue"), "En retard"),
                Shown(of("tocsin_requests_never_received"), "Jamais reçues"),
            ],
            size=(12, 9),
            unit=COUNT,
            empty="aucune demande",
        ),
        curves(
            "Demandes en retard",
            "Les demandes en attente au-delà de leur délai, des canaux qui en ont un.",
            [Shown(of("tocsin_requests_overdue"), "{{label}}")],
            size=(12, 9),
            unit=COUNT,
            empty="aucune demande",
        ),
    ]
