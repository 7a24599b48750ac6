"""What a file shows of an office that nobody has configured: every queue becomes a line, and is counted as ever."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from agents.analysis.fold import Analysis
from agents.sources.entry import Entry, Refused
from config.settings import Settings
from streams.events import CallEvent, Event, Reading, RequestEvent, TicketEvent
from streams.insight.presence import Presence
from streams.number import Numbers

LONGEST_ID: Final = 64
LONGEST_QUEUE: Final = 200  # characters, by the configuration
LONGEST_EXTENSION: Final = 5  # digits of a number within an office
_LINE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_DESK: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


class Observation:
    """Fold what a file gives, with a desk by the defaults for each that it names.

    `line_of` is what its reader asks for the line of a queue. `may_be_a_line` tells of a queue whether it can be one.
    """

    def __init__(self, settings: Settings, now: int, may_be_a_line: Callable[[str], bool], numbers: Numbers) -> None:
        self.analysis = Analysis(settings, now)
        self.presence = Presence()
        self.queues: dict[str, str] = {}  # the line of each queue
        self.offers: Counter[str] = Counter()  # offered events of each line
        self.site: str | None = None  # that the events name
        self._may_be_a_line = may_be_a_line
        self._numbers = numbers

    def line_of(self, queue: str) -> str | None:
        """Return the line of a queue, a new one where it is new; None where it can be none."""
        line = self.queues.get(queue)
        if line is None and 0 < len(queue) <= LONGEST_QUEUE and self._may_be_a_line(queue):
            line = self.analysis.adopt(readable_id(queue, self.analysis.lines))
            if line is not None:
                self.queues[queue] = line
        return line

    def take(self, entries: Iterable[Entry]) -> None:
        """Fold every entry of a file."""
        self.analysis.take(self._heard(entries))

    def _heard(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        """Yield the entries; those of the first site that is named are of this office, others are left as they are."""
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
            if isinstance(event, CallEvent) and event.type == "offered":
                self.offers[event.line] += 1
        elif isinstance(event, TicketEvent):
            if self._fits(_DESK, event.service):
                self.analysis.adopt_service(event.service)
        elif isinstance(event, RequestEvent) and self._fits(_DESK, event.channel):
            self.analysis.adopt_channel(event.channel)

    def _fits(self, ids: re.Pattern[str], name: str) -> bool:
        """Tell whether the configuration may name a desk or a site so; a telephone number it may not."""
        return ids.fullmatch(name) is not None and not self._numbers.in_id(name)


def readable_id(name: str, taken: Iterable[str]) -> str:
    """Return a short id for a queue's name that is none of those taken; a telephone number never stands in it.

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
