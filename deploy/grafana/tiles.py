"""How a line, a counter service and the watch itself are doing now: on the wall, and at the top of their own boards."""

from __future__ import annotations

from typing import Final

from grafana_foundation_sdk.builders import stat
from grafana_foundation_sdk.models.dashboard import DashboardLink

from deploy.grafana.colours import MISSED
from deploy.grafana.panels import figures
from deploy.grafana.queries import LINE, SERVICE, met, missed, named, now, own
from deploy.grafana.shown import Shown
from deploy.grafana.words import COUNT, FRESH, NO_CALL, NO_TICKET, SECONDS, SHARE, STATE, absent

STALE: Final = 120  # seconds without progress after which the figures are not those of now

_OPEN: Final = f"on (site) group_left {now('tocsin_site_open', 'site')}"


def line_state(title: str, *, size: tuple[int, int], text: tuple[int, int]) -> stat.Panel:
    """Return whether a line is open, overloaded or counted wrong."""
    states = (  # the gravest first: what is not counted right says nothing of callers
        f"({now('tocsin_miscount_suspected', *LINE)} == 1) * 3",
        f"({now('tocsin_overload', *LINE)} == 1) * 2",
        f"{now('tocsin_line_info', *LINE)} * {_OPEN}",
    )
    detail = DashboardLink("La ligne en détail", url="/d/tocsin-line?var-site=${site}&var-line=${__field.labels.line}")
    return figures(
        title,
        "La ligne est-elle ouverte ? Une surcharge réelle est un fait ; un comptage suspect passe avant tout le reste, "
        "car ses chiffres ne disent alors rien des appelants.",
        [Shown(named(" or ".join(states)), "{{label}}", mappings=STATE, link=detail)],
        size=size,
        unit=COUNT,
        text=text,
    )


def line_figures(title: str, *, size: tuple[int, int], text: tuple[int, int], upright: bool = False) -> stat.Panel:
    """Return a line's lost calls, waits and service level."""
    lost, target = now("tocsin_lost_call_ratio", *LINE, window="1h"), now("tocsin_lost_call_ratio_target", *LINE)
    level = now("tocsin_service_level_ratio", *LINE, window="1h")
    least = now("tocsin_service_level_ratio_target", *LINE)
    return figures(
        title,
        "Les appels perdus et les appels répondus à temps de la dernière heure, en regard de leur cible, et ceux qui "
        "attendent maintenant.",
        [
            Shown(met(lost, target), "Perdus en 1 h", SHARE, mappings=absent(NO_CALL)),
            Shown(missed(lost, target), "Perdus en 1 h : cible manquée", SHARE, MISSED),
            Shown(now("tocsin_calls_waiting", *LINE), "En attente"),
            Shown(now("tocsin_call_longest_wait_seconds", *LINE), "Plus longue attente", SECONDS),
            Shown(met(level, least, least=True), "Répondus à temps en 1 h", SHARE, mappings=absent(NO_CALL)),
            Shown(missed(level, least, least=True), "Répondus à temps : trop peu", SHARE, MISSED),
        ],
        size=size,
        unit=COUNT,
        empty=NO_CALL,
        text=text,
        upright=upright,
    )


def service_now(title: str, *, size: tuple[int, int], text: tuple[int, int]) -> stat.Panel:
    """Return a counter service's state, waits and counters."""
    wait = now("tocsin_ticket_wait_seconds_mean", *SERVICE, window="1h")
    target = now("tocsin_ticket_wait_seconds_target", *SERVICE)
    state = named(f"{now('tocsin_service_info', *SERVICE)} * {_OPEN}", SERVICE)
    detail = DashboardLink(
        "Les guichets en détail", url="/d/tocsin-counters?var-site=${site}&var-service=${__field.labels.service}"
    )
    return figures(
        title,
        "Ceux qui attendent au guichet maintenant, l'attente moyenne des tickets appelés dans la dernière heure en "
        "regard de sa cible, et les guichets qui ont appelé ou servi quelqu'un depuis un quart d'heure.",
        [
            Shown(state, "{{label}}", mappings=STATE, link=detail),
            Shown(now("tocsin_tickets_waiting", *SERVICE), "En attente"),
            Shown(now("tocsin_ticket_longest_wait_seconds", *SERVICE), "La plus longue", SECONDS),
            Shown(met(wait, target, SERVICE), "En moyenne, sur 1 h", SECONDS, mappings=absent(NO_TICKET)),
            Shown(missed(wait, target, SERVICE), "Cible manquée", SECONDS, MISSED),
            Shown(now("tocsin_counters_open", *SERVICE, window="15m"), "Guichets ouverts"),
        ],
        size=size,
        unit=COUNT,
        empty=NO_TICKET,
        text=text,
    )


def watch_now(*, size: tuple[int, int], text: tuple[int, int]) -> stat.Panel:
    """Return whether the figures are those of now."""
    late = f"max({own('tocsin_progress_age_seconds')}) > bool {STALE}"
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
