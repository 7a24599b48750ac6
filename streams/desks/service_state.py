"""What decides how a counter service's tickets are counted, and what the service remembers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal

from msgspec import Struct, field

from streams.kept.times import utc_day
from streams.ledger.book import Book
from streams.ledger.day import ServiceDay
from streams.tickets.ticket import Ticket
from streams.tickets.visits import Minutes, ShownVisits

# A state record must stay far below a broker's 1 MB message limit (docs/decisions/0004).
MAX_LIVE: Final = 4_000


class ServiceRules(Struct, frozen=True, kw_only=True):
    """Hold what decides how a service's tickets are counted; times in milliseconds.

    `closing` gives, for a moment in epoch ms, the moment when the office closes on that local day;
    it never falls as time goes on. `day` gives that local day as an ordinal.
    """

    site: str
    service: str
    closing: Callable[[int], int]
    day: Callable[[int], int] = utc_day
    target_wait: int | None = None
    lateness: int = 120_000
    clock: Literal["wall", "event"] = "wall"

    @property
    def id(self) -> str:
        """Return the service's id in topics and tables, `site/service`."""
        return f"{self.site}/{self.service}"


class ServiceState(Struct):
    """Hold all that a service remembers, with the offset up to which it has been folded.

    Moments in epoch ms. `issued` is the number of distinct tickets, `counts` theirs by outcome, live
    and settled; `live` is by office day and number; `over` is the latest closing of a day that is over.
    """

    service: str
    offset: int = -1
    feed: str = ""
    epoch: int = 0
    high: int = 0
    over: int = -1
    issued: int = 0
    counts: dict[int, int] = {}
    results: list[int] = field(default_factory=lambda: [0, 0, 0])
    live: dict[int, dict[str, Ticket]] = {}
    young: dict[int, Ticket] = {}  # settled tickets, by digest: the newer generation,
    old: dict[int, Ticket] = {}  # and the one before, dropped whole when the newer one is full
    minutes: Minutes = field(default_factory=Minutes)
    counters: dict[str, int] = {}  # when each counter last called or served someone
    shown: ShownVisits = field(default_factory=ShownVisits)
    book: Book[ServiceDay] = field(default_factory=Book[ServiceDay])
    cut: int = 0  # tickets settled early because too many were live
    forgotten: int = 0  # settled tickets dropped from memory because there were too many

    @property
    def others(self) -> int:
        """Return 0: it has no other input."""
        return 0
