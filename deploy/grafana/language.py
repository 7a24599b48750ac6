"""The boards' languages: the texts are English in the code, and French through the common catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, TypeAlias

from agents.language import Language
from agents.translation import Words

Place: TypeAlias = tuple[dict[str, Any], str]  # an object of a board's JSON, and the key of a text in it

_READ: Final = frozenset(
    {"title", "description", "legendFormat", "noValue", "text", "label", "displayName", "titleFormat", "unit"}
)
_NO_WORDS: Final = re.compile(r"\W*|\$\w+|\{\{\w+\}\}").fullmatch  # a name that Grafana fills in


def speak(board: dict[str, Any], language: Language) -> None:
    """Translate a board, as JSON, to a language."""
    text = Words(language)
    for found, key in places(board):
        # `{{label}}` is Grafana's, not a placeholder of the text
        found[key] = text(found[key]).replace("{", "{{").replace("}", "}}")


def places(found: Any) -> Iterator[Place]:  # noqa: ANN401 -- JSON
    """Yield the places of texts for people in a board or a part of one."""
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
    what = found.get("id") if key == "value" else key  # an override has the text in `value`, and its kind in `id`
    if what == "unit":
        return str(found[key]).startswith("suffix:")  # all other units are Grafana's own
    return what in _READ or (key == "name" and "titleFormat" in found)
