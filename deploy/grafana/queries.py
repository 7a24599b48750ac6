"""The boards' Prometheus queries for the chosen lines, whichever worker shows them.

A line moves between workers in a rebalance, and for a scrape two of them may show it. A query therefore takes the
maximum by line before it joins anything.
"""

from __future__ import annotations

from typing import Final

from deploy.grafana.colours import DOUBT, GREEN, REFERENCE
from deploy.grafana.shown import BOLD, Shown

LINE: Final = ("site", "line")
SERVICE: Final = ("site", "service")
CHANNEL: Final = ("site", "channel")

_CHOSEN: Final = {"line": 'line=~"$line"', "service": 'service=~"$service"', "year": 'year="$year"'}


KEPT: Final = "1d"  # how long names remain visible without a worker
BACKLOG: Final = 100  # events; while a partition has more to count, a period's growth is not what happened in it


def chosen(metric: str, *labels: str, **where: str) -> str:
    """Return a selector for the board's choice of these `labels`; `where` fixes other labels.

    >>> chosen("tocsin_lost_call_ratio", "site", "line", window="1h")
    'tocsin_lost_call_ratio{site="$site", line=~"$line", window="1h"}'
    """
    matchers = ['site="$site"', *(_CHOSEN[label] for label in labels if label in _CHOSEN)]
    matchers += [f'{label}="{value}"' for label, value in where.items()]
    return f"{metric}{{{', '.join(matchers)}}}"


def now(metric: str, *labels: str, **where: str) -> str:
    """Return a gauge for the board's choice, by these labels alone.

    >>> now("tocsin_overload", "site", "line")
    'max by (site, line) (tocsin_overload{site="$site", line=~"$line"})'
    """
    return f"max by ({', '.join(labels)}) ({chosen(metric, *labels, **where)})"


_IN_QUARANTINE: Final = f"on (site, line) {now('tocsin_quarantine', *LINE)} == 1"


def doubted(metric: str, **where: str) -> str:
    """Return a gauge of the chosen lines that have calls in quarantine; alerts are suppressed for such lines.

    A suspected counter is not enough: the calls of its line are still valid.

    >>> doubted("tocsin_lost_call_ratio", window="1h").partition(" and ")[2]
    'on (site, line) max by (site, line) (tocsin_quarantine{site="$site", line=~"$line"}) == 1'
    """
    return f"{now(metric, *LINE, **where)} and {_IN_QUARANTINE}"


def trusted(metric: str, **where: str) -> str:
    """Return a gauge of the chosen lines that have no calls in quarantine."""
    return f"{now(metric, *LINE, **where)} unless {_IN_QUARANTINE}"


def by_period(growth: str) -> str:
    """Return the growth in each period, except periods in which workers catch up with earlier events.

    At a start or after a replay the events of days are counted within minutes; their bar would dwarf all others.
    """
    return f"{growth} and on () (max_over_time(max(tocsin_consumer_lag)[$__interval:]) < {BACKLOG})"


def grown(metric: str, *labels: str, window: str = "$__interval", **where: str) -> str:
    """Return the growth of a chosen counter, by all of its labels.

    `increase` would miss counts while a line moves to a worker that has not shown it before. A counter is restored with
    the state, so only a start from zero is missed.

    >>> grown("tocsin_calls_answered_total", "site", "line", window="1h")
    'clamp_min(delta(max by (site, line) (tocsin_calls_answered_total{site="$site", line=~"$line"})[1h:]), 0)'
    """
    return f"clamp_min(delta({now(metric, *labels, **where)}[{window}:]), 0)"


def own(selector: str) -> str:
    """Return the metrics of processes, except those known to belong to other offices only.

    These metrics have no site, but other metrics at the same address do. A process that is down has no metrics, so it
    belongs to all offices.

    >>> own("tocsin_consumer_lag")[:72]
    'tocsin_consumer_lag unless on (instance) ({__name__=~"tocsin_site_open|t'
    """
    shows = '__name__=~"tocsin_site_open|tocsin_indicator"'
    others = f'{{{shows}, site!="$site"}} unless on (instance) {{{shows}, site="$site"}}'
    return f"{selector} unless on (instance) ({others})"


def came(*labels: str, window: str = "$__interval:", where: str = "") -> str:
    """Return the number of received events by these labels.

    The number is a sum over all workers, because each worker counts for its present partitions. `window` ends with a
    colon, or with a resolution.
    """
    events = own(f"tocsin_events_total{{{where}}}")
    return f"clamp_min(delta(sum by ({', '.join(labels)}) ({events})[{window}]), 0)"


def names(of: tuple[str, ...]) -> str:
    """Return the office's names for its lines, services or channels; one `label` if two configurations differ."""
    labels = ", ".join(of)
    return f"topk by ({labels}) (1, max by ({labels}, label) ({chosen(f'tocsin_{of[1]}_info')}))"


def named(expression: str, of: tuple[str, ...] = LINE) -> str:
    """Return an expression with the office's name for the line, service or channel as `label`."""
    return f"({expression}) * on ({', '.join(of)}) group_left (label) {names(of)}"


def known(expression: str, subject: str, key: str) -> str:
    """Return an expression of the ledger's figures with the label `key`, or the id if no worker shows a label.

    These figures are available even without a worker.
    """
    own = f'label_replace({expression}, "label", "$1", "{subject}", "(.*)")'
    return f"{named(expression, ('site', subject))} or on (site, {key}) {own}"


def missed(value: str, target: str, of: tuple[str, ...] = LINE, *, least: bool = False) -> str:
    """Return the values that miss their target: a maximum, or a minimum if `least`."""
    return f"{value} {'<' if least else '>='} on ({', '.join(of)}) {target}"


def met(value: str, target: str, of: tuple[str, ...] = LINE, *, least: bool = False) -> str:
    """Return the values that meet their target, or have no target."""
    on = f"on ({', '.join(of)})"
    return f"{value} {'>=' if least else '<'} {on} {target} or {value} unless {on} {target}"


def uncounted(counted: str, value: str, of: tuple[str, ...] = LINE, *, site_open: bool) -> str:
    """Return NaN for everything that is counted but has no value, of an office that is open or closed."""
    at = f"{now('tocsin_site_open', 'site')} == {site_open:d}"
    return f"({counted}) * NaN and on (site) {at} unless on ({', '.join(of)}) {value}"


def labelled(label: str, counts: str, of: tuple[str, ...] = LINE) -> str:
    """Return the factor that adds counts to an expression as a `label`, so that its name can show them."""
    on = ", ".join(of)
    return f'* on ({on}) group_left ({label}) count_values by ({on}) ("{label}", {counts})'


def usual_lost() -> list[Shown]:
    """Return the usual lost rate at this hour of the week, to be drawn first."""
    return [Shown(now("tocsin_lost_call_ratio_expected", *LINE), "as usual", colour=REFERENCE, line="area")]


def usual_calls() -> list[Shown]:
    """Return the usual calls in this hour of the week, to be drawn first."""
    return [Shown(now("tocsin_calls_offered_expected", *LINE), "usual in 1 h", colour=REFERENCE, line="area")]


def believed_lost() -> list[Shown]:
    """Return the last hour's lost rate without a miscount's additions, and drawn over it the suspect counted rate."""
    return [
        Shown(now("tocsin_lost_call_ratio_believed", *LINE), "corrected, over 1 h", colour=GREEN, width=BOLD),
        Shown(doubted("tocsin_lost_call_ratio", window="1h"), "raw, suspected", colour=DOUBT, line="dashed"),
    ]
