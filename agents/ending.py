"""How a process ends: within ten seconds of a signal, with one last line that says how.

The first SIGINT, SIGTERM or SIGHUP raises `Interrupted` in the main thread, or calls the function given to `asked`. A
thread then counts down and ends the process by force if nothing else has: Kafka's clients wait without bound for a
broker that does not answer (in a flush, a commit, when leaving a group, in a restoration). A second signal ends the
process at once, unless another process leads it: a terminal and systemd signal both, and the leader then signals it
again. A SIGHUP is never that second signal: one closed window sends several.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, Final, NamedTuple, NoReturn

from agents.language import Language
from agents.terminal import plain, say
from agents.translation import speaking, spoken_language, text

ENDING: Final = signal.SIGINT, signal.SIGTERM, signal.SIGHUP
LIMIT_SECONDS: Final = 8.0  # from the signal to the end by force
SAY_SECONDS: Final = 1.0  # for the last line, as its reader may have stopped reading
SAY_STEPS: Final = 20  # in which that time passes: a process that was halted for a second loses one step, not its line
AGAIN_SECONDS: Final = 60.0  # before the same notice is repeated


class Interrupted(BaseException):
    """A signal to end the process, in the main thread; not an `Exception`, so that nothing retries."""


class Last(NamedTuple):
    """The last line of a process that ends now."""

    words: str
    finished: bool = False  # whether the process ends with status 0 if it was asked to end


class _Process:
    """How this process ends; signals belong to a process, so there is one."""

    def __init__(self) -> None:
        self.signal: signal.Signals | None = None
        self.reason: str | None = None  # why it ends without a signal
        self.status = 1  # the exit status in that case
        self.led = False  # whether another process leads it and gets the same signals
        self.take: Callable[[], object] | None = None
        self.last: Callable[[], Last] = lambda: Last(text("its work is not finished"))
        self.language = Language.EN  # language of the last line, whose thread runs outside any `speaking` block
        self.log: Any = None  # a structlog logger, for servers; commands write to standard error
        self.folders: list[Path] = []  # temporary; deleted at the end
        self.noticed: dict[str, float] = {}  # when each notice was last written

    @property
    def ending(self) -> bool:
        return self.signal is not None or self.reason is not None


_process: Final = _Process()


@contextmanager
def by_signals(*, led: bool = False) -> Iterator[None]:
    """Let the signals of `ENDING` end this process as the module describes, from the beginning of the block on.

    A signal that arrived while signals were blocked takes effect then. `led`: another process leads this one. `nohup`
    works: a SIGHUP that the process ignores from its start does not end it.
    """
    _process.led = led
    for each in ENDING:
        if each is not signal.SIGHUP or signal.getsignal(each) is not signal.SIG_IGN:
            signal.signal(each, _on_signal)
    try:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)
        yield
    finally:
        if _process.ending:
            end()


def by_parent() -> None:
    """Let only SIGTERM end this process, at once: a terminal signals the parent too, which then ends this process."""
    for each in ENDING:
        signal.signal(each, signal.SIG_DFL if each is signal.SIGTERM else signal.SIG_IGN)


@contextmanager
def asked(take: Callable[[], object]) -> Iterator[None]:
    """While the block runs, let the first signal call `take` in the main thread instead of raising `Interrupted`."""
    before, _process.take = _process.take, take
    try:
        yield
    finally:
        _process.take = before


@contextmanager
def telling(last: Callable[[], Last], log: Any = None) -> Iterator[None]:  # noqa: ANN401 -- structlog's have no type
    """Let `last` give the last line of a process that ends within the block; a server's last line goes to its `log`.

    This stays in force if the block is left because the process ends.
    """
    before = _process.last, _process.log, _process.language
    _process.last, _process.log, _process.language = last, log or _process.log, spoken_language()
    try:
        yield
    finally:
        if not _process.ending:
            _process.last, _process.log, _process.language = before


@contextmanager
def temporary_folder(prefix: str = "tocsin-", within: Path | None = None) -> Iterator[Path]:
    """Yield a new folder that only this user may read; delete it with the block, or when the process ends by force."""
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=within))
    _process.folders.append(folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)
        _process.folders.remove(folder)


def begin(reason: str, status: int = 1) -> None:
    """Start the countdown of a process that ends without a signal; its last line has this reason."""
    if not _process.ending:
        _process.reason, _process.status = reason, status
        _count_down()


def end() -> NoReturn:
    """Write the last line and end the process, whatever threads and tasks still wait for."""
    status = _process.status
    try:
        with speaking(_process.language):
            last = _process.last()
            line = _line(last)
        if _process.signal is not None and _process.reason is None:
            status = 0 if last.finished else 128 + _process.signal
        said = threading.Thread(target=_say, args=(line,), daemon=True)
        said.start()
        for _ in range(SAY_STEPS):
            said.join(SAY_SECONDS / SAY_STEPS)
    finally:
        _leave(status)


def notice(words: str) -> None:
    """Report what the process is waiting for, on the stream of its last line; repeat it at most once a minute."""
    now = time.monotonic()
    if now - _process.noticed.get(words, -AGAIN_SECONDS) < AGAIN_SECONDS:
        return
    _process.noticed[words] = now
    if _process.log is None:
        say(words, err=True)
    else:
        _process.log.info(words)


def ending() -> bool:
    return _process.ending


def _on_signal(number: int, _frame: FrameType | None) -> None:
    if _process.signal is not None:
        if _process.led or number == signal.SIGHUP:
            return
        _leave(128 + number)
    began, _process.signal = _process.ending, signal.Signals(number)
    if began:
        return
    _count_down()
    if _process.take is None:
        raise Interrupted
    _process.take()


def _leave(status: int) -> NoReturn:
    for folder in _process.folders:
        shutil.rmtree(folder, ignore_errors=True)
    os._exit(status)


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
