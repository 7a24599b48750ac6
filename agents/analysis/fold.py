"""The analysis of a file without a broker, by the worker's own code, in the order of the file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Final, TypeVar

from agents.analysis.answers import Answers, Respondent
from agents.analysis.rows import RowCounts, UsedRows
from agents.catalogue import channels, lines, rules_of, services, times
from agents.sources.aside import left_out
from agents.sources.entry import Entry, Refusals, Refused
from config.settings import Channel as ConfiguredChannel
from config.settings import Service as ConfiguredService
from config.settings import Settings
from streams.calls.contacts import Contacts
from streams.calls.counts import Counts
from streams.calls.rules import always
from streams.checks.source import SourceHealth
from streams.decoding import Invalid
from streams.desks.channel import Channel
from streams.desks.kinds import Desk
from streams.desks.line import Line
from streams.desks.service import Service
from streams.events import (
    ESTIMATED,
    CallEvent,
    Event,
    Reading,
    RequestEvent,
    Review,
    ServiceReading,
    TicketEvent,
    milliseconds,
)
from streams.intake import MAX_SOURCES
from streams.kept.mark import DUPLICATE, RESULTS
from streams.kept.times import DAY_MS, FOREVER, NO_MOMENT
from streams.said import said
from streams.tickets.polls import PolledQueue
from streams.watch.incident import DeskKind
from streams.watch.review import desk_of

MAX_ADOPTED: Final = 200  # lines; each takes half a megabyte

D = TypeVar("D", bound=Desk)


class WitnessRecord:
    """The results of folding a second record, which holds calls or a counter's readings."""

    def __init__(self) -> None:
        self.results: Counter[str] = Counter()
        self.refusals = Refusals()

    def take(self, each: Entry, fold: Callable[[CallEvent | Reading], str]) -> int:
        """Fold an entry; return its moment (ms), or `NO_MOMENT` if it is refused or is not about a call."""
        if isinstance(each, Refused):
            self.refusals.add(each)
        elif not isinstance(each.event, CallEvent | Reading):
            self.results["no call"] += 1
        else:
            try:
                self.results[fold(each.event)] += 1
            except Invalid as why:
                self.refusals.add(Refused(each.row, each.record, why))
            else:
                return milliseconds(each.event.at)
        return NO_MOMENT


