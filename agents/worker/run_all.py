"""Several workers of one machine under one parent process, which shows their common pages.

Each is an ordinary worker of the group; the parent folds nothing and does not connect to a broker.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from functools import partial
from socket import socket
from typing import Final, NoReturn

import structlog

from agents.ending import Last, asked, end, telling
from agents.translation import counted, text
from agents.web import listening
from agents.worker.gathered import gathered_pages
from agents.worker.process import WorkerProcess
from config.offices import OfficeFiles, Offices
from config.shared import Shared

log = structlog.get_logger()

LATER_SECONDS: Final = 1.0  # extra time for workers to end, as they end by force only when their parent does too


def run_all(offices: Offices, files: OfficeFiles | None, count: int, on: socket, *, verbose: bool) -> NoReturn:
    """Run `count` workers, with their common pages on a listening socket, then end the process.

    They end after a signal, or if one of them has a fault that only a person can repair.
    """
    workers = [WorkerProcess(number, offices, files, verbose=verbose) for number in range(1, count + 1)]
    asyncio.run(_run(offices.shared, workers, on))
    end()


async def _run(shared: Shared, workers: Sequence[WorkerProcess], on: socket) -> None:
    partitions, ended = shared.kafka.partitions, asyncio.Event()
    if idle := max(0, len(workers) - partitions):
        log.warning("more workers than partitions: some stay idle", idle=idle, partitions=partitions)
    stop = partial(asyncio.get_running_loop().call_soon_threadsafe, ended.set)
    with asked(stop), telling(partial(_last, workers), log):
        async with listening(gathered_pages(shared.board.hosts, workers), on) as port:
            log.info("serving", metrics=f"http://{on.getsockname()[0]}:{port}/metrics", workers=len(workers))
            async with asyncio.TaskGroup() as keeping:
                for each in workers:
                    keeping.create_task(each.keep(ended))
                await ended.wait()
                for each in workers:
                    each.ask()
        end()


def _last(workers: Sequence[WorkerProcess]) -> Last:
    until = time.monotonic() + LATER_SECONDS
    left = [str(each.number) for each in workers if not each.all_safe(max(0.0, until - time.monotonic()))]
    if not left:
        return Last(text("all workers have ended, and all folded events are safe in Kafka"), finished=True)
    return Last(
        counted(
            "events that worker {numbers} folded since its last checkpoint will be folded again",
            "events that workers {numbers} folded since their last checkpoints will be folded again",
            len(left),
            numbers=", ".join(left),
        )
    )
