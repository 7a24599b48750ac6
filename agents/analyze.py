"""The analysis of a file, with no broker: the same fold as the worker's, in the order of the file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from agents.catalogue import catalogue, rules_of
from agents.sources.files import Refused, Told
from config.settings import Settings
from streams.decoding import Invalid
from streams.events import CallEvent, milliseconds
from streams.line import RESULTS, Line

END = 10**15  # ms: later than any event, so that what is still open counts as unresolved


class Analysis:
    """Hold what a file gave: its lines, what became of each event, and its first and last moment (ms)."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.lines = {rules.line: Line(rules) for rules in catalogue(settings).values()}
        self.results: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.first_refused: dict[str, Refused] = {}
        self.start: int | None = None
        self.end: int | None = None

    def adopt(self, queue: str) -> str:
        """Make a queue that the configuration does not know a line of its own, by the defaults."""
        if queue not in self.lines:
            self.lines[queue] = Line(rules_of(self.settings, queue, self.settings.line_defaults))
        return queue

    def take(self, told: Iterable[Told | Refused]) -> None:
        """Fold everything that a file tells of, then settle it."""
        for each in told:
            if isinstance(each, Refused):
                self._refuse(each)
            else:
                self._fold(each)
        for line in self.lines.values():
            line.advance(END)

    def _fold(self, told: Told) -> None:
        event = told.event
        result = "ok"
        if isinstance(event, CallEvent):
            line = self.lines.get(event.line)
            if line is None or event.site not in {None, line.rules.site}:
                known = ", ".join(self.lines)
                why = Invalid("unknown-line", f"line {event.line!r} is not in the catalogue; expected one of {known}")
                self._refuse(Refused(told.row, told.record, why))
                return
            result = RESULTS[line.fold(event)]
        self.results[result] += 1
        at = milliseconds(event.at)
        self.start = at if self.start is None else min(at, self.start)
        self.end = at if self.end is None else max(at, self.end)

    def _refuse(self, refused: Refused) -> None:
        reason = refused.why.reason
        self.results["invalid"] += 1
        self.refused[reason] += 1
        self.first_refused.setdefault(reason, refused)
