"""`tocsin worker` with a meter: CPU time by part, the longest step of its event loop, and times from append to fold.

SIGUSR1 sets the meter to zero; SIGUSR2 writes it to the file that `LIVE_METER` names. Only `agents/` is patched, to
hold the stopwatch: `streams/` may be compiled, and compiled code cannot be replaced.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from collections import defaultdict
from collections.abc import Callable, Coroutine, Generator, Sequence
from pathlib import Path
from types import coroutine
from typing import Any, Final, NamedTuple

from agents import cli, web
from agents.worker.checkpoint import Checkpoint
from agents.worker.figures import Figures
from agents.worker.ownership import Ownership
from agents.worker.progress import Progress
from agents.worker.status import Statuses
from tests.agents.running import Running

FILE: Final = "LIVE_METER"
FOLD: Final = "fold"
PASSING: Final = "time passing"
CHECKPOINT: Final = "checkpoint"
SCRAPE: Final = "scrape"
STATUS: Final = "status"
REST: Final = "Faust"  # and all else of the main thread
PACKING: Final = "packing of pages"  # in a thread of its own
PARTS: Final = (FOLD, CHECKPOINT, SCRAPE, STATUS, PASSING)


METERED: Final = "from benchmarks.live.meter import main; main()"  # for `worker_of`


class Told(NamedTuple):
    """What a meter has seen since it was set to zero; times are seconds of CPU unless their name says otherwise."""

    wall: float
    process: float
    main: float  # of the thread of the event loop
    spent: dict[str, float]  # by part
    events: int
    longest: float  # step of the event loop
    longest_part: str
    to_fold_ms: list[float]  # from append, of each event


class Meter:
    """A stopwatch of a process's parts."""

    def __init__(self) -> None:
        self.begin()

    def begin(self, *_signal: object) -> None:
        """Set the meter to zero."""
        self._wall, self._process, self._main = time.monotonic(), time.process_time(), time.thread_time()
        self.spent: defaultdict[str, float] = defaultdict(float)
        self._longest, self._part = 0.0, ""
        self._to_fold: list[float] = []

    def tell(self) -> Told:
        return Told(
            time.monotonic() - self._wall,
            time.process_time() - self._process,
            time.thread_time() - self._main,
            dict(self.spent),
            len(self._to_fold),
            self._longest,
            self._part,
            self._to_fold,
        )

    def write(self, *_signal: object) -> None:
        """Write the meter to its file, whole or not at all."""
        path = Path(os.environ[FILE])
        path.with_suffix(".part").write_text(json.dumps(self.tell()))
        path.with_suffix(".part").rename(path)

    def folded(self, messages: Sequence[Any]) -> None:
        """Note how long ago these records were appended."""
        now = time.time() * 1000
        self._to_fold += [now - message.timestamp for message in messages]

    def timed(self, part: str, work: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function that does the same work and charges it to a part."""

        def charged(*given: Any, **named: Any) -> Any:
            begin = time.thread_time()
            try:
                return work(*given, **named)
            finally:
                self.spent[part] += time.thread_time() - begin

        return charged

    def timed_steps(self, part: str, work: Callable[..., Coroutine[Any, Any, Any]]) -> Callable[..., Any]:
        """Return a coroutine function that does the same and charges each of its steps to a part."""

        @coroutine
        def steps(doing: Coroutine[Any, Any, Any]) -> Generator[Any, Any, Any]:
            step = self.timed(part, doing.send)
            given: Any = None
            while True:
                try:
                    waiting = step(given)
                except StopIteration as done:
                    return done.value
                step, given = self.timed(part, doing.send), None
                try:
                    given = yield waiting
                except BaseException as error:  # noqa: BLE001 -- the coroutine gets it
                    step, given = self.timed(part, doing.throw), error

        async def charged(*given: Any, **named: Any) -> Any:
            return await steps(work(*given, **named))

        return charged

    def step(self, run: Callable[[Any], None]) -> Callable[[Any], None]:
        """Return a step of the event loop that remembers the longest one, and the part that took most of it."""

        def timed(handle: Any) -> None:
            before, begin = self.spent.copy(), time.thread_time()
            run(handle)
            took = time.thread_time() - begin
            if took > self._longest:
                grown = {part: spent - before[part] for part, spent in self.spent.items() if part != PACKING}
                grown[REST] = took - sum(grown.values())
                self._longest, self._part = took, max(grown, key=lambda part: grown[part])

        return timed


class _TimedIntake:
    """An intake whose `take` is charged; all else is the intake's own."""

    def __init__(self, intake: Any, meter: Meter) -> None:
        self._intake = intake
        self._meter = meter
        self._take = meter.timed(FOLD, intake.take)

    def take(self, messages: Sequence[Any]) -> Any:
        rejected = self._take(messages)
        self._meter.folded(messages)
        return rejected

    def __getattr__(self, name: str) -> Any:
        return getattr(self._intake, name)


def install(meter: Meter) -> None:
    """Let the meter time the parts of every worker of this process."""
    assign = Ownership.assign

    async def timed_assign(self: Ownership, *given: Any) -> None:
        await assign(self, *given)
        for partition in self.partitions.values():
            for name, intake in partition.intakes.items():
                partition.intakes[name] = _TimedIntake(intake, meter)  # type: ignore[assignment]

    for kind, name, part in (
        (Checkpoint, "write", CHECKPOINT),
        (Figures, "exposition", SCRAPE),
        (Statuses, "publish", STATUS),
        (Progress, "pass_time", PASSING),
    ):
        setattr(kind, name, meter.timed_steps(part, getattr(kind, name)))
    Ownership.assign = timed_assign  # type: ignore[method-assign, assignment]
    web._gzip = meter.timed(PACKING, web._gzip)  # noqa: SLF001 -- it has no other name
    setattr(asyncio.Handle, "_run", meter.step(asyncio.Handle._run))  # noqa: B010, SLF001 -- of every step of a loop


def told_by(running: Running, file: Path) -> Told:
    """Return the meter's readings in a running worker, which come by way of a file."""
    file.unlink(missing_ok=True)
    running.process.send_signal(signal.SIGUSR2)
    running.until(file.exists)
    return Told(*json.loads(file.read_text()))


def main() -> None:
    """Act as `tocsin` with the arguments of this process, and with a meter."""
    meter = Meter()
    install(meter)
    signal.signal(signal.SIGUSR1, meter.begin)
    signal.signal(signal.SIGUSR2, meter.write)
    cli.main()
