"""The output of a follower of a growing file."""

from __future__ import annotations

from pathlib import Path

from agents.ingest.tail import FileGap, Tail, TailItem, Turn


def items(tail: Tail, looks: int = 3) -> list[TailItem]:
    """Return the next items, up to `looks` looks that find nothing."""
    found: list[TailItem] = []
    for item in tail.lines():
        if item is None:
            looks -= 1
            if not looks:
                break
        else:
            found.append(item)
    return found


def read(tail: Tail, looks: int = 3) -> list[bytes]:
    """Return the next lines."""
    return [item for item in items(tail, looks) if isinstance(item, bytes)]


def gaps(found: list[TailItem]) -> list[FileGap]:
    return [item.gap for item in found if isinstance(item, Turn) and item.gap]


def append(path: Path, text: bytes) -> None:
    with path.open("ab") as file:
        file.write(text)
