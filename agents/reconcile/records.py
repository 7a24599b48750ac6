"""Reading two records of the same lines side by side in the order of time, and matching them on the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeAlias

from agents.sources.entry import Entry, Refusals, Refused
from agents.sources.kind import FileKind
from streams.decoding import Invalid
from streams.events import CallEvent, Reason, milliseconds
from streams.kept.times import DAY_MS, FOREVER
from streams.reconcile.account import Accounts
from streams.reconcile.sighting import Sighting, sight_of
from streams.reconcile.two_records import TwoRecords
from streams.reconcile.witnessed import Witnessed
from streams.said import said

Place: TypeAlias = Callable[[CallEvent], str | None]
Places: TypeAlias = tuple[Place, Place]


class CallRecord:
    """One record: its kind, its calls, and the results of its events."""

    def __init__(self, kind: FileKind, lost_reasons: Callable[[str], frozenset[Reason]]) -> None:
        self.kind = kind
        self.calls = Witnessed(lost_reasons)
        self.results: Counter[str] = Counter()  # events used, and events that are not about calls
        self.refusals = Refusals()

    def read(self, entries: Iterable[Entry], place: Place, latest: int) -> Iterator[Sequence[Sighting]]:
        """Yield, for each event, the calls that it ends.

        `place` gives the line of an event, or None; an event later than `latest` (ms) is refused.
        """
        for each in entries:
            if isinstance(each, Refused):
                self.refusals.add(each)
                continue
            event = each.event
            if not isinstance(event, CallEvent):
                self.results["no call"] += 1
                continue
            line = place(event)
            if line is None:
                why = Invalid("unknown-line", said("line {line} is not in the catalogue", line=repr(event.line)))
                self.refusals.add(Refused(each.row, each.record, why))
                continue
            if milliseconds(event.at) > latest:
                why = Invalid("clock", said("{at} - at `$.at`, more than a day from now", at=event.at))
                self.refusals.add(Refused(each.row, each.record, why))
                continue
            event.line = line
            self.results["ok"] += 1
            yield list(self.calls.fold(event))
        yield list(self.calls.close())


class Reconciliation:
    """Two records read side by side, and the account of every line."""

    def __init__(self, first: CallRecord, second: CallRecord, day: Callable[[int], int]) -> None:
        self.records = first, second
        self.accounts = Accounts((sight_of(first.kind), sight_of(second.kind)), day)
        self.matching = TwoRecords()

    def run(self, entries: tuple[Iterable[Entry], Iterable[Entry]], places: Places, now: int) -> None:
        """Read both records to their ends, each time from the one that is further behind; `now` is in ms."""
        reading = [
            record.read(each, place, now + DAY_MS)
            for record, each, place in zip(self.records, entries, places, strict=True)
        ]
        reached = [0, 0]
        while min(reached) < FOREVER:
            side = int(reached[1] < reached[0])
            over = next(reading[side], None)
            reached[side] = FOREVER if over is None else self.records[side].calls.high
            for seen in over or ():
                self.matching.add(side, seen)
            settled = [
                FOREVER if each == FOREVER else record.calls.settled
                for each, record in zip(reached, self.records, strict=True)
            ]
            if min(settled) < FOREVER:
                for pairing in self.matching.advance(settled[0], settled[1]):
                    self.accounts.add(pairing)
        for pairing in self.matching.close():
            self.accounts.add(pairing)
