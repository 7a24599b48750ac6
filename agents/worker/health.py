"""The conditions that turn `/healthz` red; each returns a sentence if something is wrong."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, TypeAlias

from agents.kafka.refusals import RefusalError, Right, explained
from agents.worker.checkpoint import Checkpoint
from config.shared import Shared

FAILING_SECONDS: Final = 60.0  # without a checkpoint, after which the worker is unhealthy

Condition: TypeAlias = Callable[[], str | None]


class Health:
    """The conditions of a healthy worker; `needs` adds a condition."""

    def __init__(self, *conditions: Condition) -> None:
        self._conditions = list(conditions)

    def needs(self, condition: Condition) -> None:
        self._conditions.append(condition)

    def wrong(self) -> list[str]:
        """Return every current fault as a sentence that says how to repair it."""
        return [fault for condition in self._conditions if (fault := condition())]


def no_checkpoint(shared: Shared, checkpoint: Checkpoint) -> str | None:
    """Return why no checkpoint can be written: at once if the broker refuses it, otherwise after `FAILING_SECONDS`."""
    failing = checkpoint.failing
    if failing is None:
        return None
    error: BaseException | None = failing.error
    if error is not None:
        error = explained(shared, error, Right("Write", "topic", str(error.args[0]) if error.args else ""))
    seconds = time.monotonic() - failing.since
    if seconds < FAILING_SECONDS and not isinstance(error, RefusalError):
        return None
    return f"no checkpoint could be written for {seconds:.0f} s: {error or 'the broker does not answer'}"
