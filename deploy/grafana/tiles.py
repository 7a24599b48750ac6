"""The present state of a line, a counter service, the watch and the alerts, for the wall and other boards' tops."""

from __future__ import annotations

from typing import Final, Unpack

from grafana_foundation_sdk.builders import stat
from grafana_foundation_sdk.models.dashboard import DashboardLink

from deploy.grafana.colours import DOUBT, MISSED
from deploy.grafana.panels import Layout, figures, trends
from deploy.grafana.queries import (
    KEPT,
    LINE,
    SERVICE,
    chosen,
    doubted,
    labelled,
    met,
    missed,
    named,
    now,
    own,
    trusted,
    uncounted,
)
from deploy.grafana.shown import Shown
from deploy.grafana.words import (
    FRESH,
    MINUTES,
    NAME_ONLY,
    NO_NAME,
    NO_WAIT,
    NOT_COUNTED,
    NOT_MEASURED,
    SHARE,
    STATE,
    UNKNOWN,
    at_least_one,
)

STALE: Final = 120  # seconds without progress after which figures are out of date
OFFICE: Final = 'site=~"$site|"'  # an alert of a process has no site
FIRING: Final = f'{OFFICE}, alertstate="firing"'

_OPEN: Final = f"on (site) group_left {now('tocsin_site_open', 'site')}"
_ENDED: Final = now("tocsin_calls_ended", *LINE, window="1h")
_TO_LINE: Final = DashboardLink(
    "The line in detail", url="/d/tocsin-line?var-site=${site}&var-line=${__field.labels.line}"
)
_TO_SERVICE: Final = DashboardLink(
    "The counters in detail", url="/d/tocsin-counters?var-site=${site}&var-service=${__field.labels.service}"
)


def line_tile(**layout: Unpack[Layout]) -> stat.Panel:
    """Return everything about a line, one row under another: its name, its state and its figures."""
    return figures(
        "",
        "The line's state; then, for the last hour, the share of lost calls and their number, and the share answered "
        "in time; and the calls waiting now, with the longest wait. A rate is orange while its alert's rule holds. "
        "For a suspected count, the lost rate is the corrected one, if it is available.",
        [*_heading(_state_of_line(), _TO_LINE), *_line_figures()],
        upright=True,
        **layout,
    )


def line_state(**layout: Unpack[Layout]) -> stat.Panel:
    """Return whether a line is open, overloaded or miscounted."""
    return figures(
        "$line",
        "Is the line open? A real overload is a fact; a suspected counting comes before all else,"
        " as its figures say nothing of the callers then.",
        [_named_state(_state_of_line(), _TO_LINE)],
        **layout,
    )


def line_figures(**layout: Unpack[Layout]) -> stat.Panel:
    """Return a line's lost calls, waits and service level."""
    return figures(
        "Now",
        "For the last hour, the share of lost calls and their number, and the share answered in time; and the calls "
        "waiting now, with the longest wait. A rate is orange while its alert's rule holds. While calls of the line "
        "are in quarantine, the lost rate is the corrected one, if it is available.",
        _line_figures(),
        **layout,
    )


def service_now(title: str, *, upright: bool = False, **layout: Unpack[Layout]) -> stat.Panel:
    """Return a counter service's state, waits and counters."""
    mean = now("tocsin_ticket_wait_seconds_mean", *SERVICE, window="1h")
    target = now("tocsin_ticket_wait_seconds_target", *SERVICE)
    services = now("tocsin_service_info", *SERVICE)
    state = _or_absent(named(f"{services} * {_OPEN}", SERVICE), SERVICE)
    return figures(
        title,
        "The visitors waiting now, the mean wait of the tickets called within the last hour beside its target, "
        "and the counters that called or served a visitor in the last quarter of an hour.",
        [
            *(_heading(state, _TO_SERVICE) if upright else [_named_state(state, _TO_SERVICE)]),
            _waiting("tocsin_ticket_longest_wait_seconds", "tocsin_tickets_waiting", SERVICE),
            Shown(_minutes(met(mean, target, SERVICE)), "Mean", MINUTES),
            Shown(uncounted(services, mean, SERVICE, site_open=True), "No ticket", mappings=NOT_COUNTED),
            Shown(uncounted(services, mean, SERVICE, site_open=False), "Mean", mappings=NOT_COUNTED),
            Shown(_minutes(missed(mean, target, SERVICE)), "Mean: too long", MINUTES, MISSED),
            Shown(now("tocsin_counters_open", *SERVICE, window="15m"), "Open counters"),
        ],
        upright=upright,
        **layout,
    )


def watch_now(title: str = "", **layout: Unpack[Layout]) -> stat.Panel:
    """Return whether the figures are up to date."""
    late = f"max({own('tocsin_progress_age_seconds')}) > bool {STALE} or vector(1)"  # also late if no worker runs
    detail = DashboardLink("The pipeline", url="/d/tocsin-pipeline?var-site=${site}")
    return figures(
        title,
        f"Up to date if each event is counted within {STALE // 60} minutes of its arrival. If not, the figures on this "
        "screen are out of date.",
        [Shown(late, "Figures", mappings=FRESH, link=detail)],
        **layout,
    )


def alerts_now(**layout: Unpack[Layout]) -> stat.Panel:
    """Return how many alerts fire, by severity."""
    detail = DashboardLink("The alerts in detail", url="/d/tocsin-pipeline?var-site=${site}")

    def firing(severity: str) -> str:
        return f'count(ALERTS{{{FIRING}, severity="{severity}"}}) or vector(0)'

    return figures(
        "",
        "The number of firing alerts, of the office and of Tocsin's processes. A click lists them.",
        [
            Shown(firing("critical"), "Critical alerts", mappings=at_least_one(MISSED), link=detail),
            Shown(firing("warning"), "Warnings", link=detail),
            Shown(firing("counting"), "Counts suspected", mappings=at_least_one(DOUBT), link=detail),
        ],
        **layout,
    )


