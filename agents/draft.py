"""A file that a command writes: whole under its name, or not there at all."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO


@contextmanager
def draft(path: Path) -> Iterator[IO[bytes]]:
    """Give a file to write beside `path`, which takes its place where the block ends well, and is gone where it fails.

    So a full disk or a Ctrl-C leaves what stood at `path`. A device or a pipe is written as it is; a link stays one.
    Raises `OSError`, which names `path`, where it cannot be written.
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
    """Write a file, whole or not at all. Raises `OSError`, which names it, where it cannot be written."""
    with draft(path) as file:
        file.write(content)
