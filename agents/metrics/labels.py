"""The labels that identify a line, a counter service or a request channel of an office."""

from __future__ import annotations

from typing import Final

from streams.desks.kinds import Desk, kind_of

LINE: Final = ("site", "line")
SERVICE: Final = ("site", "service")
CHANNEL: Final = ("site", "channel")
DESK: Final = ("site", "line", "service", "channel")  # of the last three, one
PLACE: Final = ("site", "region", "department", "exchange", "provider")


def desk_label(desk: Desk) -> dict[str, str]:
    """Return the labels of a line, a service or a channel."""
    return {"site": desk.rules.site, kind_of(desk): desk.name}
