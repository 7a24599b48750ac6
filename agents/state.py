"""Where Tocsin keeps what outlives a command."""

from __future__ import annotations

import os
from pathlib import Path


def state_dir() -> Path:
    """Return the folder of what Tocsin must not forget: TOCSIN_STATE_DIR, else in the user's state folder."""
    home = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(os.environ.get("TOCSIN_STATE_DIR") or Path(home) / "tocsin")
