"""YAML as a person writes it: an entry beneath the comment that says why, names in quotes where they need them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from textwrap import wrap
from typing import Final

from agents.terminal import plain

WIDTH: Final = 110  # of a comment
_PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9._/+-]*")
_NOT_TEXT: Final = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})


def entry(key: str, value: str, reason: str | None) -> Iterator[str]:
    """Yield the rows of a key and its value, beneath the reason for it."""
    if reason:
        yield from comment(reason)
    yield f"{key}: {scalar(value)}"


def comment(text: str, indent: str = "") -> Iterator[str]:
    """Yield the rows of a comment."""
    held = re.sub(r" ([;:?])", "\N{NO-BREAK SPACE}\\1", plain(text))  # as French has it: no row begins by a mark
    yield from (f"{indent}# {row}" for row in wrap(held, WIDTH, break_long_words=False, break_on_hyphens=False))


def quoted(text: str) -> str:
    """Return a text in quotes, as YAML has it."""
    found = json.dumps(text, ensure_ascii=False)
    return "".join(sign if sign.isprintable() else f"\\U{ord(sign):08x}" for sign in found)


def scalar(text: str) -> str:
    """Return an id or a name, in quotes where YAML would take it for anything else."""
    return text if _PLAIN.fullmatch(text) and text.lower() not in _NOT_TEXT else quoted(text)
