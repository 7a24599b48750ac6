"""Format 6 to 7: a line's calls refer to the definition by which they were counted.

Format 6 did not store it. Its calls refer to the first of the line's definitions, which is unknown.
"""

from __future__ import annotations

from typing import Any


def migrate(kind: str, state: dict[str, Any]) -> None:
    """Add the unknown definition to a line, which all its calls use."""
    if kind == "LineState":
        state["definitions"] = [None]
