"""A follower reads a growing file up to its last complete line, through renames, copies and truncation, and resumes."""

from __future__ import annotations

import gzip
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from agents.ingest.follow import FollowState, read_state
from agents.ingest.kept import keep_state
from agents.ingest.logfile import FilePosition
from agents.ingest.tail import Tail, Turn
from agents.sources.asterisk.queue_log_calls import Calls
from agents.sources.lines import MAX_LINE
from tests.agents.ingest.tailing import append, gaps, items, read

Open = Callable[..., Tail]


@pytest.fixture
def tail_of() -> Iterator[Open]:
    with ExitStack() as stack:
        yield lambda *given: stack.enter_context(closing(Tail(*given)))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "queue_log"
    path.write_bytes(b"1\n2\n")
    return path


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
    path.write_bytes(b"5\n")  # truncated and rewritten
    assert read(tail) == [b"5\n"]


def test_the_mark_of_an_encoding_is_no_part_of_a_line(path: Path, tail_of: Open) -> None:
    path.write_bytes(b"\xef\xbb\xbf1\n2\n")
    tail = tail_of(path)
    assert read(tail) == [b"1\n", b"2\n"]
    assert (tail.first(1), tail.position and tail.position.offset) == ([b"1\n"], 7)


def test_a_line_that_was_too_long_is_passed_over_by_whoever_resumes_in_it(path: Path, tail_of: Open) -> None:
    append(path, b"7" * 2 * MAX_LINE)
    tail = tail_of(path)
    assert len(read(tail)) == 3
    again = tail_of(path, tail.position)
    append(path, b"7\n4\n")
    assert read(again) == [b"4\n"]
    assert again.row == 4


def test_what_comes_later_is_read_and_a_torn_line_waits_for_its_end(path: Path, tail_of: Open) -> None:
    tail = tail_of(path)
    assert read(tail) == [b"1\n", b"2\n"]
    append(path, b"3\nfo")
    assert read(tail) == [b"3\n"]
    append(path, b"ur\n")
    assert read(tail) == [b"four\n"]
    assert tail.row == 4


def test_a_file_that_is_not_there_is_waited_for(tmp_path: Path, tail_of: Open) -> None:
    tail = tail_of(tmp_path / "queue_log")
    assert read(tail) == []
    append(tmp_path / "queue_log", b"")
    assert read(tail) == []
    kept = tail.position
    append(tmp_path / "queue_log", b"1\n")
    assert read(tail) == [b"1\n"]
    (tmp_path / "queue_log").rename(tmp_path / "queue_log.1")
    append(tmp_path / "queue_log", b"2\n")
    assert read(tail_of(tmp_path / "queue_log", kept), looks=9) == [b"1\n", b"2\n"], "nothing had been there"


def test_a_renamed_file_is_read_to_its_end_and_then_the_new_one(path: Path, tail_of: Open) -> None:
    tail = tail_of(path)
    assert read(tail) == [b"1\n", b"2\n"]
    append(path, b"3\n")
    path.rename(path.with_name("queue_log.1"))
    append(path, b"")
    append(path.with_name("queue_log.1"), b"4\n5")
    assert read(tail, looks=9) == [b"3\n", b"4\n"], "the new file is empty: its writer may still write to the old one"
    append(path.with_name("queue_log.1"), b"5\n")
    append(path, b"a\n")
    assert items(tail, looks=4) == [b"55\n", Turn(path), b"a\n"]
    assert tail.row == 1


def test_a_file_cut_to_nothing_is_read_from_its_beginning_and_what_may_be_missing_is_told(
    path: Path, tail_of: Open
) -> None:
    tail = tail_of(path)
    assert read(tail) == [b"1\n", b"2\n"]
    path.write_bytes(b"a\n")
    turn, line = items(tail)
    assert line == b"a\n"
    assert isinstance(turn, Turn)
    assert turn.gap is not None
    assert (turn.gap.why, turn.gap.row) == ("cut", 2)
    assert turn.gap.since <= turn.gap.until <= time.time()


def test_a_cut_file_that_grew_past_the_mark_is_not_taken_for_the_same(path: Path, tail_of: Open) -> None:
    tail = tail_of(path)
    assert read(tail) == [b"1\n", b"2\n"]
    append(path, b"3\n")
    shutil.copyfile(path, path.with_name("queue_log.1"))
    kept = tail.position
    path.write_bytes(b"b1\nb2\nb3\n")
    assert read(tail, looks=9) == [b"3\n", b"b1\n", b"b2\n", b"b3\n"]
    assert items(tail_of(path, kept), looks=9) == [b"3\n", Turn(path), b"b1\n", b"b2\n", b"b3\n"], "and while away"


def test_a_copy_that_was_made_while_it_was_read_on_is_no_gap(path: Path, tail_of: Open) -> None:
    append(path, b"".join(b"line %d of a long file\n" % number for number in range(500)))
    tail = tail_of(path)
    read(tail)
    shutil.copyfile(path, path.with_name("queue_log.1"))
    append(path, b"while it was copied\n")
    assert read(tail) == [b"while it was copied\n"]
    path.write_bytes(b"a\n")
    assert items(tail, looks=9) == [Turn(path), b"a\n"]


