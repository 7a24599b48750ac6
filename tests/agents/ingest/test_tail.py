"""A growing file is read to its last whole line, through renames and cuts, and resumed where it stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from agents.ingest.follow import FollowState, keep_state, read_state
from agents.ingest.tail import FilePosition, Tail
from agents.sources.lines import MAX_LINE
from agents.sources.queue_log_calls import Calls

Open = Callable[..., Tail]


@pytest.fixture
def tail_of() -> Iterator[Open]:
    with ExitStack() as stack:
        yield lambda *given: stack.enter_context(closing(Tail(*given)))


def read(tail: Tail, looks: int = 3) -> list[bytes]:
    """Return what the next lines are, until there is none at so many looks."""
    found: list[bytes] = []
    for line in tail.lines():
        if line is None:
            looks -= 1
            if not looks:
                break
        else:
            found.append(line)
    return found


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "queue_log"
    path.write_bytes(b"1\n2\n")
    return path


def append(path: Path, text: bytes) -> None:
    with path.open("ab") as file:
        file.write(text)


def test_a_line_without_end_fills_no_memory_and_the_next_one_is_read(path: Path, tail_of: Open) -> None:
    tail = tail_of(path)
    assert read(tail) == [b"1\n", b"2\n"]
    for _ in range(3):
        append(path, b"7" * MAX_LINE)
    (cut,) = read(tail)
    assert len(cut) == MAX_LINE + 1
    append(path, b"7\n4\n")
    assert read(tail) == [b"4\n"]
    assert tail.row == 4
    append(path, b"7" * 2 * MAX_LINE)
    assert len(read(tail)) == 1
    path.write_bytes(b"5\n")  # cut short, and begun anew
    assert read(tail) == [b"5\n"]


def test_what_comes_later_is_read_and_a_torn_line_waits_for_its_end(path: Path, tail_of: Open) -> None:
    tail = tail_of(path)
    assert read(tail) == [b"1\n", b"2\n"]
    append(path, b"3\nfo")
    assert read(tail) == [b"3\n"]
    append(path, b"ur\n")
    assert read(tail) == [b"four\n"]
    assert tail.row == 4


def test_a_renamed_file_is_read_to_its_end_and_then_the_new_one(path: Path, tail_of: Open) -> None:
    tail = tail_of(path)
    assert read(tail) == [b"1\n", b"2\n"]
    append(path, b"3\n")
    path.rename(path.with_name("queue_log.1"))
    path.write_bytes(b"a\n")
    append(path.with_name("queue_log.1"), b"4\n")
    assert read(tail, looks=4) == [b"3\n", b"4\n", b"a\n"]
    assert tail.row == 1


def test_a_file_cut_to_nothing_is_read_from_its_beginning(path: Path, tail_of: Open) -> None:
    tail = tail_of(path)
    assert read(tail) == [b"1\n", b"2\n"]
    path.write_bytes(b"a\n")
    assert read(tail) == [b"a\n"]


def test_it_resumes_where_it_stopped_also_when_the_file_was_renamed_meanwhile(path: Path, tail_of: Open) -> None:
    tail = tail_of(path)
    assert next(tail.lines()) == b"1\n"
    position = tail.position
    assert read(tail_of(path, position)) == [b"2\n"]
    path.rename(path.with_name("queue_log.1"))
    path.write_bytes(b"a\n")
    again = tail_of(path, position)
    assert again.first() == b"1\n"
    assert read(again, looks=4) == [b"2\n", b"a\n"]


def test_a_file_that_is_gone_is_followed_by_its_name(path: Path, tail_of: Open) -> None:
    position = tail_of(path).position
    path.unlink()
    path.with_name("other").write_bytes(b"")  # so that the inode is not given out again
    path.write_bytes(b"a\n")
    assert read(tail_of(path, position))[-1:] == [b"a\n"]


def test_what_a_follower_kept_is_read_by_its_stored_names(tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"
    assert read_state(kept, Calls) == FollowState(Calls())
    kept.write_text('{"mark": {"device": 1, "inode": 2, "offset": 30, "row": 4}, "calls": {}}')
    state = read_state(kept, Calls)
    assert state.position == FilePosition(1, 2, 30, 4)
    keep_state(kept, state)
    assert read_state(kept, Calls) == state
    assert '"mark"' in kept.read_text()
