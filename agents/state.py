"""The folder in which Tocsin keeps its data from one command to the next."""

from __future__ import annotations

import os
from pathlib import Path

from config.environment import Variable


def state_dir() -> Path:
    """Return the folder named by TOCSIN_STATE_DIR, or else `tocsin` in the user's state folder."""
    home = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(os.environ.get(Variable.STATE_DIR) or Path(home) / "tocsin")
