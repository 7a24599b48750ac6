"""By which definition a line's calls are counted, and under which one each call was counted.

A call is counted by the definition that held when the first word of it came, for as long as it is known. So what was
counted stays counted as it was, whatever the configuration says later: taken back and counted again, it changes no sum.
"""

from __future__ import annotations

from typing import Literal, Protocol

from msgspec import Struct

from streams.calls.call import REASON_INDEX
from streams.events import Reason

Basis = Literal["lost_over_offered"]


class LineDefinition(Struct, frozen=True, kw_only=True, tag_field="of", tag="line"):
    """Define what counts as lost, as short and as answered in time."""

    lost_reasons: tuple[Reason, ...]  # in their alphabetical order; for any other reason a call is diverted
    short_call: int  # ms
    within: int  # ms: the service level's limit
    definition: Basis = "lost_over_offered"  # of the official rate


class Defined(Protocol):
    """Stand for a state that knows by which definitions its calls are counted."""

    definitions: list[LineDefinition | None]  # None stands for one that an earlier version did not write down


class Definitions:
    """Hold the definitions of a line's state, `said`; a call names its own by its place among them.

    `now` is the place of the one that holds now, the `current` one. `of` has, by place, what a call is counted by: the
    current one where an earlier version did not say. `lost` has the same by the numbers of the reasons.
    """

    def __init__(self, state: Defined, current: LineDefinition) -> None:
        if current not in state.definitions:
            state.definitions.append(current)
        self.said = state.definitions
        self.now = state.definitions.index(current)
        self.of = [each or current for each in state.definitions]
        self.lost = [frozenset(REASON_INDEX[reason] for reason in each.lost_reasons) for each in self.of]
