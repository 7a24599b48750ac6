"""Whether a worker makes progress: if not, `/healthz` turns red, and in the end the process stops.

A consumer can die quietly (faust issues 175 and 640): the process lives, the lag grows, nothing is folded. Its
supervisor must learn of it. A broker that is away is different: the worker waits, logs this once a minute, and
continues when the broker is back.
"""

from __future__ import annotations

import asyncio
import logging
import os
import threading
import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Final, Literal, TypeAlias

import structlog
from faust.types import TP

log = structlog.get_logger()

Health: TypeAlias = Literal["starting", "ok", "waiting", "stalled"]

LOOK_SECONDS: Final = 5.0
# Without progress, while there are records to fold and the broker answers:
RESUME_SECONDS: Final = 20.0  # the worker reads again from the end of its states
STALLED_SECONDS: Final = 60.0  # it counts as stalled
END_SECONDS: Final = 120.0  # the process ends
BEAT_SECONDS: Final = 1.0  # between two signs of life of the event loop

# A worker folds a batch of each partition in turn. The times above are for this many partitions with records to fold;
# more of them extend the times in proportion.
TURNS: Final = 8

AWAY_SECONDS: Final = 60.0  # without a broker, after which the worker is unhealthy

SAY_SECONDS: Final = 60.0  # before the same message is repeated


class Liveness:
    """The worker's progress, judged from its positions; times are monotonic seconds."""

    def __init__(self, now: float) -> None:
        self.status: Health = "starting"
        self._moved = now
        self._answered = now
        self._logged = now - SAY_SECONDS
        self._seen: dict[TP, tuple[int, float]] = {}
        self._slack = 1.0  # the factor by which waiting partitions extend the times

    def stuck(self, now: float) -> set[TP]:
        """Return the partitions that should have made progress by now, which are to be read again."""
        return {tp for tp, (_, moved) in self._seen.items() if now - moved >= RESUME_SECONDS * self._slack}

    def over(self, now: float) -> bool:
        """Return whether the worker has made no progress for so long that the process should end."""
        return self.status == "stalled" and self.age(now) >= END_SECONDS * self._slack

    def age(self, now: float) -> float:
        """Return the seconds since the most delayed partition made progress or had nothing to fold."""
        return now - self._moved

    def wrong(self) -> str | None:
        """Return a sentence if the worker makes no progress or its broker has been away for long, otherwise None."""
        now = time.monotonic()
        if self.status == "stalled":
            return f"no progress for {self.age(now):.0f} s although there are records to fold or to restore"
        if self.status == "waiting" and now - self._answered >= AWAY_SECONDS:
            return f"no broker has answered for {now - self._answered:.0f} s; the worker continues when one does"
        return None

    def see(self, now: float, positions: Mapping[TP, int], lags: Mapping[TP, int], *, reachable: bool) -> Health:
        """Take each partition's current position and lag; return the worker's health."""
        if not reachable:
            if now - self._logged >= SAY_SECONDS:
                log.warning("the broker is away; waiting", seconds=round(self.age(now)))
                self._logged = now
            self.status = "waiting"
            return self.status
        self._answered = now
        if self.status == "waiting":
            log.info("the broker is back", seconds=round(self.age(now)))
            self._logged = now - SAY_SECONDS
            self._seen = {}  # the time without a broker does not count
        seen = {}
        for tp, position in positions.items():
            before = self._seen.get(tp, (-1, now))
            seen[tp] = before if before[0] == position and lags.get(tp) else (position, now)
        self._seen = seen
        self._slack = max(1.0, sum(map(bool, lags.values())) / TURNS)
        self._moved = min((moved for _, moved in seen.values()), default=now)
        self.status = "stalled" if self.age(now) >= STALLED_SECONDS * self._slack else "ok"
        return self.status


class OnceAMinute(logging.Filter):
    """A filter that passes each message of a library once a minute: without a broker aiokafka logs twenty a second."""

    def __init__(self) -> None:
        super().__init__()
        self._logged: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        now = time.monotonic()
        if now - self._logged.get(str(record.msg), -SAY_SECONDS) < SAY_SECONDS:
            return False
        self._logged[str(record.msg)] = now
        return True


def say_once_a_minute(library: str) -> None:
    """Suppress repeated messages of a library's loggers."""
    for name in [library, *logging.root.manager.loggerDict]:
        if name == library or name.startswith(f"{library}."):
            logging.getLogger(name).addFilter(OnceAMinute())


class Pulse:
    """A thread that ends the process if its event loop blocks for too long."""

    def __init__(self) -> None:
        self._beat = time.monotonic()
        self._over = threading.Event()
        threading.Thread(target=self._watch, daemon=True, name="pulse").start()

    async def keep(self) -> None:
        """Beat for ever, which shows that the event loop is not blocked."""
        while True:
            self._beat = time.monotonic()
            await asyncio.sleep(BEAT_SECONDS)

    def end(self) -> None:
        self._over.set()

    def _watch(self) -> None:
        while time.monotonic() - self._beat < END_SECONDS:
            if self._over.wait(LOOK_SECONDS):
                return
        log.critical("the event loop is blocked; the process ends", seconds=END_SECONDS)
        os._exit(70)


async def watch(
    liveness: Liveness,
    answers: Callable[[], bool],
    look: Callable[[], tuple[Mapping[TP, int], Mapping[TP, int]]],
    resume: Callable[[Collection[TP]], Awaitable[None]],
) -> None:
    """Check positions and lag every few seconds; return when the worker has made no progress for too long.

    `answers` is whether the broker answers.
    Before that, call `resume` every `RESUME_SECONDS` with the partitions that make no progress.
    """
    pulse = Pulse()
    beating = asyncio.create_task(pulse.keep())
    now = resumed = time.monotonic()
    try:
        while not liveness.over(now):
            await asyncio.sleep(LOOK_SECONDS)
            answered = answers()
            now = time.monotonic()
            liveness.see(now, *look(), reachable=answered)
            stuck = liveness.stuck(now)
            if answered and stuck and now - resumed >= RESUME_SECONDS:
                await resume(stuck)
                now = resumed = time.monotonic()
    finally:
        beating.cancel()
        pulse.end()
