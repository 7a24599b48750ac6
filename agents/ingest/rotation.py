"""The rotated files beside a live one, found by their content, in the order in which they were written.

Names do not give the order: logrotate's `.1` is the newest, Asterisk's `.0` the oldest, and others have a date.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from agents.ingest.logfile import FilePosition, began, began_alike, holds

# A file's first row may have an earlier moment than the previous file's: a call is written when it ends.
OVERLAP: Final = 4 * 3600.0  # seconds
_PACKED: Final = frozenset({".gz", ".bz2", ".xz", ".zst"})
_NUMBER: Final = r"[.-](?:\d[\d._T:-]*|old)"  # .1, .0, -20261125, .2026-11-25-03-00-00


class Rotation:
    """The files that were once the live one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        stem, suffix, packed = re.escape(path.stem), re.escape(path.suffix), "|".join(map(re.escape, sorted(_PACKED)))
        self._rotated = re.compile(f"(?:{stem}{suffix}{_NUMBER}|{stem}{_NUMBER}{suffix})(?:{packed})?")

    def find(self, position: FilePosition) -> Path | None:
        """Return the file that was read up to a position, whatever its name and inode are now."""
        files = [file for file in (self._path, *self._beside()) if file.is_file()]
        for file in files:
            status = _status(file)
            if status is None or (status.st_dev, status.st_ino) != (position.device, position.inode):
                continue
            unprinted = not position.begins and status.st_size >= position.offset  # as older versions stored it
            if unprinted or holds(file, position):
                return file
        return next((file for file in files if holds(file, position)), None)

    def later(self, read: Sequence[FilePosition]) -> tuple[Path, FilePosition | None] | None:
        """Return the first file written after the last one that was read, and how far that first file was read already.

        `read` has the final positions of the files that were read, the latest last.
        """
        than, found = read[-1], []
        for file in self._beside():
            status = _status(file)
            if status is None or not status.st_size or not self._rotated.fullmatch(file.name) or self._has_plain(file):
                continue
            moment = began(file)
            by_content = moment - than.first if moment and than.first else 0.0
            if (status.st_mtime > than.modified or by_content > 0) and by_content >= -OVERLAP:
                known = next((each for each in reversed(read) if _is(file, status, each)), None)
                if (known is None and not began_alike(file, than)) or (known and holds(file, known, more=True)):
                    found.append((moment, status.st_mtime, file, known))
        by_began = all(moment for moment, *_ in found)
        found.sort(key=lambda each: each[:2] if by_began else each[1:2])
        return found[0][2:] if found else None

    def copied(self, position: FilePosition) -> bool:
        """Return whether any file is a copy of the position's file, made before all of it was written."""
        return any(began_alike(file, position) for file in self._beside())

    def _beside(self) -> Iterator[Path]:
        """Yield the files whose names begin like the live one's."""
        try:
            files = sorted(self._path.parent.iterdir())
        except OSError:
            return
        for file in files:
            named = file.name.startswith(self._path.stem) and self._path.suffix in file.name[len(self._path.stem) :]
            if named and file != self._path and file.is_file():
                yield file

    def _has_plain(self, file: Path) -> bool:
        """Return whether a compressed file is beside its uncompressed original."""
        return file.suffix in _PACKED and file.with_suffix("").exists()


def _is(file: Path, status: os.stat_result, read: FilePosition) -> bool:
    """Return whether a file is one that was read, whatever its name and compression are now."""
    same = (status.st_dev, status.st_ino, status.st_mtime) == (read.device, read.inode, read.modified)
    return same or holds(file, read)


def _status(file: Path) -> os.stat_result | None:
    try:
        return file.stat()
    except OSError:
        return None
