"""The only module that writes text to a terminal, so that no file or record can control it.

A terminal obeys control characters: an escape sequence renames its window or moves its cursor, a bidirectional override
changes the order in which a text is shown. Files, records and brokers' answers are others' text, so each such character
is written as its escape.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, MutableMapping
from typing import IO, Any, Final

import msgspec
import structlog
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

from agents.security_log import as_ecs, in_ecs

# C0 except tab and line feed, DEL and C1; marks, embeddings, overrides and isolates of direction; line and paragraph
# separators; lone surrogates, which no terminal's encoding has.
_UNSAFE: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")

ROOM: Final = 100_000  # columns of a file or pipe


def plain(text: str) -> str:
    r"""Return a text with its control characters escaped; JSON decodes these escapes to the same characters.

    >>> plain("\x1b]0;gone\x07 caf\u00e9\n")
    '\\u001b]0;gone\\u0007 café\n'
    """
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def say(text: str, *, err: bool = False) -> None:
    """Print a text with its control characters escaped."""
    print(plain(text), file=sys.stderr if err else sys.stdout, flush=True)


def say_json(value: object) -> None:
    """Print a value as indented JSON."""
    say(msgspec.json.format(msgspec.json.encode(value)).decode())


class Screen(Console):
    """A console that escapes control characters and reads no `[markup]` in texts.

    Files and pipes get lines of any length, as programs read lines; COLUMNS overrides that.
    """

    def __init__(self, *, stderr: bool = False, file: IO[str] | None = None, width: int | None = None) -> None:
        super().__init__(stderr=stderr, file=file, width=width, markup=False, emoji=False)
        if width is None and not self.is_terminal and "COLUMNS" not in os.environ:
            self.width = ROOM

    def render_str(self, text: str, **options: Any) -> Text:  # noqa: ANN401 -- as Rich's own
        """Return a text as it will be shown, so that a table measures its escaped form."""
        return super().render_str(plain(text), **options)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Yield the segments to print; only Rich's own may control the terminal."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else segment._replace(text=plain(segment.text))


def safe_values(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Escape control characters in the texts of a log event: a processor of structlog."""
    return {key: plain(value) if isinstance(value, str) else value for key, value in event.items()}


def log_to_stderr(**facts: object) -> None:
    """Let structlog write safe lines to standard error, as JSON unless that is a terminal; add `facts` to each line."""
    # The usual traceback shows all variables, which may be a key or a caller's number.
    on_terminal = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    renamed = (as_ecs,) if in_ecs() else ()
    as_json = (structlog.processors.format_exc_info, *renamed, structlog.processors.JSONRenderer())
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            lambda _logger, _method, event: {**facts, **event},
            safe_values,
            *([on_terminal] if sys.stderr.isatty() and not in_ecs() else as_json),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
