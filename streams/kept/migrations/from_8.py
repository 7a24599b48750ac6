"""Format 8 to 9: settled calls and tickets are on pages; the sealed ones have records of their own."""

from __future__ import annotations

from typing import Any


def migrate(kind: str, state: dict[str, Any]) -> None:
    """Put the whole memory of a line or a service on its open page; it is sealed when it is read."""
    if kind in {"LineState", "ServiceState"}:
        state["young"] = state.pop("old", {}) | state.get("young", {})
