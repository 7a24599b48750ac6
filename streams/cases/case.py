"""A case: one visitor's ticket or one request, as the watch of counters and registers sees it."""

from __future__ import annotations

import re
from typing import Final
from zlib import crc32

from msgspec import Struct

from streams.kept.times import NO_MOMENT

_SERIAL: Final = re.compile(r"(.*?)(\d{1,9})")
MAX_REPEATS: Final = 9


class SeenCase(Struct, array_like=True, gc=False):
    """A case; moments in epoch ms, `NO_MOMENT` while unknown. A request is answered when it is met and ended."""

    serial: int  # the number at the end of its name, or -1
    series: int  # checksum of the name up to that number
    begun: int = NO_MOMENT  # issued or received
    met: int = NO_MOMENT  # first called or served, or answered
    served: int = NO_MOMENT
    ended: int = NO_MOMENT  # completed, or answered
    left: bool = False  # no-show, cancelled, transferred or withdrawn
    repeats: int = 0  # events that came again
    twice: bool = False  # its name was given again on the same day
    counter: int = 0  # checksum of the counter that called or served; 0 if unknown
    fault: str = ""  # the law that it breaks, or whose stretch it lies in
    day: int = -1  # local day (an ordinal) of its beginning, or of its first event
    learnt: bool = False  # its day was learnt
    absent: bool = False  # a no-show
    booked: bool = False  # had an appointment

    @property
    def at(self) -> int:
        """The moment that orders cases (ms)."""
        return self.begun if self.begun >= 0 else max(self.met, self.ended, 0)

    @property
    def row(self) -> tuple[int, int, int, int]:
        """Its moments, which a copy of its row has too."""
        return self.begun, self.met, self.served, self.ended

    @property
    def wait(self) -> int | None:
        """The time (ms) from its beginning to its meeting, below 0 if it was met first; None if unknown."""
        return self.met - self.begun if self.met >= 0 and self.begun >= 0 else None

    @property
    def time(self) -> int | None:
        """The time (ms) in service; None if unknown."""
        since = self.served if self.served >= 0 else self.met
        return self.ended - since if self.ended >= 0 and since >= 0 else None


def new_case(name: str, day: int) -> SeenCase:
    """Return a case without moments.

    >>> new_case("A057", 1).serial, new_case("letter", 1).serial
    (57, -1)
    """
    parts = _SERIAL.fullmatch(name)
    if parts is None:
        return SeenCase(-1, 0, day=day)
    return SeenCase(int(parts[2]), crc32(parts[1].encode()), day=day)
