"""The definitions by which a line counts its calls.

A call keeps the definition that was in force when its first event came. A later change of the configuration therefore
changes no sum: a call is withdrawn and counted again by the definition that it keeps.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from streams.calls.call import REASON_INDEX
from streams.events import Reason

Basis = Literal["lost_over_offered"]


class LineDefinition(Struct, frozen=True, kw_only=True, tag_field="of", tag="line"):
    """What counts as lost, as short and as answered in time."""

    lost_reasons: tuple[Reason, ...]  # sorted; a call that ends for any other reason is diverted
    short_call: int  # ms
    within: int  # ms: the service level's limit
    definition: Basis = "lost_over_offered"  # the formula of the official rate


class Definitions:
    """The definitions of a line's state. A call refers to its own by index.

    `now` is the index of the `current` definition. `of` maps an index to a definition, using the current one if an
    earlier version did not store it. `lost` maps an index to the numbers of its lost reasons.
    """

    def __init__(self, said: list[LineDefinition | None], current: LineDefinition) -> None:
        if current not in said:
            said.append(current)
        self.said = said
        self.now = said.index(current)
        self.of = [each or current for each in said]
        self.lost = [frozenset(REASON_INDEX[reason] for reason in each.lost_reasons) for each in self.of]
