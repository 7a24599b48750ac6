"""States whose record cannot be read: named, and told with the command that mends them."""

from __future__ import annotations

from collections.abc import Iterable
from shlex import quote
from typing import NamedTuple

import structlog

from agents.worker.restored import Restored
from streams.states import Unread

log = structlog.get_logger()


class UnreadState(NamedTuple):
    """Name a state whose record cannot be read, and where that record stands in the changelog."""

    unread: Unread
    partition: int
    record: Restored

    @property
    def refused(self) -> bool:
        """Tell whether the line, service or channel is not folded until somebody mends it."""
        return self.unread.refused

    def __str__(self) -> str:
        """Say what became of it, and what is to be done."""
        name = self.unread.key.decode(errors="replace")
        if self.unread.gone:
            what = f"partition {self.partition} has no state record of key {name!r}, though it was written"
        else:
            place = f"partition {self.partition}, key {name!r}, offset {self.record.offset}"
            what = f"the state record at {place} cannot be read ({self.unread.why})"
        if self.unread.mended:
            return f"{what}; it goes on from the record before, and what came since is read again"
        if not self.refused:
            return f"{what}; it begins anew: all that is still there is read again, and no total counts twice"
        return (
            f"{what}; {name} is not folded until you run `tocsin state rebuild {quote(name)}` and restart this worker"
        )


def tell(states: Iterable[UnreadState], topic: str) -> None:
    """Log each state whose record cannot be read."""
    for each in states:
        (log.critical if each.refused else log.error)(str(each), topic=topic)
