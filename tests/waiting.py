"""What a test waits for is a state: a busy machine is slow, and only what never comes is broken."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, TypeVar

T = TypeVar("T")

PATIENCE: Final = 120.0  # seconds; a state that has not come by then never comes
FOR_EVER: Final = 3600.0  # seconds; what takes so long outlasts every patience, and pytest's own limit of a test


def until(done: Callable[[], T], says: Callable[[], object] = lambda: "", every: float = 0.1) -> T:
    """Wait until `done` returns something truthy, and return that.

    It is asked again every so many seconds. Raises `AssertionError` with what `says` returns after `PATIENCE`.
    """
    end = time.monotonic() + PATIENCE
    while not (found := done()):
        assert time.monotonic() < end, f"not within {PATIENCE:g} s: {says()}"
        time.sleep(every)
    return found
