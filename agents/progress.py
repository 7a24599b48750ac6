"""How far a long command has come, on a terminal: one way for all, and nothing where nobody is there to see it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final, TypeVar

from rich.progress import BarColumn, Progress, ProgressColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn

from agents.terminal import Screen

T = TypeVar("T")

EVERY: Final = 0.1  # seconds between two looks at how far it is

_progress: ContextVar[Progress | None] = ContextVar("progress", default=None)


def columns() -> tuple[ProgressColumn, ...]:
    """Return what is shown of a piece of work: its name, its share, how many of what, and the time left."""
    name, count = (TextColumn(each, markup=False) for each in ("{task.description}", "{task.fields[count]}"))
    return name, BarColumn(), TaskProgressColumn(), count, TimeRemainingColumn()


@contextmanager
def progress(*, quiet: bool = False) -> Iterator[None]:
    """Show how far the work of a block is; nothing where it is to be quiet, or where no terminal is."""
    screen = Screen(stderr=True)
    if quiet or not screen.is_terminal:
        yield
        return
    with Progress(*columns(), console=screen, transient=True) as shown:
        token = _progress.set(shown)
        try:
            yield
        finally:
            _progress.reset(token)


def is_shown() -> bool:
    """Tell whether somebody sees how far it is."""
    return _progress.get() is not None


class ProgressBar:
    """Show one piece of work within a block of `progress`; outside of one, nothing."""

    def __init__(self, name: str, total: float | None = None, *, of: str = "") -> None:
        self._progress = _progress.get()
        self._of = of  # what is counted
        self._next = 0.0
        self._task = None if self._progress is None else self._progress.add_task(name, total=total, count="")

    def to(self, done: float, count: int | None = None) -> None:
        """Show how much is done, and how many that are."""
        if self._progress is None or self._task is None or (now := time.monotonic()) < self._next:
            return
        self._next = now + EVERY
        self._progress.update(self._task, completed=done, count="" if count is None else f"{count:,} {self._of}")

    def close(self) -> None:
        """Take it away: the work is done."""
        if self._progress is not None and self._task is not None:
            self._progress.remove_task(self._task)


def counted(items: Iterable[T], name: str, total: int | None, *, of: str) -> Iterator[T]:
    """Yield items, and show how many were."""
    if not is_shown():
        yield from items
        return
    bar = ProgressBar(name, total, of=of)
    for number, item in enumerate(items, 1):
        yield item
        bar.to(number, number)
    bar.close()
