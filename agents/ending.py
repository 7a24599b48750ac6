"""How a process ends: within ten seconds of being asked to, whatever it waits for, with one line that says how.

The first SIGINT or SIGTERM asks: it raises `Interrupted` in the main thread, or calls what `asked` put in its place.
From then on a thread counts down. Clients of Kafka wait without bound for a broker that does not answer (a flush, a
commit, the leaving of a group, a restoration), so the process ends by force where nothing else has ended it. A second
signal ends it at once, unless the process is led by another one: a terminal and systemd ask both, and then the leader
asks again.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final, NamedTuple, NoReturn

from agents.language import Language
from agents.terminal import plain, say
from agents.translation import speaking, spoken_language, text

ENDING: Final = signal.SIGINT, signal.SIGTERM
LIMIT_SECONDS: Final = 8.0  # from being asked to the end by force
SAY_SECONDS: Final = 1.0  # for the last line: whoever reads it may have stopped reading
AGAIN_SECONDS: Final = 60.0  # between two notices that say the same


class Interrupted(BaseException):
    """Tell the main thread that the process was asked to end; no `Exception`, so that nothing tries again."""


class Last(NamedTuple):
    """Tell what a process leaves behind where it ends now."""

    words: str
    finished: bool = False  # then it ends with status 0 when it was asked to


class _Process:
    """Hold how this process ends; signals are the process's, so there is one."""

    def __init__(self) -> None:
        self.signal: signal.Signals | None = None
        self.reason: str | None = None  # why it ends of its own accord
        self.status = 1  # then
        self.led = False  # by another process, which is asked to end together with it
        self.take: Callable[[], object] | None = None
        self.last: Callable[[], Last] = lambda: Last(text("its work is not finished"))
        self.language = Language.EN  # of the last line; a thread that says it knows of no block that speaks
        self.log: Any = None  # a structlog logger, for servers; commands write to standard error
        self.noticed: dict[str, float] = {}  # when each notice was said last

    @property
    def ending(self) -> bool:
        return self.signal is not None or self.reason is not None


_process: Final = _Process()


@contextmanager
def by_signals(*, led: bool = False) -> Iterator[None]:
    """Let SIGINT and SIGTERM end this process as the module says, from the beginning of the block on.

    One that came before, while they were blocked, is heard there. `led` says that another process leads this one.
    """
    _process.led = led
    for each in ENDING:
        signal.signal(each, _on_signal)
    try:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)
        yield
    finally:
        if _process.ending:
            end()


@contextmanager
def asked(take: Callable[[], object]) -> Iterator[None]:
    """While the block runs, call `take` in the main thread instead of raising `Interrupted` there."""
    before, _process.take = _process.take, take
    try:
        yield
    finally:
        _process.take = before


@contextmanager
def telling(last: Callable[[], Last], log: Any = None) -> Iterator[None]:  # noqa: ANN401 -- structlog's have no type
    """Let `last` tell what a process that ends within the block leaves behind, in the log of a server.

    What was told stays where the block is left because the process ends.
    """
    before = _process.last, _process.log, _process.language
    _process.last, _process.log, _process.language = last, log or _process.log, spoken_language()
    try:
        yield
    finally:
        if not _process.ending:
            _process.last, _process.log, _process.language = before


def begin(reason: str, status: int = 1) -> None:
    """Count down to the end of a process that ends by itself, with this status and this reason on its last line."""
    if not _process.ending:
        _process.reason, _process.status = reason, status
        _count_down()


def end() -> NoReturn:
    """Say the last line and end the process: threads and tasks that still wait have nothing left to do."""
    status = _process.status
    try:
        with speaking(_process.language):
            last = _process.last()
            line = _line(last)
        if _process.signal is not None and _process.reason is None:
            status = 0 if last.finished else 128 + _process.signal
        said = threading.Thread(target=_say, args=(line,), daemon=True)
        said.start()
        said.join(SAY_SECONDS)
    finally:
        os._exit(status)


def notice(words: str) -> None:
    """Say what the process waits for, where its last line is going to be said; the same words once a minute."""
    now = time.monotonic()
    if now - _process.noticed.get(words, -AGAIN_SECONDS) < AGAIN_SECONDS:
        return
    _process.noticed[words] = now
    if _process.log is None:
        say(words, err=True)
    else:
        _process.log.info(words)


def ending() -> bool:
    """Tell whether the process ends: it was asked to, or has begun to of its own accord."""
    return _process.ending


def _on_signal(number: int, _frame: FrameType | None) -> None:
    if _process.signal is not None:
        if _process.led:
            return
        os._exit(128 + number)
    began, _process.signal = _process.ending, signal.Signals(number)
    if began:
        return
    _count_down()
    if _process.take is None:
        raise Interrupted
    _process.take()


def _count_down() -> None:
    def wait() -> None:
        time.sleep(LIMIT_SECONDS)
        end()

    threading.Thread(target=wait, daemon=True, name="ending").start()


def _line(last: Last) -> str:
    ended = text("ended by {signal}", signal=_process.signal.name) if _process.signal else text("ended")
    return text("{why}; {left}", why=_process.reason or ended, left=last.words)


def _say(line: str) -> None:
    if _process.log is None:
        sys.stderr.write(f"{plain(line)}\n")
        sys.stderr.flush()
    elif _process.reason is None:
        _process.log.info(line)
    else:
        _process.log.critical(line)
    sys.stdout.flush()
