"""What turns `/healthz` red: a list of conditions, each of which says what is wrong, or nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, TypeAlias

from agents.kafka.refusals import RefusalError, Right, explained
from agents.worker.checkpoint import Checkpoint
from config.shared import Shared

FAILING_SECONDS: Final = 60.0  # without a checkpoint: from then on the worker is not well

Condition: TypeAlias = Callable[[], str | None]


class Health:
    """Hold what must be well for a worker to do its work; a condition is added by `needs`."""

    def __init__(self, *conditions: Condition) -> None:
        self._conditions = list(conditions)

    def needs(self, condition: Condition) -> None:
        """Take a condition into the list."""
        self._conditions.append(condition)

    def wrong(self) -> list[str]:
        """Return what is wrong now, in sentences that say how to mend it; nothing where all is well."""
        return [said for condition in self._conditions if (said := condition())]


def no_checkpoint(shared: Shared, checkpoint: Checkpoint) -> str | None:
    """Say that no checkpoint can be written: at once where the broker refuses it, else when it has lasted."""
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
