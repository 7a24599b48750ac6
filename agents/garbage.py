"""How often Python looks for garbage: seldom, where millions of events go through."""

from __future__ import annotations

import gc
from typing import Final

NEW_OBJECTS: Final = 50_000  # after which it looks among them; by its own measure after 700


def collect_seldom() -> None:
    """Leave what is loaded out of every search for cycles, and search seldom: reference counts free what events make.

    At Python's own pace the searches cost an eighth of an analysis.
    """
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, 10, 10)
