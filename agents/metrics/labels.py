"""The labels that identify a line, a counter service or a request channel of an office."""

from __future__ import annotations

from typing import Final

LINE: Final = ("site", "line")
SERVICE: Final = ("site", "service")
CHANNEL: Final = ("site", "channel")
PLACE: Final = ("site", "region", "department", "exchange", "provider")
