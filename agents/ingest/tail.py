"""A file that grows, read line by line through its rotations."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import structlog
from msgspec import Struct

from agents.sources.lines import MAX_LINE

log = structlog.get_logger()


class FilePosition(Struct, frozen=True):
    """Tell how far a file was read."""

    device: int  # this and the inode name the file, whatever its name is by now
    inode: int
    offset: int = 0  # bytes
    row: int = 0  # lines


class Tail:
    """Follow a file from a position through its rotations.

    A file that was renamed since is read to its end before the new one is begun.
    Raises `FileNotFoundError` where there is no file to begin with.
    """

    def __init__(self, path: Path, position: FilePosition | None = None) -> None:
        self._path = path
        found = self._find(position)
        if position is not None and found is None:
            log.warning("the file that was followed is gone; beginning with the one of its name", file=str(path))
        self._file = (found or path).open("rb")
        self.row = 0
        self._cut = False  # whether the line that is read was cut already
        if position is not None and found is not None:
            self._file.seek(position.offset)
            self.row = position.row

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    @property
    def position(self) -> FilePosition:
        """Return how far the file was read."""
        status = os.fstat(self._file.fileno())
        return FilePosition(status.st_dev, status.st_ino, self._file.tell(), self.row)

    def first(self) -> bytes:
        """Return the first line of the file, and go on reading where it was read."""
        offset = self._file.tell()
        self._file.seek(0)
        line = self._file.readline(MAX_LINE + 1)
        self._file.seek(offset)
        return line

    def lines(self) -> Iterator[bytes | None]:
        """Yield every whole line, and None whenever no further one is there yet.

        A longer line than `MAX_LINE` is cut one byte behind that bound, as `agents.sources.lines` does.
        """
        renamed = False
        while True:
            line = self._file.readline(MAX_LINE + 1)
            if line.endswith(b"\n") or len(line) > MAX_LINE:
                if not self._cut:  # what follows of a line that was cut is passed over
                    self.row += 1
                    yield line
                self._cut = not line.endswith(b"\n")
                continue
            self._file.seek(-len(line), os.SEEK_CUR)
            if not self._replaced():
                yield None
            elif not renamed:
                renamed = True  # its writer may still write to it: look once more
                yield None
            else:
                renamed = False
                if line and not self._cut:
                    self.row += 1
                    yield line  # nobody will write its end
                log.info("the file was rotated; going on with the new one", file=str(self._path), lines=self.row)
                self._file.close()
                self._file, self.row, self._cut = self._path.open("rb"), 0, False

    def _replaced(self) -> bool:
        """Tell whether another file has the name by now; begin a file anew that was cut short."""
        try:
            status = self._path.stat()
        except FileNotFoundError:
            return False  # the rotation is under way
        position = self.position
        if (status.st_dev, status.st_ino) != (position.device, position.inode):
            return True
        if status.st_size < self._file.tell():
            self._file.seek(0)
            self.row, self._cut = 0, False
        return False

    def _find(self, position: FilePosition | None) -> Path | None:
        """Return the file of a position, under its name or one that a rotation gave it."""
        if position is None:
            return None
        for path in sorted(self._path.parent.glob(f"{self._path.name}*")):
            status = path.stat()
            same = (status.st_dev, status.st_ino) == (position.device, position.inode)
            if same and status.st_size >= position.offset:
                return path
        return None
