"""States of earlier formats, brought up to the present one: a module a step, named by the format that it starts from.

A step takes the name of a state's type and the state as built-in values, and changes these in place. Whoever raises
`streams.kept.record.FORMAT` adds a step here, and keeps states of the format before for the tests
(`python -m tests.streams.kept.formats`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from streams.kept.migrations import from_6, from_7

STEPS: Final[Mapping[int, Callable[[str, dict[str, Any]], None]]] = {
    6: from_6.migrate,
    7: from_7.migrate,
}


def migrate(kind: str, state: dict[str, Any], found: int, present: int) -> None:
    """Bring a state of a type from the format in which it was found to the present one."""
    for number in range(found, present):
        STEPS[number](kind, state)
