"""What does not hold: a figure, a day, a decision that is not what was published, closed or decided."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from streams.said import Said

BreachKind: TypeAlias = Literal[
    "vintage-changed",  # a published vintage says other than when it was published
    "vintage-missing",  # a published vintage is not in the ledger
    "vintage-repeated",  # the log publishes the same vintage twice
    "day-changed",  # a closed day says other than when it was closed, or published
    "day-missing",  # a record of a day was deleted
    "day-impossible",  # a record of a day that no worker writes
    "day-uncounted",  # a day says other than its events
    "decision-unchained",  # a decision was written past Tocsin
    "entry-missing",  # an entry names one before it that is not in the log
    "entry-repeated",  # a record of the log stands there twice
    "entry-unreadable",  # a record of the log is neither a decision nor an entry
    "earlier-changed",  # what was decided before the chain was opened is not what it was
    "note-changed",  # a note is not the one that was written, or is gone and nobody erased it
    "signature",  # a publication is not signed by the key
]


class Breach(Struct, frozen=True, kw_only=True):
    """Hold what does not hold, and where."""

    kind: BreachKind
    subject: str  # what it is about: a vintage, a line and its day, an incident
    says: Said
    year: int | None = None  # whose figures it touches; None for those of every year
    place: str | None = None  # topic/partition@offset of the record
    at: int | None = None  # when that record was written, epoch ms, as its writer says

    def concerns(self, year: int) -> bool:
        """Tell whether it touches the figures of a year."""
        return self.year in {None, year}
