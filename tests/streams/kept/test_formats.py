"""States of every format in use are read, give the same figures, and count repeated events once."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from streams.kept.migrations import STEPS
from streams.kept.record import FORMAT, OLDEST
from streams.partition import Partition
from tests.streams.kept.formats.__main__ import FEEDS, HERE, said, tell
from tests.streams.kept.test_records import CATALOGUE, STATES


def kept(folder: Path) -> Partition:
    files = {key: folder / name for key, (name, _) in STATES.items()}
    return Partition(3, CATALOGUE, {key: file.read_bytes() for key, file in files.items() if file.exists()}, FEEDS)


def test_there_are_states_of_every_format_and_a_step_from_each_but_the_last() -> None:
    assert {int(each.name) for each in HERE.iterdir() if each.name.isdigit()} == set(range(OLDEST, FORMAT + 1))
    assert set(STEPS) == set(range(OLDEST, FORMAT))


@pytest.mark.parametrize("number", range(OLDEST, FORMAT + 1))
def test_a_state_of_a_format_says_what_it_said_and_counts_nothing_twice(number: int) -> None:
    partition = kept(HERE / str(number))
    told = msgspec.json.decode((HERE / str(number) / "figures.json").read_bytes())
    assert partition.unread == []
    # An input that was added later has no events yet.
    told["intakes"] = said(Partition(3, CATALOGUE, {}, FEEDS))["intakes"] | told["intakes"]
    assert said(partition) == told
    tell(partition)
    assert said(partition) == told
    partition.lines[b"lozere/circulation"].check()
