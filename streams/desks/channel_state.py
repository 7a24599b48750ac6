"""The state of a request channel."""

from __future__ import annotations

from typing import Final

from msgspec import Struct, field

from streams.cases.state import CaseWatchState
from streams.kept.mark import Mark
from streams.ledger.book import Book
from streams.ledger.day import ChannelDay, RequestSlot
from streams.requests.request import Request

# A state record must stay far below a broker's 1 MB message limit (docs/decisions/0004).
MAX_KNOWN: Final = 8_000


class ChannelState(Struct):
    """A channel's state, with the offset up to which it was folded; moments in epoch ms."""

    channel: str  # its id, `site/channel`
    offset: int = -1  # of the last folded request event
    feed: str = ""  # the topic's id, as given by the broker, to which this offset belongs
    epoch: int = 0  # the topic's epoch, as configured
    until: int = -1  # greater than `offset` if the partition was read up to here and is being replayed for this state
    high: int = 0  # the watermark: the latest moment of an event
    results: list[int] = field(default_factory=lambda: [0, 0, 0])  # events: ok, duplicate, late
    requests: dict[int, Request] = {}  # the remembered ones, by the digest of their name
    total: RequestSlot = field(default_factory=RequestSlot)  # all received ones, with those forgotten
    book: Book[ChannelDay] = field(default_factory=Book[ChannelDay])  # the days of the ledger
    anomalies: dict[str, int] = {}  # requests whose events contradict each other, by anomaly
    forgotten: int = 0  # requests dropped from memory for lack of room; a repeated event counts them again
    pending_forgotten: int = 0  # of these, pending ones: their answers will count as answers without a receipt
    refused: dict[str, int] = {}  # rejected events by reason
    watch: CaseWatchState = field(default_factory=CaseWatchState)
    reviews: Mark = field(default_factory=Mark)  # how far the reviews were folded

    @property
    def others(self) -> int:
        """One more than the offset in the reviews; 0 without any."""
        return max(0, self.reviews.offset + 1)
