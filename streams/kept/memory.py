"""The memory of settled calls and tickets, needed for late and repeated events: two generations of short names.

When the newer generation is full, the older one is dropped. A memory therefore always has at least one generation.
"""

from __future__ import annotations

from typing import Final, Protocol, TypeVar

T = TypeVar("T")

# A state record must stay far below a broker's 1 MB message limit (docs/decisions/0004).
GENERATION: Final = 4_000


class Memory(Protocol[T]):
    """A state that remembers settled calls or tickets."""

    young: dict[int, T]  # the newer generation
    old: dict[int, T]  # the generation before
    forgotten: int  # how many names were dropped for lack of room


def keep(memory: Memory[T], name: int, settled: T) -> None:
    memory.young[name] = settled
    if len(memory.young) >= GENERATION:
        forget(memory)
        memory.old = memory.young
        memory.young = {}


def recall(memory: Memory[T], name: int) -> T | None:
    """Remove and return the value under a name, or None if there is none."""
    return memory.young.pop(name, None) or memory.old.pop(name, None)


def forget(memory: Memory[T]) -> bool:
    """Drop the older generation, and return whether it had any names."""
    gone = len(memory.old)
    memory.forgotten += gone
    memory.old = {}
    return gone > 0


def check(memory: Memory[T]) -> None:
    """Raise AssertionError if a generation is too large."""
    assert max(len(memory.young), len(memory.old)) <= GENERATION