def test_it_resumes_where_it_stopped_also_when_the_file_was_renamed_meanwhile(path: Path, tail_of: Open) -> None:
    tail = tail_of(path)
    assert next(line for line in tail.lines() if isinstance(line, bytes)) == b"1\n"
    position = tail.position
    assert read(tail_of(path, position)) == [b"2\n"]
    path.rename(path.with_name("queue_log.1"))
    path.write_bytes(b"a\n")
    again = tail_of(path, position)
    assert again.first(1) == [b"1\n"]
    assert read(again, looks=4) == [b"2\n", b"a\n"]


@pytest.mark.parametrize("names", [["queue_log.0", "queue_log.1"], ["queue_log.2", "queue_log.1"]])
def test_of_two_rotations_no_file_is_passed_over_whichever_name_is_the_newest(
    path: Path, tail_of: Open, names: list[str]
) -> None:
    tail = tail_of(path)
    read(tail)
    position = tail.position
    for name, text in zip(names, (b"3\n", b"b\n"), strict=True):
        append(path, text)
        path.rename(path.with_name(name))
        time.sleep(0.02)  # the clock of the file system
    append(path, b"c\n")
    assert items(tail_of(path, position), looks=9) == [
        *(b"3\n", Turn(path.with_name(names[1])), b"b\n"),
        *(Turn(path), b"c\n"),
    ]


def test_a_file_older_than_the_one_that_was_read_is_not_read_though_it_was_touched(path: Path, tail_of: Open) -> None:
    path.write_bytes(b"1700000000|a\n")
    path.with_name("queue_log.3").write_bytes(b"1600000000|from the attic\n")
    tail = tail_of(path)
    read(tail)
    position = tail.position
    path.rename(path.with_name("queue_log.1"))
    os.utime(path.with_name("queue_log.3"))
    append(path, b"1700000001|b\n")
    assert read(tail_of(path, position), looks=9) == [b"1700000001|b\n"]


def test_a_file_that_is_gone_is_followed_by_its_name_and_what_may_be_missing_is_told(path: Path, tail_of: Open) -> None:
    tail = tail_of(path)
    read(tail)
    position = tail.position
    path.unlink()
    path.with_name("other").write_bytes(b"")  # so that the inode is not reused
    path.write_bytes(b"a\n")
    found = items(tail_of(path, position))
    assert found[-1:] == [b"a\n"]
    (gap,) = gaps(found)
    assert (gap.why, gap.row, gap.since) == ("gone", 2, position.modified)


def test_a_packed_file_that_cannot_be_read_is_told(path: Path, tail_of: Open) -> None:
    tail = tail_of(path)
    read(tail)
    append(path, b"3\n")
    broken = path.with_name("queue_log.1.gz")
    broken.write_bytes(gzip.compress(path.read_bytes())[:-9])
    unknown = path.with_name("queue_log.0.zst")
    unknown.write_bytes(b"(\xb5/\xfd and more")
    position = tail.position
    path.unlink()
    append(path, b"b\n")
    found = items(tail_of(path, position), looks=9)
    assert found[-1] == b"b\n"
    assert {gap.why for gap in gaps(found)} >= {"unreadable"}
    assert any("zstd" in gap.detail for gap in gaps(found))


@pytest.mark.parametrize("packed", [b"(\xb5/\xfd and more", b"PK\x03\x04 and more"])
def test_a_live_file_that_cannot_be_read_is_one_gap_until_it_changes(path: Path, tail_of: Open, packed: bytes) -> None:
    path.write_bytes(packed)
    tail = tail_of(path)
    assert [gap.why for gap in gaps(items(tail, looks=9))] == ["unreadable"]
    assert items(tail, looks=9) == []
    path.unlink()
    append(path, b"1\n")
    assert items(tail, looks=9)[-1] == b"1\n"


def test_another_inode_of_the_same_file_is_the_same_file(path: Path, tail_of: Open) -> None:
    tail = tail_of(path)
    read(tail)
    position = tail.position
    append(path, b"half")
    read(tail)
    shutil.copyfile(path, path.with_name("other"))
    path.with_name("other").rename(path)
    append(path, b" a line\n")
    assert items(tail) == [b"half a line\n"]
    assert items(tail_of(path, position)) == [b"half a line\n"]


def test_what_a_follower_kept_is_read_by_its_stored_names(tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"
    assert read_state(kept, Calls) == FollowState(Calls())
    kept.write_text('{"mark": {"device": 1, "inode": 2, "offset": 30, "row": 4}, "calls": {}}')
    state = read_state(kept, Calls)
    assert state.position == FilePosition(1, 2, 30, 4)
    keep_state(kept, state)
    assert read_state(kept, Calls) == state
    assert '"mark"' in kept.read_text()


def test_a_position_that_an_older_version_kept_is_gone_on_from(path: Path, tail_of: Open) -> None:
    status = path.stat()
    path.with_name("queue_log.1").write_bytes(b"0\n")
    os.utime(path.with_name("queue_log.1"), (1_700_000_000, 1_700_000_000))
    position = FilePosition(status.st_dev, status.st_ino, 2, 1)
    assert items(tail_of(path, position)) == [b"2\n"]
    path.rename(path.with_name("queue_log.2"))
    append(path, b"a\n")
    assert read(tail_of(path, position), looks=9) == [b"2\n", b"a\n"]
