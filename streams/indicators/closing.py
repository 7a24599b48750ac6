"""How many call or come in the half-hour after closing, beside the half-hour before: the demand for longer hours."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

HALF: Final = 2  # quarters of an hour on either side of a closing


class ClosingTime(Struct, frozen=True):
    """The calls or tickets around one closing time, summed over days."""

    at: str  # local time, HH:MM
    days: int
    quarters: list[int]  # as counted: the two quarters of an hour before, and the two after

    @property
    def before(self) -> int:
        return sum(self.quarters[:HALF])

    @property
    def after(self) -> int:
        return sum(self.quarters[HALF:])
