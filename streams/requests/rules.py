"""The counting rules of a request channel, taken from its settings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from msgspec import Struct

from streams.kept.times import utc_day_end


class ChannelDefinition(Struct, frozen=True, kw_only=True, tag_field="of", tag="channel"):
    """When an answer is in time. A request is judged by the definition in force at its last event."""

    target_days: int | None  # None without a target
    days: Literal["working", "calendar"]  # the kind of days


class ChannelRules(Struct, frozen=True, kw_only=True):
    """The settings that decide how a channel's requests are counted; days are ordinals."""

    site: str
    channel: str
    day: Callable[[int], int]  # a moment (epoch ms) -> its local day
    between: Callable[[int, int], int]  # two days -> the days of the channel's kind after the first, second included
    last: Callable[[int, int], int | None]  # a day and a number -> the last day at most this many days later, if any
    days: Literal["working", "calendar"]  # the channel's kind of days
    ends: Callable[[int], int] = utc_day_end  # a local day -> its end (ms)
    opened: Callable[[int], Sequence[tuple[int, int]]] | None = None  # a local day -> its opening hours (ms), if known
    target_days: int | None = None  # days within which to answer; the day of receipt is day 0
    lateness: int = 120_000  # ms behind the watermark up to which an event is in time
    clock: Literal["wall", "event"] = "wall"
    catalogue: str = ""  # version of the office's configuration, if known

    @property
    def id(self) -> str:
        """The channel's id in topics and tables, `site/channel`."""
        return f"{self.site}/{self.channel}"

    @property
    def definition(self) -> ChannelDefinition:
        """The definition by which requests are judged now."""
        return ChannelDefinition(target_days=self.target_days, days=self.days)

    def due(self, received: int) -> int | None:
        """Return the last day on which an answer is in time, by the day of receipt; None without a target."""
        return None if self.target_days is None else self.last(received, self.target_days)

    def over(self, day: int) -> int:
        """Return when all is known of a local day: its end and the lateness, in ms."""
        return self.ends(day) + self.lateness
