"""A file that grows, read line by line through its rotations."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import structlog
from msgspec import Struct

log = structlog.get_logger()


class Mark(Struct, frozen=True):
    """Tell how far a file was read: which file, its byte offset, and how many lines that is."""

    device: int
    inode: int
    offset: int = 0
    row: int = 0


class Tail:
    """Follow a file from a mark; a file that was renamed since is read to its end before the new one.

    Raises `FileNotFoundError` where there is no file to begin with.
    """

    def __init__(self, path: Path, mark: Mark | None = None) -> None:
        self._path = path
        found = self._find(mark)
        if mark is not None and found is None:
            log.warning("the file that was followed is gone; beginning with the one of its name", file=str(path))
        self._file = (found or path).open("rb")
        self.row = 0
        if mark is not None and found is not None:
            self._file.seek(mark.offset)
            self.row = mark.row

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    @property
    def mark(self) -> Mark:
        """Return how far the file was read."""
        status = os.fstat(self._file.fileno())
        return Mark(status.st_dev, status.st_ino, self._file.tell(), self.row)

    def first(self) -> bytes:
        """Return the first line of the file, wherever it is read."""
        place = self._file.tell()
        self._file.seek(0)
        line = self._file.readline()
        self._file.seek(place)
        return line

    def lines(self) -> Iterator[bytes | None]:
        """Yield every whole line, and None whenever there is none for now."""
        renamed = False
        while True:
            line = self._file.readline()
            if line.endswith(b"\n"):
                self.row += 1
                yield line
                continue
            self._file.seek(-len(line), os.SEEK_CUR)
            if not self._replaced():
                yield None
            elif not renamed:
                renamed = True  # its writer may not have let go of it yet: one more look
                yield None
            else:
                renamed = False
                if line:
                    self.row += 1
                    yield line  # its end will never come
                self._file.close()
                self._file, self.row = self._path.open("rb"), 0

    def _replaced(self) -> bool:
        """Tell whether the name stands for another file by now; one cut to nothing is read from its beginning."""
        try:
            status = self._path.stat()
        except FileNotFoundError:
            return False  # between two names
        if (status.st_dev, status.st_ino) != (self.mark.device, self.mark.inode):
            return True
        if status.st_size < self._file.tell():
            self._file.seek(0)
            self.row = 0
        return False

    def _find(self, mark: Mark | None) -> Path | None:
        """Return the file of a mark, under its name or one that a rotation gave it."""
        if mark is None:
            return None
        for path in sorted(self._path.parent.glob(f"{self._path.name}*")):
            status = path.stat()
            if (status.st_dev, status.st_ino) == (mark.device, mark.inode) and status.st_size >= mark.offset:
                return path
        return None
