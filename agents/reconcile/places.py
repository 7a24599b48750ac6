"""The line to which a record's calls belong: one of the catalogue, one adopted from the records, or none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from agents.sources.kind import FileKind
from agents.sources.pseudonym import Pseudonymizer
from config.settings import Settings
from streams.events import CallEvent, Reason

NO_LINE: Final = "null"  # line of calls to queues that the catalogue does not have: null in JSON
MAX_ADOPTED: Final = 200  # lines, as in `analyze`
_BY_NUMBER: Final = frozenset({FileKind.FREESWITCH_CDR, FileKind.CUCM_CDR})  # kinds that have only the dialled number


class LinePlaces:
    """The lines of the calls of two records.

    With `adopt`, a queue that the catalogue does not have becomes a line in both records. Otherwise, its calls are
    refused in the first record, and are on `NO_LINE` in the second.
    """

    def __init__(self, settings: Settings, pseudonym: Pseudonymizer, *, adopt: bool) -> None:
        self._settings = settings
        self._pseudonym = pseudonym
        self._adopt = adopt
        self._queues = settings.lines_by_queue()
        self._adopted: set[str] = set()

    def line_of(self, kind: FileKind, *, second: bool) -> Callable[[str], str | None]:
        """Return a function that gives the line of a queue in a record of a kind."""

        def line(queue: str) -> str | None:
            known = self._queues.get(queue)
            if known is not None or (kind in _BY_NUMBER and not self._settings.exchanges.may_be_a_line(queue)):
                return known
            if self._adopt:
                return self._adopted_as(self._pseudonym.id(queue))
            return NO_LINE if second and kind not in _BY_NUMBER else None

        return line

    def place(self, *, second: bool) -> Callable[[CallEvent], str | None]:
        """Return a function that gives the line of an event; None if the record has no such line."""

        def line(event: CallEvent) -> str | None:
            here = event.site in {None, self._settings.site}
            if here and (event.line in self._settings.lines or event.line in self._adopted):
                return event.line
            return NO_LINE if second and not self._adopt else None

        return line

    def lost_reasons(self, line: str) -> frozenset[Reason]:
        """Return the reasons that count as lost on a line."""
        return frozenset(self._settings.lines.get(line, self._settings.line_defaults).lost_reasons)

    def _adopted_as(self, queue: str) -> str | None:
        if queue not in self._adopted and len(self._adopted) >= MAX_ADOPTED:
            return None
        self._adopted.add(queue)
        return queue
