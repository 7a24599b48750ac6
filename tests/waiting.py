"""Waiting for a state: on a busy machine it may come late, and only a state that never comes is an error."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, TypeVar

T = TypeVar("T")

PATIENCE: Final = 120.0  # seconds; a state that has not come by then never comes
FOR_EVER: Final = 3600.0  # seconds; longer than every patience and than pytest's own limit of a test


def until(done: Callable[[], T], says: Callable[[], object] = lambda: "", every: float = 0.1) -> T:
    """Wait until `done` returns something truthy, and return that.

    It is called every `every` seconds. After `PATIENCE`, raises `AssertionError` with the result of `says`.
    """
    end = time.monotonic() + PATIENCE
    while not (found := done()):
        assert time.monotonic() < end, f"not within {PATIENCE:g} s: {says()}"
        time.sleep(every)
    return found
