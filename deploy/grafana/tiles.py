"""The present state of a line, a counter service and the watch, for the wall and the top of their own boards."""

from __future__ import annotations

from typing import Final

from grafana_foundation_sdk.builders import stat
from grafana_foundation_sdk.models.dashboard import DashboardLink

from deploy.grafana.colours import MISSED
from deploy.grafana.panels import figures
from deploy.grafana.queries import LINE, SERVICE, doubted, met, missed, named, now, own, trusted, uncounted
from deploy.grafana.shown import Shown
from deploy.grafana.words import COUNT, FRESH, NO_CALL, NO_TICKET, SECONDS, SHARE, STATE, UNKNOWN, absent

STALE: Final = 120  # seconds without progress after which figures are out of date

_OPEN: Final = f"on (site) group_left {now('tocsin_site_open', 'site')}"


def line_state(title: str, *, size: tuple[int, int], text: tuple[int, int]) -> stat.Panel:
    """Return whether a line is open, overloaded or miscounted."""
    states = (  # the gravest first: a wrong count says nothing about callers
        f"({now('tocsin_miscount_suspected', *LINE)} == 1) * 3",
        f"({now('tocsin_overload', *LINE)} == 1) * 2",
        f"{now('tocsin_line_info', *LINE)} * {_OPEN}",
    )
    detail = DashboardLink("The line in detail", url="/d/tocsin-line?var-site=${site}&var-line=${__field.labels.line}")
    return figures(
        title,
        "Is the line open? A real overload is a fact; a suspected counting comes before all else,"
        " as its figures say nothing of the callers then.",
        [Shown(named(" or ".join(states)), "{{label}}", mappings=STATE, link=detail)],
        size=size,
        unit=COUNT,
        text=text,
    )


def line_figures(title: str, *, size: tuple[int, int], text: tuple[int, int], upright: bool = False) -> stat.Panel:
    """Return a line's lost calls, waits and service level."""
    return figures(
        title,
        "The shares of lost calls and of calls answered in time in the last hour, beside their targets, and the "
        "calls waiting now. While calls of the line are in quarantine, the lost-call rate is the corrected one, "
        "if it is available.",
        [
            *_lost(),
            Shown(now("tocsin_calls_waiting", *LINE), "Waiting"),
            Shown(now("tocsin_call_longest_wait_seconds", *LINE), "Longest wait", SECONDS),
            *_in_time(),
        ],
        size=size,
        unit=COUNT,
        text=text,
        upright=upright,
    )


def _lost() -> list[Shown]:
    """Return the lost rate; for calls in quarantine the believed rate, or no value if there is none."""
    raw, believed = "tocsin_lost_call_ratio", "tocsin_lost_call_ratio_believed"
    rate = f"({trusted(raw, window='1h')} or {doubted(believed)})"
    unknown = f"{doubted('tocsin_line_info')} unless on (site, line) {now(believed, *LINE)}"
    target = now("tocsin_lost_call_ratio_target", *LINE)
    return [
        Shown(
            f"{met(rate, target)} or {uncounted(trusted('tocsin_line_info'), rate)}",
            "Lost in 1 h",
            SHARE,
            mappings=absent(NO_CALL),
        ),
        Shown(missed(rate, target), "Lost in 1 h: target missed", SHARE, MISSED),
        Shown(f"({unknown}) * 0", "Lost in 1 h: counting suspected", mappings=UNKNOWN),
    ]


def _in_time() -> list[Shown]:
    """Return the service level; no value for calls in quarantine, because their service level cannot be corrected."""
    level = f"({trusted('tocsin_service_level_ratio', window='1h')})"
    target = now("tocsin_service_level_ratio_target", *LINE)
    return [
        Shown(
            f"{met(level, target, least=True)} or {uncounted(trusted('tocsin_line_info'), level)}",
            "Answered in time in 1 h",
            SHARE,
            mappings=absent(NO_CALL),
        ),
        Shown(missed(level, target, least=True), "Answered in time: too few", SHARE, MISSED),
        Shown(f"({doubted('tocsin_line_info')}) * 0", "Answered in time: counting suspected", mappings=UNKNOWN),
    ]


def service_now(title: str, *, size: tuple[int, int], text: tuple[int, int]) -> stat.Panel:
    """Return a counter service's state, waits and counters."""
    wait = now("tocsin_ticket_wait_seconds_mean", *SERVICE, window="1h")
    target = now("tocsin_ticket_wait_seconds_target", *SERVICE)
    state = named(f"{now('tocsin_service_info', *SERVICE)} * {_OPEN}", SERVICE)
    detail = DashboardLink(
        "The counters in detail", url="/d/tocsin-counters?var-site=${site}&var-service=${__field.labels.service}"
    )
    return figures(
        title,
        "The visitors waiting now, the mean wait of the tickets called within the last hour beside its target, "
        "and the counters that called or served a visitor in the last quarter of an hour.",
        [
            Shown(state, "{{label}}", mappings=STATE, link=detail),
            Shown(now("tocsin_tickets_waiting", *SERVICE), "Waiting"),
            Shown(now("tocsin_ticket_longest_wait_seconds", *SERVICE), "The longest", SECONDS),
            Shown(
                f"{met(wait, target, SERVICE)} or {uncounted(now('tocsin_service_info', *SERVICE), wait, SERVICE)}",
                "On average, over 1 h",
                SECONDS,
                mappings=absent(NO_TICKET),
            ),
            Shown(missed(wait, target, SERVICE), "Target missed", SECONDS, MISSED),
            Shown(now("tocsin_counters_open", *SERVICE, window="15m"), "Open counters"),
        ],
        size=size,
        unit=COUNT,
        text=text,
    )


def watch_now(*, size: tuple[int, int], text: tuple[int, int]) -> stat.Panel:
    """Return whether the figures are up to date."""
    late = f"max({own('tocsin_progress_age_seconds')}) > bool {STALE} or vector(1)"  # also late if no worker runs
    detail = DashboardLink("The pipeline", url="/d/tocsin-pipeline?var-site=${site}")
    return figures(
        "Measuring",
        f"Up to date if each event is counted within {STALE // 60} minutes of its arrival. If not, the figures on this "
        "screen are out of date.",
        [Shown(late, "Figures", mappings=FRESH, link=detail)],
        size=size,
        unit=COUNT,
        text=text,
    )
