"""The guard of a published figure: the reason for withholding it, and since when.

A figure is withheld while its correctness is unknown. The page that shows it puts the reason into words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from msgspec import Struct

if TYPE_CHECKING:  # the state's module imports scipy, and every command waits for this one
    from streams.calls.rules import LineRules
    from streams.watch.state import WatchState

Reason: TypeAlias = Literal[
    "no baseline", "above the prior", "undecided", "coverage", "recount", "answers", "counts", "diversions", "part"
]


class Guard(Struct, frozen=True):
    """The reason for withholding a figure."""

    reason: Reason
    since: int | None = None  # epoch ms, if known


def guard(rules: LineRules, state: WatchState) -> Guard | None:
    """Return the reason for withholding a line's figures whatever its incidents are; None if there is none."""
    if rules.expected is None and state.prior is None and not state.typical.known:
        return Guard("no baseline")
    return None
