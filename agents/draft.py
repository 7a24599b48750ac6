"""Files that a command writes completely or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO


@contextmanager
def draft(path: Path) -> Iterator[IO[bytes]]:
    """Yield a temporary file beside `path`; it replaces `path` if the block succeeds, and is deleted if it fails.

    A full disk or a Ctrl-C therefore leaves the old file intact. Devices and pipes are written directly; a symbolic
    link stays a link. Raises `OSError`, which names `path`, if that cannot be written.
    """
    if path.exists() and not path.is_file():
        with path.open("wb") as file:
            yield file
        return
    target = path.resolve()
    beside = target.with_name(f".{target.name}.draft")
    try:
        with beside.open("wb") as file:
            yield file
        if target.exists():
            shutil.copymode(target, beside)
        beside.replace(target)
    except OSError as error:
        error.filename = str(path)
        raise
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file completely or not at all. Raises `OSError`, which names it, if it cannot be written."""
    with draft(path) as file:
        file.write(content)
