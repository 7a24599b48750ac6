"""Breaches: published figures, closed days or decisions that were changed afterwards."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from streams.said import Said

BreachKind: TypeAlias = Literal[
    "vintage-changed",  # a vintage in the ledger differs from the published one
    "vintage-missing",  # a published vintage is not in the ledger
    "vintage-repeated",  # the log publishes the same vintage twice
    "day-changed",  # a closed day differs from its seal, or from the published day
    "day-missing",  # a record of a day was deleted
    "day-impossible",  # a record of a day that no worker writes
    "day-uncounted",  # a day differs from its events
    "part-unusual",  # a late part moves more than one call; only a publication asks about it
    "parts-changed",  # the parts of a day differ from those in its desk's state
    "decision-unchained",  # a decision was written without Tocsin
    "entry-missing",  # an entry names an earlier one that is not in the log
    "entry-repeated",  # a record is in the log twice
    "entry-unreadable",  # a record of the log is neither a decision nor an entry
    "entry-misplaced",  # an entry is outside the partition of its site
    "opening-repeated",  # the chain is opened a second time
    "opening-impossible",  # an opening covers records that came after it
    "earlier-changed",  # decisions from before the chain were changed
    "note-changed",  # a note was changed, or is missing without an erasure
    "signature",  # a publication's signature does not match the key
    "time-stamp",  # a publication's time stamp is not valid, or of another publication
    "publication-missing",  # an expected publication is not in the log
    "incident-impossible",  # a record of an incident that no worker writes
    "incident-missing",  # a record of an incident was deleted
    "incident-changed",  # an incident differs from the state of its line
    "incident-unknown",  # no state of its line has the incident
    "decision-unlogged",  # an incident has a decision that the log does not have
    "record-unreadable",  # records of a topic cannot be read at all, so it is not known whose they are
    "decision-unfollowed",  # the log has a decision that its incident lacks
]


class Breach(Struct, frozen=True, kw_only=True):
    """A breach of integrity and its place."""

    kind: BreachKind
    subject: str  # a vintage, a line and its day, or an incident
    says: Said
    year: int | None = None  # whose figures it affects; None for every year's
    place: str | None = None  # topic/partition@offset of the record
    at: int | None = None  # when that record was written, epoch ms, according to its writer

    def concerns(self, year: int) -> bool:
        return self.year in {None, year}
