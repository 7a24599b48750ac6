"""What a file shows of an unconfigured office: every queue becomes a line, counted as usual."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from agents.analysis.fold import Analysis
from agents.proposal.direct import LONGEST_EXTENSION, NO_DIRECT, Direct
from agents.proposal.overflow import QueueOverflow, SeenOverflows, joined
from agents.sources.entry import Entry, Refused
from config.settings import Settings
from streams.events import CallEvent, Event, Reading, RequestEvent, ServiceReading, TicketEvent
from streams.insight.presence import Presence
from streams.number import Numbers

LONGEST_ID: Final = 64
LONGEST_QUEUE: Final = 200  # longest name of a queue in a configuration
_LINE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_DESK: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


class Observation:
    """The fold of a file, in which each name gets a desk with the default settings.

    The file's reader calls `line_of` for the line of a queue, and `line_of_number` for the line of a number. A
    queue may be a line if `may_be_a_line` returns true, and a number if it is in `direct`. Queues that overflowed into
    each other in an earlier reading share a line.
    """

    def __init__(
        self,
        settings: Settings,
        now: int,
        may_be_a_line: Callable[[str], bool],
        numbers: Numbers,
        direct: Direct = NO_DIRECT,
        overflows: Sequence[QueueOverflow] = (),
    ) -> None:
        self.analysis = Analysis(settings, now)
        self.presence = Presence()
        self.queues: dict[str, str] = {}  # lines by queue
        self.offers: Counter[str] = Counter()  # offered events by line
        self.site: str | None = None  # the site named by the events
        self.direct, self.overflows = direct, overflows
        self._joined = joined(overflows)
        self._seen = SeenOverflows()
        self._may_be_a_line = may_be_a_line
        self._numbers = numbers

    def line_of(self, queue: str) -> str | None:
        """Return the line of a queue, adding one if it is new; None if it cannot be a line."""
        line = self.queues.get(queue)
        if line is None and 0 < len(queue) <= LONGEST_QUEUE and self._may_be_a_line(queue):
            return self._adopt(queue)
        return line

    def line_of_number(self, number: str) -> str | None:
        """Return the line of a number dialled, adding one if it may be a line; None for other numbers."""
        line = self.queues.get(number)
        return self._adopt(number) if line is None and number in self.direct.calls else line

    def _adopt(self, queue: str) -> str | None:
        first = self._joined.get(queue)
        line = self.line_of(first) if first else self.analysis.adopt(readable_id(queue, self.analysis.lines))
        if line is not None:
            self.queues[queue] = line
        return line

    def new_overflows(self) -> list[QueueOverflow]:
        """Return the overflows of many calls between queues, the most frequent first."""
        names = {line: queue for queue, line in self.queues.items()}
        return [QueueOverflow(names[left], names[entered], calls) for left, entered, calls in self._seen.usual(names)]

    def take(self, entries: Iterable[Entry]) -> None:
        self.analysis.take(self._heard(entries))

    def _heard(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        """Yield the entries; events of the first named site become this office's, others are unchanged."""
        for each in entries:
            if not isinstance(each, Refused):
                event = each.event
                if event.site is not None:
                    if self.site is None and self._fits(_DESK, event.site):
                        self.site = event.site
                    if event.site == self.site:
                        event.site = None
                if event.site is None:
                    self._hear(event)
            yield each

    def _hear(self, event: Event) -> None:
        self.presence.hear(event)
        if isinstance(event, CallEvent | Reading):
            if self._fits(_LINE, event.line):
                self.analysis.adopt(event.line)
            if isinstance(event, CallEvent):
                self.offers[event.line] += event.type == "offered"
                self._seen.hear(event)
        elif isinstance(event, TicketEvent | ServiceReading):
            if self._fits(_DESK, event.service):
                self.analysis.adopt_service(event.service)
        elif isinstance(event, RequestEvent) and self._fits(_DESK, event.channel):
            self.analysis.adopt_channel(event.channel)

    def _fits(self, ids: re.Pattern[str], name: str) -> bool:
        """Return whether a desk or a site may have this id; a telephone number may not be part of it."""
        return ids.fullmatch(name) is not None and not self._numbers.in_id(name)


def readable_id(name: str, taken: Iterable[str]) -> str:
    """Return a short id for a queue's name, different from those taken and without telephone numbers.

    >>> readable_id("État civil@default", []), readable_id("600", []), readable_id("0466496000", ["line"])
    ('etat-civil', 'line-600', 'line-2')
    """
    plain = unicodedata.normalize("NFKD", name.partition("@")[0]).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if re.search(rf"(?:[0-9]-?){{{LONGEST_EXTENSION + 1}}}", words) or not words:
        words = "line"
    elif words.isdecimal():
        words = f"line-{words}"
    words = words[: LONGEST_ID - 4].strip("-")
    known, number, found = set(taken), 1, words
    while found in known:
        number += 1
        found = f"{words}-{number}"
    return found
