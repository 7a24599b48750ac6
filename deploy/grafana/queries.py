"""How the boards ask Prometheus: for the lines that are chosen, whichever worker shows them.

A line moves between workers at a rebalance, and for a scrape two of them may show it: what names a line is the
greatest of them, before it is joined with anything.
"""

from __future__ import annotations

from typing import Final

LINE: Final = ("site", "line")
SERVICE: Final = ("site", "service")
CHANNEL: Final = ("site", "channel")

_CHOSEN: Final = {"line": 'line=~"$line"', "service": 'service=~"$service"', "year": 'year="$year"'}


def chosen(metric: str, *labels: str, **where: str) -> str:
    """Return a selector of what is chosen on the board, of those `labels`; `where` names values of others.

    >>> chosen("tocsin_lost_call_ratio", "site", "line", window="1h")
    'tocsin_lost_call_ratio{site="$site", line=~"$line", window="1h"}'
    """
    matchers = ['site="$site"', *(_CHOSEN[label] for label in labels if label in _CHOSEN)]
    matchers += [f'{label}="{value}"' for label, value in where.items()]
    return f"{metric}{{{', '.join(matchers)}}}"


def now(metric: str, *labels: str, **where: str) -> str:
    """Return a gauge of what is chosen, by those labels alone.

    >>> now("tocsin_overload", "site", "line")
    'max by (site, line) (tocsin_overload{site="$site", line=~"$line"})'
    """
    return f"max by ({', '.join(labels)}) ({chosen(metric, *labels, **where)})"


_IN_QUARANTINE: Final = f"on (site, line) {now('tocsin_quarantine', *LINE)} == 1"


def doubted(metric: str, **where: str) -> str:
    """Return a gauge of those chosen lines whose calls are in quarantine, as the alerts on them are held back.

    A suspected counter is not enough: the calls of its line stand.

    >>> doubted("tocsin_lost_call_ratio", window="1h").partition(" and ")[2]
    'on (site, line) max by (site, line) (tocsin_quarantine{site="$site", line=~"$line"}) == 1'
    """
    return f"{now(metric, *LINE, **where)} and {_IN_QUARANTINE}"


def trusted(metric: str, **where: str) -> str:
    """Return a gauge of the other chosen lines."""
    return f"{now(metric, *LINE, **where)} unless {_IN_QUARANTINE}"


def grown(metric: str, *labels: str, window: str = "$__interval", **where: str) -> str:
    """Return by how much a counter of what is chosen grew, by all of its labels.

    `increase` would lose what is counted while a line moves to a worker that has not shown it before; a counter is
    restored with the state, so what is left to overlook is a start from nothing.

    >>> grown("tocsin_calls_answered_total", "site", "line", window="1h")
    'clamp_min(delta(max by (site, line) (tocsin_calls_answered_total{site="$site", line=~"$line"})[1h:]), 0)'
    """
    return f"clamp_min(delta({now(metric, *labels, **where)}[{window}:]), 0)"


def own(selector: str) -> str:
    """Return what processes say of themselves, without those that are known for other offices' alone.

    It names no office: what else they show at the same address does. One that is down shows nothing, and is everyone's.

    >>> own("tocsin_consumer_lag")[:72]
    'tocsin_consumer_lag unless on (instance) ({__name__=~"tocsin_site_open|t'
    """
    shows = '__name__=~"tocsin_site_open|tocsin_indicator"'
    others = f'{{{shows}, site!="$site"}} unless on (instance) {{{shows}, site="$site"}}'
    return f"{selector} unless on (instance) ({others})"


def came(*labels: str, window: str = "$__interval:", where: str = "") -> str:
    """Return how many events came, by those labels; all workers' together, as each counts for what it owns now.

    `window` ends with a colon, or with how finely it is looked at.
    """
    events = own(f"tocsin_events_total{{{where}}}")
    return f"clamp_min(delta(sum by ({', '.join(labels)}) ({events})[{window}]), 0)"


def names(of: tuple[str, ...]) -> str:
    """Return what the office calls its lines, services or channels: one `label`, where two configurations differ."""
    labels = ", ".join(of)
    return f"topk by ({labels}) (1, max by ({labels}, label) ({chosen(f'tocsin_{of[1]}_info')}))"


def named(expression: str, of: tuple[str, ...] = LINE) -> str:
    """Return the same with what the office calls the line, service or channel, as `label`."""
    return f"({expression}) * on ({', '.join(of)}) group_left (label) {names(of)}"


def known(expression: str, subject: str, key: str) -> str:
    """Return the same of a line, service or channel, told by the label `key`: with its id where no worker tells more.

    For figures of the ledger, which stand while no worker runs.
    """
    own = f'label_replace({expression}, "label", "$1", "{subject}", "(.*)")'
    return f"{named(expression, ('site', subject))} or on (site, {key}) {own}"


def missed(value: str, target: str, of: tuple[str, ...] = LINE, *, least: bool = False) -> str:
    """Return the values that miss their target, which is to stay below or, if `least`, the least to reach."""
    return f"{value} {'<' if least else '>='} on ({', '.join(of)}) {target}"


def met(value: str, target: str, of: tuple[str, ...] = LINE, *, least: bool = False) -> str:
    """Return the values that meet their target, or have none."""
    on = f"on ({', '.join(of)})"
    return f"{value} {'>=' if least else '<'} {on} {target} or {value} unless {on} {target}"


def uncounted(counted: str, value: str, of: tuple[str, ...] = LINE) -> str:
    """Return not a number for whatever is counted and has no value."""
    return f"({counted}) * NaN unless on ({', '.join(of)}) {value}"
