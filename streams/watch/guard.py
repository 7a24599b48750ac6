"""The guard of a published figure: why one is withheld, and since when.

A figure is withheld where nobody can say whether it is right. Words for a reason are made where it is shown.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from streams.calls.rules import LineRules
from streams.watch.state import WatchState

Reason: TypeAlias = Literal[
    "no baseline", "above the prior", "undecided", "coverage", "recount", "counts", "diversions"
]


class Guard(Struct, frozen=True):
    """Say why a figure is withheld."""

    reason: Reason
    since: int | None = None  # epoch ms: since when, where that is known


def guard(rules: LineRules, state: WatchState) -> Guard | None:
    """Return why a line's figures are withheld whatever its incidents say; None where they are not."""
    if rules.expected is None and state.prior is None and not state.typical.known:
        return Guard("no baseline")
    return None
