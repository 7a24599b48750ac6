"""Format 6 to 7: a line's calls refer to the definition by which they were counted.

Format 6 did not store the definition. Its calls refer to the line's first definition, which is a placeholder for the
unknown one.
"""

from __future__ import annotations

from typing import Any


def migrate(kind: str, state: dict[str, Any]) -> None:
    """Add the unknown definition to a line, and let all its calls use it."""
    if kind == "LineState":
        state["definitions"] = [None]
