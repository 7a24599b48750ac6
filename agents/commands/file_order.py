"""Puts several files in the order of their first moments, whichever way the shell gave them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

from agents.commands.files import named, opened
from agents.sources.kind import FileKind
from agents.terminal import say
from agents.translation import text
from config.refusal import ConfigError
from streams.events import milliseconds

if TYPE_CHECKING:
    from agents.sources.context import Context

ROWS: Final = 400  # of each file, to find its first moment


def ordered(kind: FileKind, files: Sequence[Path], context: Context) -> list[Path]:
    """Return the files in the order of the first moments in them, and report a change of their order.

    `queue_log*` names the live file before the older ones, which would make most of their events late. The order stays
    if a file can be read only once, or if the first rows of one have no moment.
    """
    if len(files) < 2 or not all(map(Path.is_file, files)):  # noqa: PLR2004 -- one file has one order
        return [*files]
    began = [_began(kind, file, context) for file in files]
    known = [at for at in began if at is not None]
    if len(known) < len(files) or known == sorted(known):
        return [*files]
    found = [file for _, _, file in sorted(zip(known, range(len(files)), files, strict=True))]
    say(text("The files are read in the order of time: {files}", files=named(found)), err=True)
    return found


def _began(kind: FileKind, file: Path, context: Context) -> int | None:
    """Return the first moment (ms) in the first rows of a file; None if they have none."""
    from agents.sources.entry import Accepted
    from agents.sources.registry import CONNECTORS

    reading = replace(context, file=file.name, aside=Counter(), queues={}, trace=None, line_of=str, dialled=str)
    with opened([file]) as rows:
        try:
            entries = [*CONNECTORS[kind].read(islice(rows, ROWS), reading)]
        except ConfigError:
            return None
    return min((milliseconds(each.event.at) for each in entries if isinstance(each, Accepted)), default=None)
