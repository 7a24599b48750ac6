"""By which definition a channel's requests are weighed: what is in time, and which days count."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct


class ChannelDefinition(Struct, frozen=True, kw_only=True, tag_field="of", tag="channel"):
    """Define when an answer is in time. A request is weighed by the definition that holds when its last event comes."""

    target_days: int | None  # None without a target
    days: Literal["working", "calendar"]  # which days count
