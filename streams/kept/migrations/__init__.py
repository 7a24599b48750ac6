"""Migrations of states from earlier formats: one module per step, named by the format that it starts from.

A step takes the name of a state's type, and the state as built-in values, which it changes in place. If you raise
`streams.kept.record.FORMAT`, add a step here, and keep states of the previous format for the tests (`python -m
tests.streams.kept.formats`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from streams.kept.migrations import from_6, from_7, from_8

STEPS: Final[Mapping[int, Callable[[str, dict[str, Any]], None]]] = {
    6: from_6.migrate,
    7: from_7.migrate,
    8: from_8.migrate,
}


def migrate(kind: str, state: dict[str, Any], found: int, present: int) -> None:
    """Migrate a state of a type from format `found` to format `present`, in place."""
    for number in range(found, present):
        STEPS[number](kind, state)
