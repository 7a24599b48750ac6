"""The counting rules of a counter service, taken from its settings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from msgspec import Struct

from streams.kept.times import utc_day, utc_day_end
from streams.tickets.ticket import GRACE


class ServiceRules(Struct, frozen=True, kw_only=True):
    """The settings that decide how a service's tickets are counted."""

    site: str
    service: str
    closing: Callable[[int], int]  # a moment (epoch ms) -> when the office closes that local day (ms); never falls
    day: Callable[[int], int] = utc_day  # a moment (epoch ms) -> its local day, an ordinal
    ends: Callable[[int], int] = utc_day_end  # a local day (an ordinal) -> its end (ms)
    opened: Callable[[int], Sequence[tuple[int, int]]] | None = None  # a local day -> its opening hours (ms), if known
    target_wait: int | None = None  # ms from issue to first call
    lateness: int = 120_000  # ms behind the watermark up to which an event is in time
    clock: Literal["wall", "event"] = "wall"
    catalogue: str = ""  # version of the office's configuration, if known

    @property
    def id(self) -> str:
        """The service's id in topics and tables, `site/service`."""
        return f"{self.site}/{self.service}"

    def over(self, day: int) -> int:
        """Return when all is known of a local day (an ordinal): an hour after it closes, and the lateness; in ms."""
        opened = () if self.opened is None else self.opened(day)
        return (opened[-1][1] + GRACE if opened else self.ends(day)) + self.lateness
