"""Accepted differences between surfaces, with their reasons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tests.agreement.shown import Aspect

_REPLAY: Final = (
    "in a replay, the board's day is that of the last event, by which the period is not over, and a command's is today"
)
EXCEPTIONS: Final[Mapping[tuple[str, Aspect], str]] = {
    ("nation's download csv", "status"): _REPLAY,
    ("nation's download csv", "raw_status"): _REPLAY,
    ("nation's download json", "status"): _REPLAY,
    ("nation's download json", "raw_status"): _REPLAY,
    ("nation's page /api/v1/totals/{name}", "status"): _REPLAY,
    ("nation's page /api/v1/totals/{name}", "raw_status"): _REPLAY,
    ("nation's download open-data", "status"): _REPLAY,
    ("nation's download open-data", "raw_status"): _REPLAY,
}
