"""A growing file, read line by line through its rotations; unreadable parts are reported as gaps."""

from __future__ import annotations

import os
import re
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal, NamedTuple, TypeAlias

from msgspec.structs import replace

from agents.ingest.logfile import ChangedError, FilePosition, LogFile, began, holds
from agents.ingest.rotation import Rotation
from agents.sources.lines import UnreadableError

MOST_READ: Final = 20  # files remembered as read
_CLOCK: Final = 0.05  # seconds by which a file system's clock may be behind


class FileGap(NamedTuple):
    """Possibly missing lines of a file."""

    why: Literal["gone", "cut", "unreadable"]
    file: Path  # the followed file, or the unreadable one
    row: int  # its last line that was read
    since: float  # epoch s: when that line was written
    until: float = 0.0  # epoch s: the beginning of the next file
    detail: str = ""


class Turn(NamedTuple):
    """The change to another file."""

    file: Path
    gap: FileGap | None = None  # lines that may be missing before that file


TailItem: TypeAlias = bytes | Turn | None


class Tail:
    """A reader that follows a file from a position through its rotations, waiting for the file if necessary.

    With `ends` it reads pieces, like `LogFile`.
    """

    def __init__(self, path: Path, position: FilePosition | None = None, ends: re.Pattern[bytes] | None = None) -> None:
        self._path = path
        self._ends = ends
        self._rotation = Rotation(path)
        if position is None or not (position.modified or position.inode):
            position = FilePosition(0, 0, modified=time.time() - _CLOCK)
        elif not position.modified:  # as older versions stored it
            position = replace(position, modified=time.time())
        self._position = position  # while nothing of the open file was read
        self._file: LogFile | None = None
        self._opened = 0  # the offset at which the open file was opened
        self._joins = False  # whether a line may continue in the next file, as a copy was truncated inside it
        self._carried = b""  # the beginning of such a line
        self._gap: FileGap | None = None
        self._read = deque([position], MOST_READ)  # the final positions of the files that were read
        self._resume(position)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    @property
    def position(self) -> FilePosition:
        """Return how far the file was read."""
        if self._file is None:
            return self._position
        position = self._file.position
        return self._position if position.offset == self._opened else replace(position, copied=self._joins)

    @property
    def row(self) -> int:
        """Return the number of the last line that was read."""
        return self._position.row if self._file is None else self._file.row

    @property
    def file(self) -> Path:
        return self._path if self._file is None else self._file.path

    @property
    def head(self) -> bytes:
        """Return the first bytes of the current file, as far as it was read."""
        return b"" if self._file is None else self._file.head

    def first(self, count: int) -> list[bytes]:
        """Return the first lines of the current file, at most `count`; the last one may be incomplete."""
        return [] if self._file is None else self._file.first(count)

    def lines(self) -> Iterator[TailItem]:
        """Yield each complete line, a `Turn` before another file's first line, and None if there is no line yet.

        A line longer than `MAX_LINE` is cut one byte beyond it, as in `agents.sources.lines`.
        """
        looked = False
        while True:
            if self._file is None:
                yield self._open_next()
            elif (line := self._line(self._file)) is not None:
                looked, line, self._carried = False, self._carried + line, b""
                yield line
            elif not (over := self._is_over()) or not looked:
                looked = over  # its writer may still write to it: check once more
                yield None
            elif not self._is_elsewhere(self._file):
                looked = False
                if rest := self._carried + self._file.rest():
                    self._carried = rest if self._joins else b""
                    if not self._joins:
                        yield rest
                self._leave(self._file)

    def _line(self, file: LogFile) -> bytes | None:
        try:
            return file.line()
        except ChangedError:
            self._changed(file)
        except UnreadableError as why:
            self._leave(file, str(why))
        return None

    def _resume(self, position: FilePosition) -> None:
        """Open the file of a position if a part of it was read."""
        found = self._rotation.find(position) if position.inode else None
        if found is not None and (position.offset or found != self._path):
            self._joins = position.copied or (found != self._path and self._is_live(position))
            self._begin(found, position)
        elif position.offset and not self._rotation.copied(position):
            why: Literal["gone", "cut"] = "cut" if self._is_live(position) else "gone"
            self._gap = FileGap(why, self._path, position.row, position.modified)

    def _changed(self, file: LogFile) -> None:
        """Continue in a copy of a truncated file, or else in its present content."""
        self._position = self.position
        self._read.append(file.position)
        file.close()
        self._file = None
        self._resume(self._position)
        self._joins = True

    def _leave(self, file: LogFile, why: str = "") -> None:
        """Close a file that has ended, or that cannot be read any further."""
        end = replace(file.position, copied=self._joins)
        if why:
            self._gap = FileGap("unreadable", file.path, file.row, self._read[-1].modified, end.modified, why)
            self._position = self.position
            end = replace(end, begins="", before="")  # so that no file is recognised as its continuation
        elif not self._carried:
            self._position = end
        self._read.append(end)
        file.close()
        self._file = None

    def _begin(self, path: Path, position: FilePosition | None = None) -> None:
        self.close()
        self._file = LogFile(path, position, self._ends)
        self._opened = self._file.position.offset
        self._joins = self._joins and path != self._path

    def _open_next(self) -> Turn | None:
        """Open the next file; return None if there is none yet, or if it is the one that was read."""
        path, position = self._rotation.later(self._read) or (self._path, None)
        try:
            if path == self._path:
                if not path.stat().st_size:
                    return None
                if holds(path, self._read[-1]):
                    self._begin(path, self._read[-1])
                    return None
            self._begin(path, position)
        except UnreadableError as why:
            status = path.stat()
            unread = FilePosition(status.st_dev, status.st_ino, modified=status.st_mtime)
            if unread == self._read[-1]:
                return None  # the gap is reported
            self._gap = FileGap("unreadable", path, 0, self._read[-1].modified, status.st_mtime, str(why))
            self._read.append(unread)
            return self._turn(path)
        except OSError:
            return None  # a rotation is under way
        return self._turn(path)

    def _turn(self, path: Path) -> Turn:
        gap, self._gap = self._gap, None
        if gap is not None and not gap.until:
            begins = began(path)
            gap = gap._replace(until=begins if begins > gap.since else time.time())
        return Turn(path, gap)

    def _is_over(self) -> bool:
        """Return whether the next lines are in another file."""
        if self._file is None:
            return False
        position, status = self._file.position, self._live()
        if self._is_live(position):
            return False
        return bool(status and status.st_size) or self._rotation.later([*self._read, position]) is not None

    def _is_elsewhere(self, file: LogFile) -> bool:
        """Switch to a file with a different inode but the same content, as after compression and on NFS.

        If there is no such file, the lines after the last one that was read may be lost too.
        """
        position = file.seen
        found = self._rotation.find(position)
        if found is None:
            if position.offset:
                self._gap = FileGap("gone", self._path, position.row, position.modified)
            return False
        status = found.stat()
        if (status.st_dev, status.st_ino) == (position.device, position.inode):
            return False
        self._position, position = self.position, file.position
        self._begin(found, position)
        return True

    def _is_live(self, position: FilePosition) -> bool:
        """Return whether the position's file still has the followed name."""
        status = self._live()
        return status is not None and (status.st_dev, status.st_ino) == (position.device, position.inode)

    def _live(self) -> os.stat_result | None:
        try:
            return self._path.stat()
        except OSError:
            return None
