"""Waiting for a state: on a busy machine it may come late, and only a state that never comes is an error."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, TypeVar

import pytest

T = TypeVar("T")

PATIENCE: Final = 900.0  # seconds; as pytest's own limit (--timeout) against hanging, so no wait has a shorter one
FOR_EVER: Final = 3600.0  # seconds; longer than every patience


def until(done: Callable[[], T], says: Callable[[], object] = lambda: "", every: float = 0.1) -> T:
    """Wait until `done` returns something truthy, and return that.

    It is called every `every` seconds. After `PATIENCE`, raises `AssertionError` with the result of `says`; if pytest's
    limit ends the test before, its failure has the same words.
    """
    end = time.monotonic() + PATIENCE
    try:
        while not (found := done()):
            assert time.monotonic() < end, f"not within {PATIENCE:g} s: {says()}"
            time.sleep(every)
    except pytest.fail.Exception as over:
        over.add_note(f"waited for a state that did not come: {says()}")
        raise
    return found
