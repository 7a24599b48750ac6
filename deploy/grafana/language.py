"""The boards in a language: their texts are English in the code, and French by the catalogue of all surfaces."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, TypeAlias

from agents.language import Language
from agents.translation import Words

Place: TypeAlias = tuple[dict[str, Any], str]  # an object of a board's JSON, and its key under which a text stands

_READ: Final = frozenset(
    {"title", "description", "legendFormat", "noValue", "text", "label", "displayName", "titleFormat", "unit"}
)
_NO_WORDS: Final = re.compile(r"\W*|\$\w+|\{\{\w+\}\}").fullmatch  # a name that Grafana fills in


def speak(board: dict[str, Any], language: Language) -> None:
    """Put a board, as JSON, into a language."""
    text = Words(language)
    for found, key in places(board):
        # `{{label}}` is Grafana's, and no fact of the text.
        found[key] = text(found[key]).replace("{", "{{").replace("}", "}}")


def places(found: Any) -> Iterator[Place]:  # noqa: ANN401 -- JSON
    """Yield where in a board, or in a part of one, something stands that people read."""
    if isinstance(found, list):
        for each in found:
            yield from places(each)
    elif isinstance(found, dict):
        for key, value in found.items():
            if not isinstance(value, str):
                yield from places(value)
            elif _is_read(found, key) and not _NO_WORDS(value):
                yield found, key


def _is_read(found: dict[str, Any], key: str) -> bool:
    what = found.get("id") if key == "value" else key  # an override has both
    if what == "unit":
        return str(found[key]).startswith("suffix:")  # all others are Grafana's own
    return what in _READ or (key == "name" and "titleFormat" in found)
