"""What turns `/healthz` red: a list of conditions, each of which says what is wrong, or nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

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
