"""Parallel processes share one broker."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path
from threading import Thread

import pytest

from agents.kafka.broker import BrokerError
from tests.brokers import shared
from tests.waiting import PATIENCE


def test_the_first_starts_it_and_ends_it_once_all_have_done(tmp_path: Path) -> None:
    happened = list[str]()

    @contextmanager
    def running(address: str) -> Iterator[tuple[str, str]]:
        happened.append(f"{address} is up")
        yield address, "a broker"
        happened.append(f"{address} ends")

    first, second = ExitStack(), ExitStack()
    assert first.enter_context(shared(running("one"), tmp_path / "note")) == ("one", "a broker")
    assert second.enter_context(shared(running("other"), tmp_path / "note")) == ("one", "a broker")
    leaving = Thread(target=first.close)
    leaving.start()
    leaving.join(0.2)
    assert happened == ["one is up"]
    second.close()
    leaving.join(PATIENCE)
    assert happened == ["one is up", "one ends"]


def test_where_the_first_cannot_start_it_the_others_say_so(tmp_path: Path) -> None:
    said = list[str]()

    def other() -> None:
        with pytest.raises(BrokerError) as told, shared(nullcontext(("other", "")), tmp_path / "note"):
            pass
        said.append(str(told.value))

    waiting = Thread(target=other)

    @contextmanager
    def refused() -> Iterator[tuple[str, str]]:
        waiting.start()
        waiting.join(0.2)
        assert waiting.is_alive()
        if not said:
            raise BrokerError("no Java")
        yield "", ""

    with pytest.raises(BrokerError, match="no Java"), shared(refused(), tmp_path / "note"):
        pass
    waiting.join(PATIENCE)
    assert said == ["another process has not started the broker"]
