"""The state of a counter service."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from streams.cases.reported import ReportedCasesState
from streams.cases.state import CaseWatchState
from streams.kept.mark import Mark
from streams.kept.memory import MemoryPage
from streams.ledger.book import Book
from streams.ledger.day import ServiceDay
from streams.tickets.ticket import Ticket
from streams.tickets.visits import Minutes, ShownVisits

# A state record must stay far below a broker's 1 MB message limit (docs/decisions/0004).
MAX_LIVE_TICKETS: Final = 4_000


@dataclass(slots=True)
class ServiceState:
    """A service's state, with the offset up to which it was folded; moments in epoch ms."""

    service: str  # its id, `site/service`
    offset: int = -1  # of the last folded ticket event
    feed: str = ""  # the topic's id, as given by the broker, to which this offset belongs
    epoch: int = 0  # the topic's epoch, as configured
    until: int = -1  # greater than `offset` if the partition was read up to here and is being replayed for this state
    high: int = 0  # the watermark: the latest moment of an event
    over: int = -1  # the latest closing of a finished day
    issued: int = 0  # distinct tickets
    counts: dict[int, int] = field(default_factory=dict)  # the tickets with an outcome, live and settled, by outcome
    results: list[int] = field(default_factory=lambda: [0, 0, 0])  # events: ok, duplicate, late
    # By the closing of their office day, then by number
    live: dict[int, dict[str, Ticket]] = field(default_factory=dict)
    young: dict[int, Ticket] = field(default_factory=dict)  # settled tickets, by digest: the open page of the memory,
    old: dict[int, MemoryPage] = field(default_factory=dict)  # and the sealed page of each that is on one
    minutes: Minutes = field(default_factory=Minutes)  # the sums over settled tickets
    counters: dict[str, int] = field(default_factory=dict)  # when each counter last called or served someone
    shown: ShownVisits = field(default_factory=ShownVisits)  # the counters that Prometheus has read
    book: Book[ServiceDay] = field(default_factory=Book[ServiceDay])  # the days of the ledger
    cut: int = 0  # tickets settled early for lack of room
    forgotten: int = 0  # settled tickets dropped from memory for lack of room
    refused: dict[str, int] = field(default_factory=dict)  # rejected events by reason
    watch: CaseWatchState = field(default_factory=CaseWatchState)
    reported: ReportedCasesState | None = None  # its ticket system's own totals
    reviews: Mark = field(default_factory=Mark)  # how far the reviews were folded
    pages: list[MemoryPage] = field(default_factory=list)  # the sealed pages of the memory

    @property
    def others(self) -> int:
        """One more than the offset in the reviews; 0 without any."""
        return max(0, self.reviews.offset + 1)
