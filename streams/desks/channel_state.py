"""What a request channel remembers."""

from __future__ import annotations

from typing import Final

from msgspec import Struct, field

from streams.ledger.book import Book
from streams.ledger.day import ChannelDay, RequestSlot
from streams.requests.request import Request

# A state record must stay far below a broker's 1 MB message limit (docs/decisions/0004).
MAX_KNOWN: Final = 8_000


class ChannelState(Struct):
    """Hold all that a channel remembers, with the offset up to which it has been folded; moments in epoch ms."""

    channel: str  # its id, `site/channel`
    offset: int = -1  # of the last request event that was taken
    feed: str = ""  # the topic that this offset is of, as the broker identifies it
    epoch: int = 0  # which making of the topic it is, as the configuration counts
    until: int = -1  # above `offset` where the partition was read up to here, and is read again for this state
    high: int = 0  # the watermark: the latest moment of an event
    results: list[int] = field(default_factory=lambda: [0, 0, 0])  # events: ok, duplicate, late
    requests: dict[int, Request] = {}  # those remembered, by the digest of their name
    total: RequestSlot = field(default_factory=RequestSlot)  # all that were received, the forgotten ones too
    book: Book[ChannelDay] = field(default_factory=Book[ChannelDay])  # the days of the ledger
    anomalies: dict[str, int] = {}  # requests whose events contradict each other, by anomaly
    forgotten: int = 0  # requests dropped from memory because there were too many; a repetition counts again
    pending_forgotten: int = 0  # of these, the pending ones: their answer will seem one to a request never received
    refused: dict[str, int] = {}  # events that the channel refused, by reason

    @property
    def others(self) -> int:
        """Return 0: a channel has no other input."""
        return 0
