"""Real overloads: their causes on a line, which lengthen its waits."""

from __future__ import annotations

from typing import Final, Literal, get_args

from msgspec import Struct

from streams.said import Said, said
from streams.simulation.office import OfficeDay

Cause = Literal["rush", "absence", "overflow"]
CAUSES: Final[tuple[Cause, ...]] = get_args(Cause)
SAYS: Final[dict[Cause, Said]] = {
    "rush": said("multiple of the usual number of calls"),
    "absence": said("a share of the agents' time is missing"),
    "overflow": said("a neighbouring line is closed, and a share of its callers is sent here"),
}
USUAL: Final[dict[Cause, float]] = {"rush": 2.0, "absence": 0.5, "overflow": 1.0}
RANGES: Final[dict[Cause, tuple[float, float]]] = {"rush": (1.2, 3.0), "absence": (0.1, 0.7), "overflow": (0.3, 1.0)}


class Overload(Struct, frozen=True, kw_only=True):
    """A real overload of a line."""

    line: str
    cause: Cause
    start: float  # epoch s
    end: float  # epoch s
    severity: float  # in the unit that `SAYS` gives
    neighbour: str = ""  # the line that overflows; empty for the one with most calls

    def falls(self, day: OfficeDay) -> bool:
        """Return whether the overload lasts at some time of a day."""
        return self.start < day.end and self.end > day.start
