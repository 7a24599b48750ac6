"""How a line, a counter service and the watch itself are doing now: on the wall, and at the top of their own boards."""

from __future__ import annotations

from typing import Final

from grafana_foundation_sdk.builders import stat
from grafana_foundation_sdk.models.dashboard import DashboardLink

from deploy.grafana.colours import MISSED
from deploy.grafana.panels import Shown, figures
from deploy.grafana.queries import LINE, SERVICE, met, missed, named, now
from deploy.grafana.words import COUNT, FRESH, NO_CALL, NO_TICKET, SECONDS, SHARE, STATE, absent

STALE: Final = 120  # seconds without progress after which the figures are not those of now

_OPEN: Final = f"on (site) group_left {now('tocsin_site_open', 'site')}"


def line_now(title: str, *, size: tuple[int, int], text: int = 16, upright: bool = False) -> stat.Panel:
    """Return a line's state, lost calls, waits and service level."""
    lost, target = now("tocsin_lost_call_ratio", *LINE, window="1h"), now("tocsin_lost_call_ratio_target", *LINE)
    level = now("tocsin_service_level_ratio", *LINE, window="1h")
    least = now("tocsin_service_level_ratio_target", *LINE)
    states = (  # the gravest first: what is not counted right says nothing of callers
        f"({now('tocsin_miscount_suspected', *LINE)} == 1) * 3",
        f"({now('tocsin_overload', *LINE)} == 1) * 2",
        f"{now('tocsin_line_info', *LINE)} * {_OPEN}",
    )
    detail = DashboardLink("La ligne en détail", url="/d/tocsin-line?var-site=${site}&var-line=${__field.labels.line}")
    return figures(
        title,
        "L'état de la ligne, ses appels perdus et répondus à temps de la dernière heure en regard de leur cible, "
        "et ceux qui attendent maintenant. Une erreur de comptage suspectée passe avant le reste.",
        [
            Shown(named(" or ".join(states)), "{{label}}", mappings=STATE, link=detail),
            Shown(named(met(lost, target)), "Perdus en 1 h", SHARE, mappings=absent(NO_CALL)),
            Shown(named(missed(lost, target)), "Perdus en 1 h : cible manquée", SHARE, MISSED),
            Shown(named(now("tocsin_calls_waiting", *LINE)), "En attente"),
            Shown(named(now("tocsin_call_longest_wait_seconds", *LINE)), "Plus longue attente", SECONDS),
            Shown(named(met(level, least, least=True)), "Répondus à temps en 1 h", SHARE, mappings=absent(NO_CALL)),
            Shown(named(missed(level, least, least=True)), "Répondus à temps : trop peu", SHARE, MISSED),
        ],
        size=size,
        unit=COUNT,
        empty=NO_CALL,
        text=text,
        upright=upright,
    )


def service_now(title: str, *, size: tuple[int, int], text: int = 16) -> stat.Panel:
    """Return a counter service's state, waits and counters."""
    wait = now("tocsin_ticket_wait_seconds_mean", *SERVICE, window="1h")
    target = now("tocsin_ticket_wait_seconds_target", *SERVICE)
    detail = DashboardLink(
        "Les guichets en détail", url="/d/tocsin-counters?var-site=${site}&var-service=${__field.labels.service}"
    )

    def of(expr: str) -> str:
        return named(expr, SERVICE)

    return figures(
        title,
        "Ceux qui attendent au guichet maintenant, l'attente moyenne des tickets appelés dans la dernière heure en "
        "regard de sa cible, et les guichets qui ont appelé ou servi quelqu'un depuis un quart d'heure.",
        [
            Shown(of(f"{now('tocsin_service_info', *SERVICE)} * {_OPEN}"), "{{label}}", mappings=STATE, link=detail),
            Shown(of(now("tocsin_tickets_waiting", *SERVICE)), "En attente"),
            Shown(of(now("tocsin_ticket_longest_wait_seconds", *SERVICE)), "Plus longue attente", SECONDS),
            Shown(of(met(wait, target, SERVICE)), "Attente moyenne en 1 h", SECONDS, mappings=absent(NO_TICKET)),
            Shown(of(missed(wait, target, SERVICE)), "Attente moyenne : cible manquée", SECONDS, MISSED),
            Shown(of(now("tocsin_counters_open", *SERVICE, window="15m")), "Guichets ouverts"),
        ],
        size=size,
        unit=COUNT,
        empty=NO_TICKET,
        text=text,
    )


def watch_now(*, size: tuple[int, int], text: int = 16) -> stat.Panel:
    """Return whether the figures are those of now."""
    late = f"max(tocsin_progress_age_seconds) > bool {STALE}"
    detail = DashboardLink("La chaîne de mesure", url="/d/tocsin-pipeline?var-site=${site}")
    return figures(
        "Mesure",
        f"À jour, si chaque événement reçu est compté dans les {STALE // 60} minutes. Sinon, les chiffres de cet "
        "écran ne sont pas ceux de maintenant.",
        [Shown(late, "Chiffres", mappings=FRESH, link=detail)],
        size=size,
        unit=COUNT,
        text=text,
    )
