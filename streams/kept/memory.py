"""The memory of settled calls and tickets, needed for late and repeated events, by short names.

It is kept in pages. Settled cases enter the open page; a full page is sealed and written once, in a record of its own
(`streams.pages`), as most settled cases never change again. When the memory is full, the oldest page is forgotten.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import Final, Protocol, TypeVar

T = TypeVar("T")

PAGE: Final = 500  # names
MOST: Final = 6_000  # names on sealed pages


@dataclass(slots=True)
class MemoryPage:
    """A sealed page: the name of its record, and the names that were taken out since that was written."""

    record: str = ""  # empty until it is written
    taken: list[int] = field(default_factory=list)
    names: list[int] = field(default_factory=list)  # all names in its record; only that has them

    def left(self) -> list[int]:
        """Return the names that are still on the page."""
        gone = set(self.taken)
        return [name for name in self.names if name not in gone]


class Memory(Protocol[T]):
    """A state that remembers settled calls or tickets."""

    young: dict[int, T]  # the open page
    old: dict[int, T]  # all sealed pages
    pages: list[MemoryPage]  # oldest first
    forgotten: int  # how many names were dropped for lack of room


def keep(memory: Memory[T], name: int, settled: T) -> None:
    memory.young[name] = settled
    if len(memory.young) >= PAGE:
        seal(memory)


def seal(memory: Memory[T]) -> None:
    """Seal full pages, and forget the oldest while there are too many."""
    while len(memory.young) >= PAGE:
        names = list(islice(memory.young, PAGE))
        memory.old.update((name, memory.young.pop(name)) for name in names)
        memory.pages = [*(page for page in memory.pages if len(page.taken) < len(page.names)), MemoryPage(names=names)]
    while len(memory.old) > MOST:
        gone = memory.pages.pop(0).left()
        memory.forgotten += len(gone)
        for name in gone:
            del memory.old[name]


def recall(memory: Memory[T], name: int) -> T | None:
    """Remove and return the value under a name, or None if there is none."""
    found = memory.young.pop(name, None)
    if found is None and (found := memory.old.pop(name, None)) is not None:
        page = next(page for page in reversed(memory.pages) if name in page.names and name not in page.taken)
        page.taken.append(name)
    return found


def check(memory: Memory[T]) -> None:
    """Raise AssertionError if the memory contradicts itself."""
    assert len(memory.young) < PAGE
    assert len(memory.old) <= MOST
    assert sorted(memory.old) == sorted(name for page in memory.pages for name in page.left())
