"""The records of states in the changelog, as an operator of workers sees them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec

from agents.kafka.client import Topic, topic
from agents.kafka.reading import Record, TopicReader, records
from agents.worker.restored import RestoredStates
from config.shared import Shared
from streams.kept import record
from streams.kept.packing import pack
from streams.kept.record import UNREADABLE, Position
from streams.pages import Remembering, fill, is_page
from streams.states import KINDS


class StateRecord(NamedTuple):
    """A state's record that a worker would resume from."""

    key: str
    partition: int
    offset: int  # in the changelog
    at: int  # when it was written, epoch ms
    value: bytes
    earlier: bytes | None = None  # the previous record of its key
    pages: Mapping[bytes, bytes] = MappingProxyType({})  # of the memories in its partition

    @property
    def format(self) -> int | None:
        """Return the format's number, None if the record is empty."""
        return self.value[0] if self.value else None

    @property
    def position(self) -> Position | None:
        """Return how far the state was folded, None if that cannot be read."""
        try:
            return record.position(self.value)
        except UNREADABLE:
            return None

    def state(self) -> Any:  # noqa: ANN401 -- a state of any kind
        """Decode the state; raise one of `UNREADABLE` if that fails."""
        kind = KINDS.get(self.key.partition(" ")[0].encode())
        if kind is None:
            raise ValueError(f"no state has such a key; expected one that begins with {b', '.join(KINDS).decode()}")
        return record.decode(self.value, kind)

    @property
    def trouble(self) -> str | None:
        """Return why the state cannot be decoded, None if it can."""
        try:
            state = self.state()
            if isinstance(state, Remembering):
                fill(self.key.encode(), state, self.pages)
        except UNREADABLE as error:
            return str(error) or type(error).__name__
        return None

    @property
    def refused(self) -> bool:
        """Return whether a worker refuses to fold the desk: neither this record nor the previous one can be read.

        Intakes are never refused.
        """
        if self.trouble is None or self.key.startswith("intake "):
            return False
        before = None if self.earlier is None else self._replace(value=self.earlier, earlier=None)
        return record.is_later(self.value) or before is None or before.trouble is not None

    def summary(self) -> dict[str, Any]:
        """Return the state's fields: numbers and strings as they are, the length of anything else."""
        fields: dict[str, Any] = msgspec.to_builtins(pack(self.state()))
        return {name: each if isinstance(each, int | str) else len(each) for name, each in fields.items()}


class ReadStates:
    """The states in the records of the changelog that were read."""

    def __init__(self) -> None:
        self._partitions: dict[int, RestoredStates] = {}
        self._written: dict[tuple[int, bytes], dict[int, int]] = {}  # epoch ms, by partition and key, by offset

    def take(self, record: Record) -> None:
        if record.key is None:
            return
        restored = self._partitions.setdefault(record.partition, RestoredStates())
        restored.take(record.key, record.value, record.offset)
        found = restored.records().get(record.key)
        written = self._written.get((record.partition, record.key), {}) | {record.offset: record.timestamp}
        kept = -1 if found is None else found.offset
        self._written[record.partition, record.key] = {at: each for at, each in written.items() if at == kept}

    def records(self) -> list[StateRecord]:
        """Return the record of each state, sorted by key."""
        found = [
            StateRecord(
                key.decode(errors="replace"),
                number,
                one.offset,
                self._written[number, key][one.offset],
                one.value,
                earlier.get(key),
                pages,
            )
            for number, restored in self._partitions.items()
            for earlier, pages in [(restored.earlier(), restored.furthest())]
            for key, one in restored.records().items()
            if not is_page(key)
        ]
        return sorted(found)


class StatesReader:
    """A reader that follows the changelog, without pages; every method raises `KafkaError` if no broker answers."""

    def __init__(self, shared: Shared) -> None:
        self._reader = TopicReader(shared, topic(shared, Topic.STATE))
        self._states = ReadStates()
        self._found: Sequence[StateRecord] = ()

    def close(self) -> None:
        self._reader.close()

    def read(self) -> Sequence[StateRecord]:
        """Return the record of each state, sorted by key."""
        fetched = [each for each in self._reader.up_to(self._reader.ends()) if not is_page(each.key or b"")]
        for each in fetched:
            self._states.take(each)
        if fetched:
            self._found = self._states.records()
        return self._found


def state_records(settings: Shared) -> list[StateRecord]:
    """Return the record of each state, sorted by key; raise `KafkaError` if no broker answers."""
    read = ReadStates()
    for each in records(settings, topic(settings, Topic.STATE)):
        read.take(each)
    return read.records()
