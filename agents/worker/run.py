"""A worker as a process: it takes its port, waits for its broker, joins the group, folds, and ends.

It ends when a signal asks it to, or of its own accord: where the broker refuses it, where it stands still, where Faust
crashes. Faust, mode and aiokafka wait without bound for a broker that does not answer: to flush, to commit, to leave
the group, to restore. `agents.ending` bounds them all: it ends the process where they have not.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable
from functools import partial
from socket import socket
from typing import NoReturn

import faust
import structlog

from agents.ending import Last, asked, begin, end, ending, telling
from agents.garbage import collect_seldom
from agents.kafka.refusals import NO_GROUP_RIGHT, AwayError, RefusalError, Right, explained
from agents.state import state_dir
from agents.translation import text
from agents.web import listening
from agents.worker.app import create
from agents.worker.arrival import Arrival, TopicsError
from agents.worker.checkpoint import Checkpoint
from agents.worker.liveness import say_once_a_minute
from agents.worker.roster import Roster
from config.shared import Shared
from streams.feed import RecreatedError

log = structlog.get_logger()


class _Worker(faust.Worker):
    """Run an app as Faust's worker does, but leave the signals and the end of the process to `agents.ending`."""

    def __init__(self, shared: Shared, app: faust.App, ended: asyncio.Event, *, verbose: bool, refused: int) -> None:
        level = "INFO" if verbose else "WARNING"
        super().__init__(app, loglevel=level, quiet=not verbose, redirect_stdouts=False)
        self.spinner = None  # it would write to standard output
        self._shared = shared
        self._ended = ended
        self._refused = refused

    def install_signal_handlers(self) -> None:
        """Install none."""

    def _crash(self, reason: BaseException) -> None:
        begin(*_why(self._shared, reason, self._refused))
        self._ended.set()
        super()._crash(reason)


def run(roster: Roster, on: socket, *, verbose: bool, refused: int = 1) -> NoReturn:
    """Run a worker, with its pages on a listening socket, until it is asked to stop or cannot go on; end the process.

    `refused` is its status where only a person can mend why it cannot go on.
    """
    state_dir().mkdir(parents=True, exist_ok=True)
    asyncio.run(_run(roster, on, verbose=verbose, refused=refused))
    end()


async def _run(roster: Roster, on: socket, *, verbose: bool, refused: int) -> None:
    shared = roster.offices.shared
    work, arrival, ended = create(roster), Arrival(shared), asyncio.Event()
    work.health.needs(arrival.wrong)
    # Its warning that it creates no topics is no news, and while the broker is away it would log whole records.
    logging.getLogger("faust.topics").setLevel(logging.ERROR)
    for library in ("aiokafka", "kafka"):
        say_once_a_minute(library)
    worker = _Worker(shared, work.app, ended, verbose=verbose, refused=refused)
    until = partial(_until, shared, ended, refused)

    async def go() -> None:
        await arrival.wait()
        collect_seldom()
        if not ending():
            await asyncio.gather(*map(until, (worker.start(), *(each() for each in work.failures))))

    stop = partial(asyncio.get_running_loop().call_soon_threadsafe, ended.set)
    with asked(stop), telling(partial(_last, work.checkpoint), log):
        async with listening(work.pages, on) as port:
            log.info("serving", metrics=f"http://{on.getsockname()[0]}:{port}/metrics")
            going = asyncio.create_task(until(go()))
            await ended.wait()
            await _stop(worker)
        going.cancel()
        end()


async def _until(shared: Shared, ended: asyncio.Event, refused: int, doing: Awaitable[str | None]) -> None:
    """Do what a worker does, and let the process end with it: with what it returns or raises as the reason."""
    try:
        if reason := await doing:
            begin(reason)
    except (RefusalError, TopicsError) as error:
        begin(str(error), refused)
    except Exception as error:  # whatever it is: nothing else would end the process
        log.exception("the worker fails")
        begin(*_why(shared, error, refused))
    ended.set()


async def _stop(worker: faust.Worker) -> None:
    """Let the app write its last checkpoint and leave the group."""
    try:
        await worker.stop()
    except Exception:  # it ends all the same
        log.exception("Faust does not end as it should")


def _last(checkpoint: Checkpoint) -> Last:
    if not checkpoint.left:
        words = text("all that was folded is in Kafka") if checkpoint.folded else text("nothing was folded")
        return Last(words, finished=True)
    return Last(
        text(
            "no checkpoint could be written: {count} events are left for the next worker to fold again",
            count=checkpoint.left,
        )
    )


def _why(shared: Shared, error: BaseException, refused: int) -> tuple[str, int]:
    """Return why a worker ends, and its status; brokers' refusals come from the reading of records, or the group."""
    if getattr(error, "errno", None) == NO_GROUP_RIGHT:
        wanted = Right("Read", "group", f"{shared.kafka.prefix}worker")
    else:
        place = error.args[0] if error.args else ""
        wanted = Right("Read", "topic", str(getattr(place, "topic", place)))  # aiokafka names a partition of it
    told = explained(shared, error, wanted)
    status = refused if isinstance(told, RefusalError | RecreatedError) else 1
    if told is error and not isinstance(error, AwayError | RecreatedError):
        return f"{type(error).__name__}: {error}", status  # what a library raises may say no more than a partition
    return str(told), status
