"""How one request channel is counted: the settings of a channel, as the domain needs them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from msgspec import Struct


class ChannelRules(Struct, frozen=True, kw_only=True):
    """Hold what decides how a channel's requests are counted.

    Days are ordinals. `day` gives the local day of a moment (epoch ms); `between` how many days of the channel's kind
    lie after one day up to and with another; `last` the last day that is so many days after a day, None where there
    is none within reach. The day of receipt is day 0. Lateness in ms.
    """

    site: str
    channel: str
    day: Callable[[int], int]
    between: Callable[[int, int], int]
    last: Callable[[int, int], int | None]
    days: Literal["working", "calendar"]
    target_days: int | None = None
    lateness: int = 120_000
    clock: Literal["wall", "event"] = "wall"

    @property
    def id(self) -> str:
        """Return the channel's id in topics and tables, `site/channel`."""
        return f"{self.site}/{self.channel}"

    def due(self, received: int) -> int | None:
        """Return the last day on which a request received on a day is answered in time; None without a target."""
        return None if self.target_days is None else self.last(received, self.target_days)
