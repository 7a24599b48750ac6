"""From format 6 to 7: a line's calls name the definition that they were counted by.

Format 6 did not say. Its calls name the first of the line's definitions, and that one is unknown.
"""

from __future__ import annotations

from typing import Any


def migrate(kind: str, state: dict[str, Any]) -> None:
    """Give a line the unknown definition, by which all its calls were counted."""
    if kind == "LineState":
        state["definitions"] = [None]
