"""Reading and extending the log of decisions, in which each entry names the last entries before it."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable
from contextlib import closing
from typing import NamedTuple

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec.structs import replace

from agents.chain.signing import signed
from agents.kafka.client import Topic, partition_of, topic
from agents.kafka.reading import Record, TopicReader
from agents.kafka.sending import Sender
from config.shared import Shared
from streams.chain.entry import Erased, Note, Opened, Published, encode_entry, hash_of, note_key
from streams.chain.links import Chain, Logged, earlier_hash
from streams.events import Review


class Log(NamedTuple):
    """The records of the log, and its end offsets."""

    records: list[Logged]
    ends: dict[str, int]  # by partition


def logged(record: Record, partitions: int) -> Logged | None:
    """Return a record of a log with that many partitions; None if it has no site."""
    key = record.key
    if key is None:
        return None
    at_home = record.partition == partition_of(key, partitions)
    return Logged(record.partition, record.offset, key, record.value or b"", record.topic, record.timestamp, at_home)


def read_log(settings: Shared) -> Log:
    """Return the log; raise `KafkaError` if no broker answers."""
    with closing(TopicReader(settings, topic(settings, Topic.REVIEWS))) as reader:
        ends = reader.ends()
        read = (logged(record, settings.kafka.partitions) for record in reader.up_to(ends))
        found = [each for each in read if each is not None]
    last = {str(each.partition): each.offset + 1 for each in found}
    return Log(found, {str(tp.partition): end for tp, end in ends.items()} | last)


class Continuing:
    """A writer that links each new entry to the entries that have no successor yet.

    The log is read once, at the first entry. If others write entries meanwhile, the log forks, which is valid.
    """

    def __init__(self, settings: Shared, sender: Sender) -> None:
        self._settings = settings
        self._sender = sender
        self._topic = topic(settings, Topic.REVIEWS)
        self._heads: dict[str, tuple[str, ...]] = {}  # by site
        self._notes: dict[tuple[str, str], str] = {}  # hashes, by site and note

    def decide(self, key: bytes, review: Review) -> None:
        """Write a decision under its line's key, and its note to the topic of notes, where notes can be erased.

        Raises `KafkaError` if the broker refuses a record.
        """
        site = key.decode().partition("/")[0]
        digest = self._note(site, review.note) if review.note else review.note_digest
        decided = replace(review, note=None, note_digest=digest, after=self._after(site))
        self._write(site, key, encode_entry(decided))

    def enter(self, entry: Published | Erased, key: Ed25519PrivateKey | None = None) -> str:
        """Write an entry that is not a decision, and return its hash; raise `KafkaError` if the broker refuses it."""
        value = encode_entry(replace(entry, after=self._after(entry.site)))
        return self._write(entry.site, entry.site.encode(), value if key is None else signed(value, key))

    def _note(self, site: str, text: str) -> str:
        """Write a note, once for all decisions with the same text, and return its hash."""
        if (site, text) not in self._notes:
            note = Note(text, secrets.token_hex(16))
            name = note_key(site, note.digest).encode()
            self._sender.send(topic(self._settings, Topic.NOTES), name, msgspec.json.encode(note))
            self._sender.confirm()  # so that no decision names a missing note
            self._notes[site, text] = note.digest
        return self._notes[site, text]

    def _after(self, site: str) -> tuple[str, ...]:
        if site not in self._heads:
            log = read_log(self._settings)
            chain = Chain(site, log.records)
            self._heads[site] = chain.heads()
            if chain.opened is None:
                self._open(site, log, chain.earlier)
        return self._heads[site]

    def _open(self, site: str, log: Log, earlier: Iterable[Logged]) -> None:
        opened = Opened(site=site, at=round(time.time(), 3), ends=log.ends, earlier=earlier_hash(earlier))
        self._write(site, site.encode(), encode_entry(opened))
        self._sender.confirm()

    def _write(self, site: str, key: bytes, value: bytes) -> str:
        self._sender.send(self._topic, key, value)
        found = hash_of(value)
        self._heads[site] = (found,)
        return found
