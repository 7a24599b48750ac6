"""A sender learns which records the broker refused, and closes its producer in any case."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from agents.kafka import sending
from agents.kafka.client import KafkaError
from agents.kafka.packing import Failed
from config.settings import Settings

OFFICE = Settings(site="lozere")

Record = tuple[str, bytes | None, bytes | None]


class Producer:
    """A fake of the packing producer; its broker refuses the value `bad` at the flush."""

    def __init__(self) -> None:
        self.closed = False
        self.taken: list[Record] = []
        self._pending: list[Record] = []
        self._errbacks: list[Callable[[Exception], None]] = []
        self.patience: float | None = None

    def pack(
        self, topic: str, key: bytes | None, value: bytes | None, failed: Failed, partition: int | None = None
    ) -> None:
        assert partition is None
        self._pending.append((topic, key, value))
        self._errbacks.append(partial(failed, topic))

    def flush(self, _seconds: float | None = None) -> None:
        for record, errback in zip(self._pending, self._errbacks, strict=True):
            if record[2] == b"bad":
                errback(ValueError("too large"))
            else:
                self.taken.append(record)
        self._pending, self._errbacks = [], []

    def close(self, seconds: float) -> None:
        self.closed, self.patience = True, seconds


@pytest.fixture
def producer(monkeypatch: pytest.MonkeyPatch) -> Producer:
    stand_in = Producer()
    monkeypatch.setattr(sending, "producer", lambda _settings: stand_in)
    return stand_in


def test_the_block_ends_once_the_broker_has_every_record(producer: Producer) -> None:
    with sending.sending(OFFICE) as sender:
        sender.send("calls", b"key", b"1")
        sender.send("letters", None, b"2")
        assert producer.taken == []
    assert producer.taken == [("calls", b"key", b"1"), ("letters", None, b"2")]
    assert producer.closed
    assert producer.patience == sending.CLOSE_SECONDS, "it would wait without end for a broker that has gone"


def test_no_more_waits_for_the_broker_than_the_memory_holds(
    producer: Producer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "MAX_WAITING", 3)
    with sending.sending(OFFICE) as sender:
        waiting = []
        for number in range(8):
            sender.send("calls", b"key", b"%d" % number)
            waiting.append(number + 1 - len(producer.taken))
    assert waiting == [1, 2, 3, 1, 2, 3, 1, 2]
    assert [value for _, _, value in producer.taken] == [b"%d" % number for number in range(8)]


def test_a_refusal_is_raised_at_the_end_and_names_what_was_sent(producer: Producer) -> None:
    with (
        pytest.raises(KafkaError, match="the broker refused the review: too large"),
        sending.sending(OFFICE, "the review") as sender,
    ):
        sender.send("reviews", b"key", b"bad")
    assert producer.closed


def test_after_a_refusal_nothing_more_is_sent(producer: Producer) -> None:
    with (
        pytest.raises(KafkaError, match="the broker refused a record: too large"),
        sending.sending(OFFICE) as sender,
    ):
        sender.send("calls", b"key", b"bad")
        producer.flush()
        sender.send("calls", b"key", b"1")
    assert producer.taken == []


def test_what_is_confirmed_stays_where_the_block_fails_later(producer: Producer) -> None:
    with pytest.raises(RuntimeError, match="the file ended"), sending.sending(OFFICE) as sender:
        sender.send("calls", b"key", b"1")
        sender.confirm()
        sender.send("calls", b"key", b"2")
        raise RuntimeError("the file ended")
    assert producer.taken == [("calls", b"key", b"1")]
    assert producer.closed
