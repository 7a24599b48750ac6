"""Whether a worker goes forward: what turns `/healthz` red, and in the end the process off.

A consumer can die quietly (faust issues 175 and 640): the process lives, the lag grows, nothing is folded. Whoever
restarts workers must be told. A broker that is away is no such case: the worker waits, says so once a minute, and goes
on when it is back.
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
# Without a step forward, while there is something to fold and the broker answers:
RESUME_SECONDS: Final = 20.0  # the worker reads again from where its states end
STALLED_SECONDS: Final = 60.0  # it counts as stalled
END_SECONDS: Final = 120.0  # the process ends
BEAT_SECONDS: Final = 1.0  # between two signs that the event loop goes on

# A worker folds a batch of each partition in turn. The times above are for so many partitions that have something to
# fold; more of them stretch the times in proportion.
TURNS: Final = 8

AWAY_SECONDS: Final = 60.0  # without a broker: from then on the worker is not well

SAY_SECONDS: Final = 60.0  # between two messages that say the same


class Liveness:
    """Judge whether the worker goes forward, by looks at its positions; times are monotonic seconds."""

    def __init__(self, now: float) -> None:
        self.status: Health = "starting"
        self._moved = now
        self._answered = now
        self._said = now - SAY_SECONDS
        self._seen: dict[TP, tuple[int, float]] = {}
        self._slack = 1.0  # by how much partitions that wait for their turn stretch the times

    def standing(self, now: float) -> set[TP]:
        """Return the partitions that should have gone forward by now; they are read again from where they stand."""
        return {tp for tp, (_, moved) in self._seen.items() if now - moved >= RESUME_SECONDS * self._slack}

    def over(self, now: float) -> bool:
        """Tell whether the worker has stood still for so long that the process should end."""
        return self.status == "stalled" and self.age(now) >= END_SECONDS * self._slack

    def age(self, now: float) -> float:
        """Return the seconds since the partition that has stood longest went forward or had nothing to fold."""
        return now - self._moved

    def wrong(self) -> str | None:
        """Say that the worker stands still, or that its broker is away for long."""
        now = time.monotonic()
        if self.status == "stalled":
            return f"nothing went forward for {self.age(now):.0f} s, though there is something to fold or to restore"
        if self.status == "waiting" and now - self._answered >= AWAY_SECONDS:
            return f"no broker answers for {now - self._answered:.0f} s; the worker goes on when one does"
        return None

    def see(self, now: float, positions: Mapping[TP, int], lags: Mapping[TP, int], *, reachable: bool) -> Health:
        """Take a look at the position of each partition and at its lag; return the worker's health."""
        if not reachable:
            if now - self._said >= SAY_SECONDS:
                log.warning("the broker is away; waiting", seconds=round(self.age(now)))
                self._said = now
            self.status = "waiting"
            return self.status
        self._answered = now
        if self.status == "waiting":
            log.info("the broker is back", seconds=round(self.age(now)))
            self._said = now - SAY_SECONDS
            self._seen = {}  # the time without a broker does not count as standing still
        seen = {}
        for tp, position in positions.items():
            before = self._seen.get(tp, (-1, now))
            seen[tp] = before if before[0] == position and lags.get(tp) else (position, now)
        self._seen = seen
        self._slack = max(1.0, sum(map(bool, lags.values())) / TURNS)
        self._moved = min((moved for _, moved in seen.values()), default=now)
        self.status = "stalled" if self.age(now) >= STALLED_SECONDS * self._slack else "ok"
        return self.status


async def reachable(bootstrap: str) -> bool:
    """Tell whether any server of a bootstrap list takes a connection."""
    for server in bootstrap.split(","):
        host, _, port = server.rpartition(":")
        try:
            async with asyncio.timeout(3):
                _, writer = await asyncio.open_connection(host, int(port))
            writer.close()
        except OSError:
            continue
        return True
    return False


class OnceAMinute(logging.Filter):
    """Let each message of a library through once a minute: without a broker aiokafka logs twenty a second."""

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether a record is to be logged."""
        now = time.monotonic()
        if now - self._said.get(str(record.msg), -SAY_SECONDS) < SAY_SECONDS:
            return False
        self._said[str(record.msg)] = now
        return True


def say_once_a_minute(library: str) -> None:
    """Hold back what the loggers of a library repeat."""
    for name in [library, *logging.root.manager.loggerDict]:
        if name == library or name.startswith(f"{library}."):
            logging.getLogger(name).addFilter(OnceAMinute())


class Pulse:
    """End the process when its event loop stands still for too long: a thread does, as the loop cannot."""

    def __init__(self) -> None:
        self._beat = time.monotonic()
        self._over = threading.Event()
        threading.Thread(target=self._watch, daemon=True, name="pulse").start()

    async def keep(self) -> None:
        """Beat for ever: whatever else the loop waits for, it has not stopped while this goes on."""
        while True:
            self._beat = time.monotonic()
            await asyncio.sleep(BEAT_SECONDS)

    def end(self) -> None:
        """Watch the loop no longer."""
        self._over.set()

    def _watch(self) -> None:
        while time.monotonic() - self._beat < END_SECONDS:
            if self._over.wait(LOOK_SECONDS):
                return
        log.critical("the event loop stands still; the process ends", seconds=END_SECONDS)
        os._exit(70)


async def watch(
    liveness: Liveness,
    bootstrap: str,
    look: Callable[[], tuple[Mapping[TP, int], Mapping[TP, int]]],
    resume: Callable[[Collection[TP]], Awaitable[None]],
) -> None:
    """Look at the positions and the lag every few seconds; return when the worker has stood still for too long.

    Before it comes to that, `resume` is called every `RESUME_SECONDS` with the partitions that stand still.
    """
    pulse = Pulse()
    beating = asyncio.create_task(pulse.keep())
    now = resumed = time.monotonic()
    try:
        while not liveness.over(now):
            await asyncio.sleep(LOOK_SECONDS)
            answered = await reachable(bootstrap)
            now = time.monotonic()
            liveness.see(now, *look(), reachable=answered)
            standing = liveness.standing(now)
            if answered and standing and now - resumed >= RESUME_SECONDS:
                await resume(standing)
                now = resumed = time.monotonic()
    finally:
        beating.cancel()
        pulse.end()
