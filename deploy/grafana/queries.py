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


def grown(metric: str, *labels: str, window: str = "$__interval", of: tuple[str, ...] = LINE, **where: str) -> str:
    """Return by how much a counter of what is chosen grew, summed up by those labels.

    Each worker's own first: a counter that moves is not told twice.
    """
    return f"sum by ({', '.join(labels)}) (increase({chosen(metric, *of, **where)}[{window}]))"


def named(expression: str, of: tuple[str, ...] = LINE) -> str:
    """Return the same with what the office calls the line, service or channel, as `label`."""
    labels, info = ", ".join(of), now(f"tocsin_{of[1]}_info", *of, "label")
    return f"({expression}) * on ({labels}) group_left (label) {info}"


def missed(value: str, target: str, of: tuple[str, ...] = LINE, *, least: bool = False) -> str:
    """Return the values that miss their target, which is to stay below or, if `least`, the least to reach."""
    return f"{value} {'<' if least else '>='} on ({', '.join(of)}) {target}"


def met(value: str, target: str, of: tuple[str, ...] = LINE, *, least: bool = False) -> str:
    """Return the values that do not, or have none; not a number, where nothing was counted."""
    on = f"on ({', '.join(of)})"
    kept = f"{value} {'>=' if least else '<'} {on} {target} or {value} unless {on} {target}"
    return f"{kept} or {now(f'tocsin_{of[1]}_info', *of)} * NaN unless {on} {value}"
