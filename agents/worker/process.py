"""A worker in its own process, under a parent that starts it, restarts it after a crash, and ends it.

Workers are forked from a server that has imported all modules: an import takes longer than the rest of a start, and
the workers share the modules' memory. The parent itself is not forked because it has threads. If the parent or the
server dies, the worker ends as after a signal, so that it does not keep its partitions.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import threading
import time
from contextlib import suppress
from multiprocessing import resource_tracker
from multiprocessing.context import ForkServerProcess
from socket import socket
from typing import Final

import structlog

from agents.ending import ENDING, Last, asked, begin, by_signals, end, telling
from agents.language import Language
from agents.ports import listener
from agents.terminal import log_to_stderr
from agents.translation import speaking, spoken_language, text
from config.offices import OfficeFiles, Offices
from config.refusal import ConfigError

log = structlog.get_logger()

FORKS: Final = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["agents.worker.roster", "agents.worker.run", "faust.app"])  # which Faust imports late
HOST: Final = "127.0.0.1"  # of the pages that workers show to their parent
REFUSED: Final = 3  # exit status of a worker with a fault that only a person can repair
PAUSE_SECONDS: Final = 1.0  # before a dead worker is restarted; doubled each time
LONGEST_PAUSE_SECONDS: Final = 60.0
FOLLOWED_SECONDS: Final = 1.0  # between two looks at whether the server is alive
LIVED_SECONDS: Final = 120.0  # a worker that lived this long is restarted after the shortest pause


class WorkerProcess:
    """One worker, kept running."""

    def __init__(self, number: int, offices: Offices, files: OfficeFiles | None, *, verbose: bool) -> None:
        self.number = number
        self.port = 0  # of its pages
        self.away: str | None = "it has not started yet"  # why it is not running, None if it is
        self._offices = offices
        self._files = files
        self._verbose = verbose
        self._process: ForkServerProcess | None = None

    async def keep(self, ended: asyncio.Event) -> None:
        """Start the worker, and restart it whenever it dies, until `ended` is set or only a person can repair it."""
        pause = 0.0
        while not ended.is_set():
            began = time.monotonic()
            status = await _end_of(self._start())
            self.away = f"it ended with status {status}"
            if ended.is_set():
                return
            if status == REFUSED:
                begin(text("worker {number} cannot continue; its last log line gives the reason", number=self.number))
                ended.set()
                return
            pause = pause_after(time.monotonic() - began, pause)
            log.error("a worker has died; restarting it", worker=self.number, status=status, seconds=pause)
            with suppress(TimeoutError):
                await asyncio.wait_for(ended.wait(), pause)

    def ask(self) -> None:
        """Ask the worker to end."""
        if self._process is not None:
            self._process.terminate()

    def all_safe(self, seconds: float) -> bool:
        """Return whether the worker ended with all its results in Kafka; kill it after this many seconds."""
        if self._process is None:
            return True
        self._process.join(seconds)
        self._process.kill()
        return self._process.exitcode == 0

    def _start(self) -> ForkServerProcess:
        with listener(HOST, 0) as on:
            self.port = on.getsockname()[1]
            self._process = FORKS.Process(
                target=_work,
                args=(self.number, self._offices, self._files, on, spoken_language()),
                kwargs={"verbose": self._verbose},
                daemon=True,  # if the parent fails, Python does not wait for it
            )
            # Python's resource tracker starts with the first process and would unblock the signals.
            resource_tracker.ensure_running()
            # The server, which this starts if there is none, keeps the signals blocked: it ends with its parent. Its
            # workers begin with the same mask, and each unblocks the signals once it can end well.
            signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
            try:
                self._process.start()
            finally:
                signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)
        self.away = None
        return self._process


def pause_after(lived: float, before: float) -> float:
    """Return the pause (s) before a dead worker is restarted, from its lifetime (s) and the previous pause (s)."""
    if lived > LIVED_SECONDS:
        return PAUSE_SECONDS
    return min(max(PAUSE_SECONDS, 2 * before), LONGEST_PAUSE_SECONDS)


async def _end_of(process: ForkServerProcess) -> int | None:
    """Wait for the end of a process; return its status, negative if a signal ended it."""
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(process.sentinel, ended.set)
    try:
        await ended.wait()
    finally:
        loop.remove_reader(process.sentinel)
    process.join()
    return process.exitcode


def _work(
    number: int, offices: Offices, files: OfficeFiles | None, on: socket, language: Language, *, verbose: bool
) -> None:
    """Run worker `number` in this process."""
    log_to_stderr(worker=number)
    # A signal before it has begun ends it at once: there are no results to lose yet.
    with speaking(language), telling(_not_begun, log), asked(end), by_signals(led=True):
        threading.Thread(target=_follow, daemon=True, name="follow").start()
        try:
            from agents.worker.roster import Roster  # noqa: PLC0415 -- the parent needs no Faust
            from agents.worker.run import run  # noqa: PLC0415 -- the same

            run(Roster(offices, files), on, verbose=verbose, refused=REFUSED)
        except ConfigError as error:
            begin(str(error), REFUSED)


def _not_begun() -> Last:
    return Last(text("no events were folded"), finished=True)


def _follow() -> None:
    """End this process when its parent or the server from which it was forked has ended."""
    parent, server = multiprocessing.parent_process(), os.getppid()
    assert parent
    while parent.is_alive() and os.getppid() == server:
        parent.join(FOLLOWED_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
