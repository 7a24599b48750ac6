"""How often Python looks for garbage: seldom, where millions of events go through."""

from __future__ import annotations

import gc
from typing import Final

# New objects after which Python looks for garbage among them, and how often among older ones; by its own measure 700.
THRESHOLDS: Final = (50_000, 10, 10)


def collect_seldom() -> None:
    """Leave what is loaded out of every search for cycles, and search seldom: reference counts free what events make.

    At Python's own pace the searches cost an eighth of an analysis, and a quarter of a worker's time.
    """
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