class Analysis:
    """The lines, services and channels of a file, and the result of each of its events."""

    def __init__(self, settings: Settings, now: int = FOREVER, answers: Answers | None = None) -> None:
        """Begin; an event dated more than a day after `now` (ms) is refused, as in a worker.

        `answers` are given to the questions of the lines.
        """
        self.settings = settings
        self._respondent = Respondent(answers) if answers else None
        self._latest = now + DAY_MS
        self.lines = {name: Line(rules) for name, rules in lines(settings).items()}
        self._unknown = times(settings)._replace(open=always)  # an unknown line counts as always open
        self.services = {name: Service(rules) for name, rules in services(settings).items()}
        self.channels = {name: Channel(rules) for name, rules in channels(settings).items()}
        self.estimated: set[str] = set()  # services that have estimated events
        self.queues: dict[str, PolledQueue] = {}  # the state of each polled queue
        self.sources: dict[str, SourceHealth] = {}
        self.unwatched = 0  # events of sources beyond `MAX_SOURCES`
        self.results: Counter[str] = Counter()
        self.witness = WitnessRecord()
        self.refusals = Refusals()
        self._used = UsedRows()
        self._contacts = Contacts(self._lost_of)
        self.aside: Counter[str] = Counter()  # what the reader counts besides its events
        self.adopted = 0  # lines not in the configuration
        self.unadopted = 0  # rows of queues beyond `MAX_ADOPTED`
        self.start: int | None = None  # the first and the last moment of an event, ms
        self.end: int | None = None

    def adopt(self, queue: str, *, totals: bool = False) -> str | None:
        """Return the line for a queue that the configuration does not name, adding one with the defaults.

        With `totals`, the line is counted by readings only. Returns None beyond `MAX_ADOPTED` lines.
        """
        if queue not in self.lines:
            if self.adopted >= MAX_ADOPTED:
                self.unadopted += 1
                return None
            self.adopted += 1
            defaults = self.settings.line_defaults
            if totals:
                defaults = defaults.model_copy(update={"lifecycle": "totals"})
            self.lines[queue] = Line(rules_of(self.settings, queue, defaults, self._unknown))
        return queue

    def adopt_service(self, name: str) -> None:
        """Add a counter service with the defaults, unless there is one of that name."""
        if name not in self.services and len(self.services) < MAX_ADOPTED:
            known = self.settings.model_copy(update={"services": {name: ConfiguredService()}})
            self.services[name] = Service(services(known)[name])

    def adopt_channel(self, name: str) -> None:
        """Add a request channel with the defaults, unless there is one of that name."""
        if name not in self.channels and len(self.channels) < MAX_ADOPTED:
            known = self.settings.model_copy(update={"requests": {name: ConfiguredChannel()}})
            self.channels[name] = Channel(channels(known)[name])

    def row_counts(self) -> RowCounts:
        """Return the counts of the file's rows."""
        used, aside, refused = len(self._used), left_out(self.aside), len(self.refusals)
        states = [line.state for line in self.lines.values()]
        calls, again = sum(state.offered for state in states), sum(state.again for state in states)
        return RowCounts(used + aside + refused, used, aside, refused, calls, again)

    def contacts(self) -> Counts:
        """Return the counts of callers, each once, whatever number of lines they reached."""
        lines = [line.figures.counts() for line in self.lines.values() if line.reported is None]
        return sum(lines, Counts()) - self._contacts.continued

    def _lost_of(self, name: str) -> frozenset[int]:
        """Return the reasons, as numbers, that a line counts as lost."""
        definitions = self.lines[name].definitions
        return definitions.lost[definitions.now]

    def take(self, entries: Iterable[Entry], witness: Iterable[Entry] = ()) -> None:
        """Fold every entry of a file and of a second record, in the order of time; then settle everything."""
        first, second = iter(entries), iter(witness)
        until = until_second = NO_MOMENT
        while until < FOREVER or until_second < FOREVER:  # the record that is behind comes next
            if until <= until_second:
                each = next(first, None)
                until = FOREVER if each is None else max(until, self._take(each))
            else:
                each = next(second, None)
                until_second = FOREVER if each is None else max(until_second, self.witness.take(each, self._bear))
        if self._respondent is not None:
            self._respondent.answer(self.lines, self._high())
        self._settle_all(self._high())
        if self._respondent is not None:
            self._respondent.finish(self.lines)

    def _high(self) -> int:
        """Return the latest moment (ms) of the lines' events."""
        return max((line.state.high for line in self.lines.values()), default=0)

    def _settle_all(self, latest: int, apart: Collection[str] = ()) -> None:
        """Settle what is open at the end of a file, at `latest` (ms), but leave out the lines `apart`."""
        self._contacts.close()
        for source in self.sources.values():
            source.close(FOREVER)
        for name, line in self.lines.items():
            if name not in apart:
                line.close(latest)  # time has passed for this line too, even if its last event is older
        for service in self.services.values():
            service.advance(service.state.high + 3 * DAY_MS)  # far enough for the last day to be over and settled
        for channel in self.channels.values():
            channel.advance(channel.state.high + DAY_MS)

    def _take(self, each: Entry) -> int:
        """Fold an entry of the file; return its moment (ms), or `NO_MOMENT` if it is refused."""
        if isinstance(each, Refused):
            self._refuse(each)
            return NO_MOMENT
        at = milliseconds(each.event.at)
        try:
            result = self._fold(each.event, at)
        except Invalid as why:
            self._refuse(Refused(each.row, each.record, why))
            return NO_MOMENT
        self._used.add(each.row)
        return self._note(each.event, at, result)

    def _note(self, event: Event, at: int, result: str) -> int:
        """Count the result of an event; return its moment (ms)."""
        self.results[result] += 1
        since = event.since if isinstance(event, Reading | ServiceReading) else None
        begun = at if since is None else milliseconds(since)  # a reading covers the time before its moment
        self.start = begun if self.start is None else min(begun, self.start)
        self.end = at if self.end is None else max(at, self.end)
        if result != RESULTS[DUPLICATE]:
            self._hear(event, at)
            if isinstance(event, CallEvent):
                self._contacts.take(event)
        return at

    def _bear(self, event: CallEvent | Reading) -> str:
        """Fold an event of the second record; return its result, or raise `Invalid`."""
        if milliseconds(event.at) > self._latest:
            raise Invalid("clock", said("{at} - at `$.at`, more than a day from now", at=event.at))
        line = _known(self.lines, event.site or self.settings.site, event.line, "line")
        return RESULTS[line.read(event) if isinstance(event, Reading) else line.bear(event)]

    def _fold(self, event: Event, at: int) -> str:
        """Fold an event of a moment (ms) into its desk; return its result, or raise `Invalid`."""
        site = event.site or self.settings.site
        if at > self._latest:
            raise Invalid("clock", said("{at} - at `$.at`, more than a day from now", at=event.at))
        if isinstance(event, CallEvent):
            line = _known(self.lines, site, event.line, "line")
            if self._respondent is None:
                return RESULTS[line.fold(event)]
            self._respondent.answer(self.lines, at)
            folded = RESULTS[line.fold(event)]
            self._respondent.look(line)
            return folded
        if isinstance(event, Reading):
            return RESULTS[_known(self.lines, site, event.line, "line").read(event)]
        if isinstance(event, Review):
            kind, name = desk_of(event)
            desks: Mapping[DeskKind, Mapping[str, Desk]] = {
                "line": self.lines,
                "service": self.services,
                "channel": self.channels,
            }
            return RESULTS[_known(desks[kind], site, name, kind).review(event)]
        if isinstance(event, RequestEvent):
            return RESULTS[_known(self.channels, site, event.channel, "channel").fold(event)]
        return RESULTS[self._serve(_known(self.services, site, event.service, "service"), event)]

    def _serve(self, service: Service, event: TicketEvent | ServiceReading) -> int:
        """Fold an event of a counter service, and open the waits that a transfer opens at other services."""
        if isinstance(event, ServiceReading):
            return service.read(event)
        if (event.source or "").endswith(ESTIMATED):
            self.estimated.add(event.service)
        result = service.fold(event)
        for opened in service.transfers:
            # Tocsin made this event, so it does not count as read; its service may be unknown.
            if opened.service in self.services:
                self.services[opened.service].fold(opened)
        service.transfers.clear()
        return result

    def _hear(self, event: Event, at: int) -> None:
        """Check the numbers and the clock of an event's source; sources beyond `MAX_SOURCES` are only counted."""
        name = event.source
        if name is None:
            return
        source = self.sources.get(name)
        if source is None:
            if len(self.sources) >= MAX_SOURCES:
                self.unwatched += 1
                return
            source = self.sources[name] = SourceHealth()
        source.add(event.seq, at)

    def _refuse(self, refused: Refused) -> None:
        self.results["invalid"] += 1
        self.refusals.add(refused)


def _known(desks: Mapping[str, D], site: str, name: str, what: str) -> D:
    desk = desks.get(name)
    if desk is None or desk.rules.site != site:
        known = ", ".join(desks)
        raise Invalid(
            f"unknown-{what}",
            said(
                "{what} {name} is not in the catalogue; expected one of {known}",
                what=said(what),
                name=repr(name),
                known=known,
            ),
        )
    return desk
