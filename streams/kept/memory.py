"""The memory of settled calls and tickets, needed for late and repeated events, by short names.

It is kept in pages. Settled cases enter the open page; a full page is sealed and written once, in a record of its own
(`streams.pages`), as most settled cases never change again. When the memory is full, the oldest page is forgotten.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final, Protocol, TypeVar

T = TypeVar("T")

PAGE: Final = 500  # cases
MOST: Final = 6_000  # cases on sealed pages


@dataclass(slots=True)
class MemoryPage:
    """A sealed page: the name of its record, and the cases taken out since that was written."""

    record: str = ""  # empty until it is written
    taken: list[int] = field(default_factory=list)
    settled: dict[int, Any] = field(default_factory=dict)  # the other calls or tickets, in that record only


class Memory(Protocol[T]):
    """A state that remembers settled calls or tickets."""

    young: dict[int, T]  # the open page
    pages: list[MemoryPage]  # oldest first
    old: dict[int, MemoryPage]  # the page of each case on a sealed page
    forgotten: int  # how many cases were dropped for lack of room


def keep(memory: Memory[T], name: int, settled: T) -> None:
    memory.young[name] = settled
    if len(memory.young) >= PAGE:
        seal(memory)


def seal(memory: Memory[T]) -> None:
    """Seal full pages, and forget the oldest while there are too many."""
    while len(memory.young) >= PAGE:
        page = MemoryPage(settled={name: memory.young[name] for name in islice(memory.young, PAGE)})
        for name in page.settled:
            del memory.young[name]
        add(memory, page)
    while len(memory.old) > MOST:
        gone = memory.pages.pop(0).settled
        memory.forgotten += len(gone)
        for name in gone:
            del memory.old[name]


def add(memory: Memory[T], page: MemoryPage) -> None:
    """Add the youngest sealed page."""
    memory.pages.append(page)
    memory.old |= dict.fromkeys(page.settled, page)


def find(memory: Memory[T], name: int) -> T | None:
    """Return the value under a name, or None if there is none."""
    page = memory.old.get(name)
    return memory.young.get(name) if page is None else page.settled[name]


def recall(memory: Memory[T], name: int) -> T | None:
    """Remove and return the value under a name, or None if there is none."""
    page = memory.old.pop(name, None)
    if page is None:
        return memory.young.pop(name, None)
    found: T = page.settled.pop(name)
    page.taken.append(name)
    if len(page.taken) > len(page.settled):  # otherwise there could be any number of pages
        _dissolve(memory, page)
    return found


def _dissolve(memory: Memory[T], page: MemoryPage) -> None:
    """Move the rest of a sealed page to the open one."""
    memory.pages = [each for each in memory.pages if each is not page]
    for name in page.settled:
        del memory.old[name]
    memory.young |= page.settled
    seal(memory)


def check(memory: Memory[T]) -> None:
    """Raise AssertionError if the memory contradicts itself."""
    assert len(memory.young) < PAGE
    assert len(memory.old) <= MOST
    assert all(len(page.taken) <= len(page.settled) for page in memory.pages)
    assert sorted(memory.old) == sorted(name for page in memory.pages for name in page.settled)
