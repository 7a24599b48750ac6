"""The memory of what has settled, so that a late event or a repetition still finds it: two generations, by short names.

When the newer generation is full, the older one is dropped whole. So a memory holds at least the last generation.
"""

from __future__ import annotations

from typing import Final, Protocol, TypeVar

T = TypeVar("T")

# A state record must stay far below a broker's 1 MB message limit (docs/decisions/0004).
GENERATION: Final = 4_000


class Memory(Protocol[T]):
    """Stand for a state that remembers what has settled."""

    young: dict[int, T]  # the newer generation
    old: dict[int, T]  # and the one before
    forgotten: int  # how many were dropped because there were too many


def keep(memory: Memory[T], name: int, settled: T) -> None:
    """Remember what has settled."""
    memory.young[name] = settled
    if len(memory.young) >= GENERATION:
        forget(memory)
        memory.old = memory.young
        memory.young = {}


def recall(memory: Memory[T], name: int) -> T | None:
    """Take out what is remembered under a name; return None where there is nothing."""
    return memory.young.pop(name, None) or memory.old.pop(name, None)


def forget(memory: Memory[T]) -> bool:
    """Drop the older generation; tell whether there was one."""
    gone = len(memory.old)
    memory.forgotten += gone
    memory.old = {}
    return gone > 0


def check(memory: Memory[T]) -> None:
    """Raise AssertionError where a generation is larger than it may be."""
    assert max(len(memory.young), len(memory.old)) <= GENERATION
