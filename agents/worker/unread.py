"""States whose record cannot be read, logged with the command that repairs them."""

from __future__ import annotations

from collections.abc import Iterable
from shlex import quote
from typing import NamedTuple

import structlog

from agents.worker.restored import NO_RECORD, Restored
from streams.states import Unread

log = structlog.get_logger()


class UnreadState(NamedTuple):
    """A state whose record cannot be read, and that record's place in the changelog."""

    unread: Unread
    partition: int
    record: Restored

    @property
    def refused(self) -> bool:
        """Return whether the line, service or channel is not folded until a person repairs it."""
        return self.unread.refused

    def __str__(self) -> str:
        """Return the state's condition, and what to do."""
        name = self.unread.key.decode(errors="replace")
        if self.unread.gone:
            missing = "" if self.record is NO_RECORD else "a page of "
            what = f"{missing}the state record of key {name!r} was written but is missing in partition {self.partition}"
        else:
            place = f"partition {self.partition}, key {name!r}, offset {self.record.offset}"
            what = f"the state record at {place} cannot be read ({self.unread.why})"
        if self.unread.mended:
            return f"{what}; it resumes from the previous record, and later events are read again"
        if not self.refused:
            return f"{what}; it restarts from the beginning: all events in Kafka are read again, none is counted twice"
        return (
            f"{what}; {name} is not folded until you run `tocsin state rebuild {quote(name)}` and restart this worker"
        )


def log_unread(states: Iterable[UnreadState], topic: str) -> None:
    """Log each state whose record cannot be read."""
    for each in states:
        (log.critical if each.refused else log.error)(str(each), topic=topic)
