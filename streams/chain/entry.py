"""The other entries of the log of decisions: opening, publication, and erasure of a note.

The log is `tocsin.reviews`. Every entry and every decision names in `after` the entries that had no successor yet.
The hash of an entry is the hash of its record, byte by byte.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Annotated, Any, Final, TypeAlias

import msgspec
from msgspec import Meta, Struct

from streams.decoding import UNREADABLE
from streams.events import Hash, Identifier, Name, Review

_PERIOD: Final = r"^(\d{4}(-Q[1-4]|-\d\d)?|\d{4}-\d\d-\d\d/\d{4}-\d\d-\d\d)?$"
EpochSeconds = Annotated[float, Meta(ge=0, description="epoch seconds")]


class Opened(Struct, kw_only=True, frozen=True, tag_field="type", tag="opened"):
    """The opening of a site's chain; `earlier` is the hash of the decisions before the offsets in `ends`."""

    site: Name
    at: EpochSeconds
    ends: dict[str, int]  # by partition of the log: the offset at which the chain begins
    earlier: Hash  # the hash of all earlier decisions


class Published(Struct, kw_only=True, frozen=True, omit_defaults=True, tag_field="type", tag="published"):
    """The publication of a vintage, the figures of a period, by their hashes. The ledger has the figures."""

    site: Name
    year: int  # the year in which the period begins
    period: Annotated[str, Meta(max_length=21, pattern=_PERIOD)] = ""  # the period's name; empty for a whole year
    at: EpochSeconds
    content: Hash  # of the whole vintage
    digest: Hash  # of its figures alone
    after: tuple[Hash, ...]
    earlier: dict[str, str] = {}  # in the first one: the content of the vintages before the chain, by YEAR/NUMBER
    signature: str | None = None  # Ed25519 over `statement`, in hex

    @property
    def of(self) -> str:
        return self.period or str(self.year)


class Erased(Struct, kw_only=True, frozen=True, tag_field="type", tag="erased"):
    """The erasure of a decision's note. The decision keeps the note's hash."""

    site: Name
    note: Hash
    by: Identifier
    at: EpochSeconds
    after: tuple[Hash, ...]


Entry: TypeAlias = Opened | Published | Erased
ENTRY_TYPES: Final = ("opened", "published", "erased")


class _Type(Struct):
    type: str = "review"


_type: Final = msgspec.json.Decoder(_Type).decode
_entry: Final = msgspec.json.Decoder(Entry).decode
_review: Final = msgspec.json.Decoder(Review).decode


def is_entry(value: bytes | None) -> bool:
    """Return whether a record of the log declares itself an entry, not a decision.

    >>> is_entry(b'{"type": "published"}'), is_entry(b'{"decision": "confirm"}'), is_entry(b"nonsense")
    (True, False, False)
    """
    try:
        return value is not None and _type(value).type in ENTRY_TYPES
    except UNREADABLE:
        return False


def decode_entry(value: bytes) -> Entry | Review:
    """Return the entry or decision in a record of the log; raise one of `UNREADABLE` if there is none."""
    return _entry(value) if is_entry(value) else _review(value)


def encode_entry(entry: Entry | Review) -> bytes:
    return msgspec.json.encode(entry)


def hash_of(value: bytes) -> str:
    """Return the hash of a record. Later entries refer to the record by it."""
    return sha256(value).hexdigest()


def statement(value: bytes) -> bytes:
    """Return the bytes that a publication's signature covers: its record without the signature."""
    fields: dict[str, Any] = msgspec.json.decode(value)
    fields.pop("signature", None)
    return msgspec.json.encode(fields, order="sorted")


class Note(Struct, frozen=True):
    """A person's reason for a decision. The `salt` prevents a short note from being guessed by its hash."""

    note: str
    salt: str  # 32 random hex digits

    @property
    def digest(self) -> str:
        """The hash (SHA-256, hex) that the decision has in place of the note.

        >>> Note("a fair", "00").digest[:12]
        'bf5b78b41577'
        """
        return sha256(f"{self.salt} {self.note}".encode()).hexdigest()


def note_key(site: str, digest: str) -> str:
    return f"{site}/{digest}"
