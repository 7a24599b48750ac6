"""The progress of long commands: bars on a terminal, occasional lines anywhere else."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final, TypeVar

from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)

from agents.terminal import Screen

T = TypeVar("T")

EVERY: Final = 0.1  # seconds between two updates
LINE_EVERY: Final = 10.0  # seconds between two lines without a terminal
BETWEEN_LOOKS: Final = 500  # items between two looks at the clock


class Lines:
    """Progress as a line every `LINE_EVERY` seconds, for logs and pipes."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._next = time.monotonic() + LINE_EVERY
        self._names: dict[TaskID, str] = {}
        self._totals: dict[TaskID, float | None] = {}
        self._lines: dict[TaskID, str] = {}

    def add_task(self, name: str, *, total: float | None, count: str) -> TaskID:
        task = TaskID(len(self._names))
        self._names[task], self._totals[task], self._lines[task] = name, total, count
        return task

    def update(self, task: TaskID, *, completed: float, count: str) -> None:
        """Record the progress of a task, and print a line if one is due."""
        total = self._totals[task]
        share = f"{min(completed / total, 1.0):.0%}" if total else ""
        self._lines[task] = " ".join(part for part in (self._names[task], share, count) if part)
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + LINE_EVERY
            self._screen.print("; ".join(filter(None, self._lines.values())), soft_wrap=True)

    def remove_task(self, task: TaskID) -> None:
        self._lines[task] = ""


_progress: ContextVar[Progress | Lines | None] = ContextVar("progress", default=None)


def columns() -> tuple[ProgressColumn, ...]:
    """Return a bar's columns: name, bar, share, count and time left."""
    name, count = (TextColumn(each, markup=False) for each in ("{task.description}", "{task.fields[count]}"))
    return name, BarColumn(), TaskProgressColumn(), count, TimeRemainingColumn()


@contextmanager
def progress(*, quiet: bool = False) -> Iterator[None]:
    """Show the progress of the block's work, unless it should be quiet."""
    screen = Screen(stderr=True)
    if quiet:
        yield
    elif screen.is_terminal:
        with Progress(*columns(), console=screen, transient=True) as shown, _shown_by(shown):
            yield
    else:
        with _shown_by(Lines(screen)):
            yield


@contextmanager
def _shown_by(shown: Progress | Lines) -> Iterator[None]:
    token = _progress.set(shown)
    try:
        yield
    finally:
        _progress.reset(token)


def is_shown() -> bool:
    return _progress.get() is not None


class ProgressBar:
    """The progress of one task within a block of `progress`; outside of one, nothing is shown."""

    def __init__(self, name: str, total: float | None = None, *, of: str = "") -> None:
        self._progress = _progress.get()
        self._of = of  # the unit of the counts
        self._next = 0.0
        self._task = None if self._progress is None else self._progress.add_task(name, total=total, count="")

    def to(self, done: float, count: int | None = None) -> None:
        """Show how much of `total` is done, and a count."""
        if self._progress is None or self._task is None or (now := time.monotonic()) < self._next:
            return
        self._next = now + EVERY
        self._progress.update(self._task, completed=done, count="" if count is None else f"{count:,} {self._of}")

    def close(self) -> None:
        if self._progress is not None and self._task is not None:
            self._progress.remove_task(self._task)


def counted(items: Iterable[T], name: str, total: int | None, *, of: str) -> Iterator[T]:
    """Yield items and show the progress."""
    if not is_shown():
        yield from items
        return
    bar = ProgressBar(name, total, of=of)
    for number, item in enumerate(items, 1):
        yield item
        if number % BETWEEN_LOOKS == 0:
            bar.to(number, number)
    bar.close()
