"""A worker as a process: it claims its port, waits for its broker, joins the group, folds, and ends.

It ends after a signal, or by itself if the broker refuses it, if it makes no progress, or if Faust crashes. Faust, mode
and aiokafka wait without bound for a broker that does not answer: to flush, to commit, to leave the group, to restore.
`agents.ending` limits all these waits by ending the process.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable
from functools import partial
from socket import socket
from typing import NoReturn

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
from agents.worker.internals import Worker
from agents.worker.liveness import say_once_a_minute
from agents.worker.roster import Roster
from config.shared import Shared
from streams.feed import RecreatedError

log = structlog.get_logger()


def run(roster: Roster, on: socket, *, verbose: bool, refused: int = 1) -> NoReturn:
    """Run a worker, with its pages on a listening socket, until a signal or a fatal error; end the process.

    `refused` is the exit status if only a person can repair the fault.
    """
    state_dir().mkdir(parents=True, exist_ok=True)
    asyncio.run(_run(roster, on, verbose=verbose, refused=refused))
    end()


async def _run(roster: Roster, on: socket, *, verbose: bool, refused: int) -> None:
    shared = roster.offices.shared
    work, arrival, ended = create(roster), Arrival(shared), asyncio.Event()
    work.health.needs(arrival.wrong)
    # This logger warns that Faust creates no topics, as intended, and logs whole records while the broker is away.
    logging.getLogger("faust.topics").setLevel(logging.ERROR)
    for library in ("aiokafka", "kafka"):
        say_once_a_minute(library)

    def crashed(reason: BaseException) -> None:
        begin(*_why(shared, reason, refused))
        ended.set()

    worker = Worker(work.app, crashed, verbose=verbose)
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
    """Await part of the worker's work, then end the process, with its result or error as the reason."""
    try:
        if reason := await doing:
            begin(reason)
    except (RefusalError, TopicsError) as error:
        begin(str(error), refused)
    except Exception as error:  # nothing else would end the process
        log.exception("the worker failed")
        begin(*_why(shared, error, refused))
    ended.set()


async def _stop(worker: Worker) -> None:
    """Let the app write its last checkpoint and leave the group."""
    try:
        await worker.stop()
    except Exception:  # the process ends anyway
        log.exception("Faust failed to stop")


def _last(checkpoint: Checkpoint) -> Last:
    if not checkpoint.left:
        words = text("all folded events are safe in Kafka") if checkpoint.folded else text("no events were folded")
        return Last(words, finished=True)
    return Last(
        text(
            "no checkpoint could be written: the next worker will fold {count} events again",
            count=checkpoint.left,
        )
    )


def _why(shared: Shared, error: BaseException, refused: int) -> tuple[str, int]:
    """Return why a worker ends, and its status; a broker's refusal comes from reading records or from the group."""
    if getattr(error, "errno", None) == NO_GROUP_RIGHT:
        wanted = Right("Read", "group", f"{shared.kafka.prefix}worker")
    else:
        place = error.args[0] if error.args else ""
        wanted = Right("Read", "topic", str(getattr(place, "topic", place)))  # aiokafka names a partition
    reason = explained(shared, error, wanted)
    status = refused if isinstance(reason, RefusalError | RecreatedError) else 1
    if reason is error and not isinstance(error, AwayError | RecreatedError):
        return f"{type(error).__name__}: {error}", status  # a library's message may be only a partition
    return str(reason), status
