"""Forged entries of the log: decisions, openings, publications and erasures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec.structs import replace

from agents.chain.signing import signed
from agents.kafka.client import Topic, partition_of
from streams.chain.entry import Erased, Opened, Published, decode_entry, encode_entry, hash_of
from streams.chain.links import Logged, earlier_hash
from streams.events import Review
from tests.attack.forgery import Forged, Forgery
from tests.attack.stage import DECLARED, SITE, Honest, Row

FORGER: Final = "Mme la Prefete"
KEY: Final = f"{SITE}/circulation".encode()
PARTITIONS: Final = 2


def entries(honest: Honest) -> list[Row]:
    return [each for each in honest.rows if each.topic is Topic.REVIEWS and each.value is not None]


def _dismissal(**fields: object) -> Review:
    told = {"decision": "dismiss", "incident": DECLARED, "by": FORGER, "at": "2026-11-30T09:00:00+01:00"}
    return msgspec.convert(told | fields, Review)


def last_publication(honest: Honest) -> str | None:
    """Return the hash of the last publication, which a person has kept outside of Kafka; None without one."""
    found = [each for each in entries(honest) if isinstance(decode_entry(each.value or b""), Published)]
    return hash_of(found[-1].value or b"") if found else None


def _head(honest: Honest) -> str:
    """Return the hash of the last entry of the log, which nothing follows."""
    rows = entries(honest)
    followed = {name for each in rows for name in getattr(decode_entry(each.value or b""), "after", None) or ()}
    return next(name for each in rows if (name := hash_of(each.value or b"")) not in followed)


def _logged(review: Review, subject: str = FORGER) -> Forged:
    return Forged([Row(Topic.REVIEWS, KEY, encode_entry(review))], subject)


def _past_tocsin(_honest: Honest) -> Forged:
    return _logged(_dismissal())


def _chained(honest: Honest) -> Forged:
    return _logged(_dismissal(after=[_head(honest)]))


def _answer(_honest: Honest) -> Forged:
    told = {"decision": "answer", "incident": None, "line": "circulation", "call": "7", "answer": "right"}
    return _logged(_dismissal(**told))


def _second_opening(honest: Honest) -> Forged:
    """Return a dismissal before an opening that takes it for a decision from before the chain, as the hash shows."""
    low = min(range(PARTITIONS), key=lambda number: number == partition_of(SITE.encode(), PARTITIONS))
    dismissal = encode_entry(_dismissal())
    there = [each.value or b"" for each in entries(honest) if each.partition == low]
    logged = [Logged(low, offset, KEY, value) for offset, value in enumerate([*there, dismissal])]
    before = [each for each in logged if isinstance(decode_entry(each.value), Review)]
    opened = Opened(site=SITE, at=1.0, ends={str(low): len(logged)}, earlier=earlier_hash(before))
    rows = [Row(Topic.REVIEWS, KEY, dismissal, low), Row(Topic.REVIEWS, SITE.encode(), encode_entry(opened), low)]
    return Forged(rows, "opening of the chain")


def _published_again(honest: Honest) -> Forged:
    rows = entries(honest)
    row = next(each for each in rows if isinstance(decode_entry(each.value or b""), Published))
    return Forged([row._replace(partition=None, timestamp=None)], "publication of")


def _rolled_back(honest: Honest) -> Forged:
    *_, last = (each for each in entries(honest) if isinstance(decode_entry(each.value or b""), Published))
    content = decode_entry(last.value or b"").content  # type: ignore[union-attr]
    gone = [each for each in honest.rows if each is last or each.key.endswith(content.encode())]
    return Forged([], "publication", gone)


def _other_signature(honest: Honest) -> Forged:
    *_, last = (each for each in entries(honest) if isinstance(decode_entry(each.value or b""), Published))
    entry = decode_entry(last.value or b"")
    assert isinstance(entry, Published)
    again = signed(encode_entry(replace(entry, signature=None)), Ed25519PrivateKey.generate())
    return Forged([last._replace(value=again)], "signed by another key", [last])


def _all_anew(honest: Honest) -> Forged:
    """Return the whole chain computed again without the key, with another person's name in each decision."""
    rows = entries(honest)
    return Forged(list(_rewritten(rows)), "it is not signed", rows)


def _rewritten(rows: list[Row]) -> Iterator[Row]:
    hashes = dict[str, str]()
    for each in sorted(rows, key=lambda row: (_depth(rows, row), row.timestamp or 0)):
        entry = decode_entry(each.value or b"")
        if not isinstance(entry, Opened):
            entry = replace(entry, after=tuple(hashes[name] for name in entry.after or ()))
        if isinstance(entry, Published):
            entry = replace(entry, signature=None)
        elif isinstance(entry, Review):
            entry = replace(entry, by=FORGER)
        value = encode_entry(entry)
        hashes[hash_of(each.value or b"")] = hash_of(value)
        yield each._replace(value=value)


def _depth(rows: list[Row], row: Row) -> int:
    known = {hash_of(each.value or b""): each for each in rows}
    before = getattr(decode_entry(row.value or b""), "after", None) or ()
    return max((1 + _depth(rows, known[name]) for name in before), default=0)


def _erased(honest: Honest) -> Forged:
    (note,) = (key.rpartition("/")[2] for key in honest.latest(Topic.NOTES))
    told = Erased(site=SITE, note=note, by=FORGER, at=1.0, after=("0" * 64,))
    return Forged([Row(Topic.REVIEWS, SITE.encode(), encode_entry(told))], "erasure")


def _row(name: str, kind: object, forge: object, **more: object) -> Forgery:
    return Forgery(f"log: {name}", Topic.REVIEWS, kind, forge, **more)  # type: ignore[arg-type]


LOG: Final = (
    _row("decision past Tocsin", Review, _past_tocsin),
    _row("answer past Tocsin", Review, _answer),
    _row("decision chained in another's name", Review, _chained, unshown="who may write the log can decide"),
    _row("second opening before a decision", Opened, _second_opening),
    _row("publication repeated", Published, _published_again, published=True),
    _row("publication signed by another key", Published, _other_signature, published=True),
    _row("last publication rolled back", Published, _rolled_back, published=True),
    _row("whole chain recomputed without the key", Published, _all_anew, published=True),
    _row("erasure past Tocsin", Erased, _erased),
)
