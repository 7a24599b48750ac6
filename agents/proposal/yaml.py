"""YAML as a person writes it: each entry is below a comment with its reason; names have quotes only if necessary."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from textwrap import wrap
from typing import Final

from agents.terminal import plain

WIDTH: Final = 110  # width of a comment
_PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9._/+-]*")
_NOT_TEXT: Final = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})


def entry(key: str, value: str, reason: str | None) -> Iterator[str]:
    """Yield a key and its value below a comment with the reason."""
    if reason:
        yield from comment(reason)
    yield f"{key}: {scalar(value)}"


def comment(text: str, indent: str = "") -> Iterator[str]:
    # French puts a space before these marks; no row may begin with one of them
    held = re.sub(r" ([;:?])", "\N{NO-BREAK SPACE}\\1", plain(text))
    yield from (f"{indent}# {row}" for row in wrap(held, WIDTH, break_long_words=False, break_on_hyphens=False))


def quoted(text: str) -> str:
    found = json.dumps(text, ensure_ascii=False)
    return "".join(sign if sign.isprintable() else f"\\U{ord(sign):08x}" for sign in found)


def scalar(text: str) -> str:
    """Return an id or a name, quoted if YAML would not read it as text."""
    return text if _PLAIN.fullmatch(text) and text.lower() not in _NOT_TEXT else quoted(text)
