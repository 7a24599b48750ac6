"""The entries of the log of decisions that are none of them: its opening, publications, notes that were erased.

The log is `tocsin.reviews`. Every entry, and every decision, names the entries that nothing else follows yet (`after`).
Its own hash is that of its record, byte by byte.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Annotated, Any, Final, TypeAlias

import msgspec
from msgspec import Meta, Struct

from streams.events import Hash, Identifier, Name, Review

EpochSeconds = Annotated[float, Meta(ge=0, description="epoch seconds")]


class Opened(Struct, kw_only=True, frozen=True, tag_field="type", tag="opened"):
    """Open a site's chain: whatever decision came before stands in `ends`, and is fixed by `earlier`."""

    site: Name
    at: EpochSeconds
    ends: dict[str, int]  # by partition of the log: the offset at which the chain begins
    earlier: Hash  # of the hashes of the decisions before


class Published(Struct, kw_only=True, frozen=True, omit_defaults=True, tag_field="type", tag="published"):
    """Publish a vintage: the figures of a period, by their hashes; the ledger has the figures themselves."""

    site: Name
    year: int  # in which the period begins
    period: Annotated[str, Meta(max_length=21)] = ""  # its name; empty for the whole year
    at: EpochSeconds
    content: Hash  # of the vintage, whole
    digest: Hash  # of its figures alone
    after: tuple[Hash, ...]
    earlier: dict[str, str] = {}  # in the first one: the content of the vintages before the chain, by YEAR/NUMBER
    signature: str | None = None  # Ed25519 over `statement`, in hex

    @property
    def of(self) -> str:
        """Return the name of the period."""
        return self.period or str(self.year)


class Erased(Struct, kw_only=True, frozen=True, tag_field="type", tag="erased"):
    """Erase the note of a decision, which keeps its hash."""

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
    """Tell whether a record of the log says that it is an entry, not a decision.

    >>> is_entry(b'{"type": "published"}'), is_entry(b'{"decision": "confirm"}'), is_entry(b"nonsense")
    (True, False, False)
    """
    try:
        return value is not None and _type(value).type in ENTRY_TYPES
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return False


def decode_entry(value: bytes) -> Entry | Review:
    """Return the entry or the decision in a record of the log; raise `msgspec.MsgspecError` where there is neither."""
    return _entry(value) if is_entry(value) else _review(value)


def encode_entry(entry: Entry | Review) -> bytes:
    """Return an entry or a decision as a record of the log."""
    return msgspec.json.encode(entry)


def hash_of(value: bytes) -> str:
    """Return the hash of a record, by which later entries name it."""
    return sha256(value).hexdigest()


def statement(value: bytes) -> bytes:
    """Return what the signature of a publication signs: all of its record but the signature."""
    fields: dict[str, Any] = msgspec.json.decode(value)
    fields.pop("signature", None)
    return msgspec.json.encode(fields, order="sorted")