def demand(**layout: Unpack[Layout]) -> stat.Panel:
    """Return how many calls and visitors come and wait, each over its curve in the time shown."""
    totals = {
        "Calls in 1 h": chosen("tocsin_calls_ended", *LINE, window="1h"),
        "Calls waiting": chosen("tocsin_calls_waiting", *LINE),
        "Visitors waiting": chosen("tocsin_tickets_waiting", *SERVICE),
    }
    return trends(
        "The calls that ended within the hour, and the calls and visitors waiting now: of all lines and services of "
        "this screen, over the last hours.",
        [Shown(_total(gauge), name, mappings=NOT_MEASURED) for name, gauge in totals.items()],
        **layout,
    )


def _total(gauge: str) -> str:
    """Return the sum over the lines or services, and NaN once no worker shows one any more."""
    by = "site, line, service"
    return f"sum(max by ({by}) ({gauge})) or sum(last_over_time({gauge}[{KEPT}])) * NaN"


def _state_of_line() -> str:
    states = (  # the gravest first: a wrong count says nothing about callers
        f"({now('tocsin_miscount_suspected', *LINE)} == 1) * 3",
        f"({now('tocsin_overload', *LINE)} == 1) * 2",
        f"{now('tocsin_line_info', *LINE)} * {_OPEN}",
    )
    return _or_absent(named(" or ".join(states)), LINE)


def _or_absent(state: str, of: tuple[str, ...]) -> str:
    """Return a state, or -1 for a line or service that no worker shows any more."""
    on = ", ".join(of)
    known = f"last_over_time({chosen(f'tocsin_{of[1]}_info', *of)}[{KEPT}])"
    return f"{state} or on ({on}) topk by ({on}) (1, max by ({on}, label) ({known})) * 0 - 1"


def _named_state(state: str, detail: DashboardLink) -> Shown:
    return Shown(state, "{{label}}", mappings=STATE, link=detail)


def _heading(state: str, detail: DashboardLink) -> list[Shown]:
    """Return the office's name for a line or service, then its state in words, in the same colour."""
    return [
        Shown(state, "{{label}}", mappings=NAME_ONLY, link=detail),
        Shown(state, NO_NAME, mappings=STATE, link=detail),
    ]


def _line_figures() -> list[Shown]:
    longest = _waiting("tocsin_call_longest_wait_seconds", "tocsin_calls_waiting", LINE)
    return [*_lost(), longest, *_in_time()]


def _waiting(longest: str, waiting: str, of: tuple[str, ...]) -> Shown:
    """Return the longest wait, named by the number of people who wait."""
    minutes = _minutes(now(longest, *of))
    return Shown(
        f"{minutes} {labelled('waiting', now(waiting, *of), of)}", "{{waiting}} waiting", MINUTES, mappings=NO_WAIT
    )


def _minutes(seconds: str) -> str:
    return f"ceil(({seconds}) / 60)"


def _alarming(alert: str) -> str:
    """Return the lines for which an alert's rule holds."""
    return f"on (site, line) {chosen('ALERTS', *LINE, alertname=alert)}"


def _lost() -> list[Shown]:
    """Return the lost rate; for calls in quarantine the believed rate, or no value if there is none."""
    raw, believed = trusted("tocsin_lost_call_ratio", window="1h"), doubted("tocsin_lost_call_ratio_believed")
    unknown = f"{doubted('tocsin_line_info')} unless on (site, line) ({believed})"
    target = now("tocsin_lost_call_ratio_target", *LINE)
    alarm = _alarming("LostCallSpike")
    ratio = now("tocsin_lost_call_ratio", *LINE, window="1h")
    counts = f"{labelled('lost', f'round({ratio} * {_ENDED})')} {labelled('ended', _ENDED)}"
    calm, lines = f"({raw} unless {alarm})", trusted("tocsin_line_info")
    return [
        Shown(f"({met(calm, target)}) {counts}", "Lost {{lost}}/{{ended}}", SHARE),
        Shown(f"({missed(calm, target)}) {counts}", "Too many: {{lost}}/{{ended}}", SHARE),
        Shown(f"({raw} and {alarm}) {counts}", "Alert: {{lost}}/{{ended}}", SHARE, MISSED),
        Shown(uncounted(lines, f"({raw})", site_open=True), "No call", SHARE, mappings=NOT_COUNTED),
        Shown(uncounted(lines, f"({raw})", site_open=False), "Lost", SHARE, mappings=NOT_COUNTED),
        Shown(met(f"({believed})", target), "Lost, corrected", SHARE),
        Shown(missed(f"({believed})", target), "High, corrected", SHARE),
        Shown(f"({unknown}) * 0", "Lost", mappings=UNKNOWN),
    ]


def _in_time() -> list[Shown]:
    """Return the service level; no value for calls in quarantine, because their service level cannot be corrected."""
    level = f"({trusted('tocsin_service_level_ratio', window='1h')})"
    target = now("tocsin_service_level_ratio_target", *LINE)
    alarm = _alarming("ServiceLevelLow")
    calm = f"({level} unless {alarm})"
    return [
        Shown(
            f"{met(calm, target, least=True)} or ({trusted('tocsin_line_info')}) * NaN unless on (site, line) {level}",
            "On time",
            SHARE,
            mappings=NOT_COUNTED,
        ),
        Shown(missed(calm, target, least=True), "Few on time", SHARE),
        Shown(f"{level} and {alarm}", "Alert: on time", SHARE, MISSED),
        Shown(f"({doubted('tocsin_line_info')}) * 0", "On time", mappings=UNKNOWN),
    ]
