"""A file in the state folder from which a live ingest resumes."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import msgspec

from agents.draft import write_whole

S = TypeVar("S", bound=msgspec.Struct)


def read_kept(file: Path, kind: type[S]) -> S | None:
    """Return the kept state, None if there is none."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=kind)
    except FileNotFoundError:
        return None


def keep_state(file: Path, state: msgspec.Struct) -> None:
    """Write a state completely or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    write_whole(file, msgspec.json.encode(state))
