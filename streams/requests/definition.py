"""The definition by which a channel's requests are judged: the number of days allowed, and which days count."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct


class ChannelDefinition(Struct, frozen=True, kw_only=True, tag_field="of", tag="channel"):
    """When an answer is in time. A request is judged by the definition in force at its last event."""

    target_days: int | None  # None without a target
    days: Literal["working", "calendar"]  # the kind of days
