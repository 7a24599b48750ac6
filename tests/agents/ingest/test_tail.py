"""A growing file is read to its last whole line, through renames, copies and cuts, and resumed where it stopped."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Final

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from agents.ingest.follow import FollowState, read_state
from agents.ingest.kept import keep_state
from agents.ingest.logfile import FilePosition
from agents.ingest.tail import FileGap, Tail, TailItem, Turn
from agents.sources.lines import MAX_LINE
from agents.sources.queue_log_calls import Calls

Open = Callable[..., Tail]


@pytest.fixture
def tail_of() -> Iterator[Open]:
    with ExitStack() as stack:
        yield lambda *given: stack.enter_context(closing(Tail(*given)))


def items(tail: Tail, looks: int = 3) -> list[TailItem]:
    """Return what comes next, until there is nothing at so many looks."""
    found: list[TailItem] = []
    for item in tail.lines():
        if item is None:
            looks -= 1
            if not looks:
                break
        else:
            found.append(item)
    return found


def read(tail: Tail, looks: int = 3) -> list[bytes]:
    """Return what the next lines are."""
    return [item for item in items(tail, looks) if isinstance(item, bytes)]


def gaps(found: list[TailItem]) -> list[FileGap]:
    return [item.gap for item in found if isinstance(item, Turn) and item.gap]


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


def test_the_mark_of_an_encoding_is_no_part_of_a_line(path: Path, tail_of: Open) -> None:
    path.write_bytes(b"\xef\xbb\xbf1\n2\n")
    tail = tail_of(path)
    assert read(tail) == [b"1\n", b"2\n"]
    assert (tail.first(), tail.position and tail.position.offset) == (b"1\n", 7)


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
    assert again.first() == b"1\n"
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
    path.with_name("other").write_bytes(b"")  # so that the inode is not given out again
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


PACKS: Final[dict[str, Callable[[bytes], bytes]]] = {".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress}
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), st.integers(0, 400)),
        st.tuples(st.just("half"), st.just(0)),
        st.tuples(st.just("rotate"), st.integers(0, 1)),
        st.tuples(st.just("pack"), st.integers(0, 2)),
        st.tuples(st.just("inode"), st.just(0)),
        st.tuples(st.just("read"), st.integers(1, 5)),
        st.tuples(st.just("keep"), st.just(0)),
        st.tuples(st.just("kill"), st.just(0)),
        st.tuples(st.just("delete"), st.just(0)),
    ),
    max_size=25,
)
# Half a line in a copy, whose follower is killed before it has the other half.
HALF_IN_A_COPY: Final = [("write", 1), ("half", 0), ("rotate", 0), ("read", 2), ("keep", 0), ("kill", 0)]


class Exchange:
    """Write a log and rotate it, as a schedule says, while a follower reads it and is killed."""

    def __init__(self, folder: Path, names: str, *, copies: bool, dated: bool) -> None:
        self.path = folder / "queue_log"
        self.names = names
        self.copies = copies  # a rotation copies the file and cuts it, instead of renaming it
        self.dated = dated
        self.written: list[bytes] = []
        self.clock = time.time() + 10
        self.half = b""
        self.rotated: list[Path] = []  # the oldest first
        self.deleted = False
        self.tail = Tail(self.path)
        self.seen: list[TailItem] = []
        self.write(1)
        self.do("read", 3)
        self.do("keep", 0)

    def touch(self, path: Path) -> None:
        self.clock += 60
        os.utime(path, (self.clock, self.clock))

    def put(self, path: Path, text: bytes) -> None:
        append(path, text)
        self.touch(path)

    def write(self, count: int) -> None:
        for _ in range(count):
            begin, self.half = self.half, b""
            line = self.line()
            self.written.append(line)
            self.put(self.path, line.removeprefix(begin))

    def line(self) -> bytes:
        number = len(self.written)
        return (
            b"%d|%d|%s\n" % (1_700_000_000 + number, number, b"x" * (number % 97)) if self.dated else b"%d\n" % number
        )

    def do(self, what: str, how: int) -> None:
        if what == "write":
            self.write(how)
        elif what == "half" and not self.half:
            self.half = self.line()[:-1]
            self.put(self.path, self.half)
        elif what == "rotate" and self.path.stat().st_size:
            self.rotate(look=bool(how))
        elif what == "pack":
            self.pack(*list(PACKS.items())[how])
        elif what == "inode" and not self.copies:
            shutil.copy2(self.path, self.path.with_name("other"))
            self.path.with_name("other").rename(self.path)
        elif what == "read":
            self.seen += items(self.tail, how)
        elif what == "keep":
            self.kept = (self.tail.position, len(self.seen))
        elif what == "kill":
            self.tail.close()
            del self.seen[self.kept[1] :]
            self.tail = Tail(self.path, self.kept[0])
        elif what == "delete" and self.rotated:
            self.rotated.pop(0).unlink()
            self.deleted = True

    def rotate(self, *, look: bool) -> None:
        name = {
            "growing": f"queue_log.{len(self.written)}",
            "shifting": "queue_log.1",
            "dated": f"queue_log-{20260101 + len(self.written)}",
        }[self.names]
        if self.names == "shifting":
            moved = []
            for each in self.rotated[::-1]:  # the one with the highest number first is moved last
                found = re.fullmatch(r"queue_log\.(\d+)(.*)", each.name)
                assert found
                moved.append((each, int(found[1]), found[2]))
            self.rotated = []
            for each, number, packed in sorted(moved, key=lambda it: -it[1]):
                self.rotated.append(each.rename(self.path.with_name(f"queue_log.{number + 1}{packed}")))
        target = self.path.with_name(name)
        if target.exists() or any(target.with_name(name + packed).exists() for packed in PACKS):
            return
        if self.copies:
            shutil.copyfile(self.path, target)
            self.touch(target)
            if look:
                self.seen += items(self.tail, 1)
            os.truncate(self.path, 0)
        else:
            self.path.rename(target)
            if look:
                self.seen += items(self.tail, 2)
            append(self.path, b"")
            if self.half:  # its writer opens the new file once the line is whole
                line = self.line()
                self.written.append(line)
                self.put(target, line.removeprefix(self.half))
                self.half = b""
        self.touch(self.path)
        self.rotated.append(target)

    def pack(self, suffix: str, compress: Callable[[bytes], bytes]) -> None:
        plain = [each for each in self.rotated if each.suffix not in PACKS]
        if plain:
            packed = plain[0].with_name(plain[0].name + suffix)
            packed.write_bytes(compress(plain[0].read_bytes()))
            status = plain[0].stat()
            os.utime(packed, ns=(status.st_atime_ns, status.st_mtime_ns))
            plain[0].unlink()
            self.rotated[self.rotated.index(plain[0])] = packed


@example(steps=HALF_IN_A_COPY, names="dated", way="copied", dated=False)
@given(
    steps=STEPS,
    names=st.sampled_from(["growing", "shifting", "dated"]),
    way=st.sampled_from(["renamed", "copied"]),
    dated=st.booleans(),
)
@settings(deadline=None, max_examples=300)
def test_every_line_is_read_once_and_in_order_or_told_as_missing(
    steps: list[tuple[str, int]],
    names: str,
    way: str,
    dated: bool,  # noqa: FBT001 -- drawn
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        exchange = Exchange(Path(folder), names, copies=way == "copied", dated=dated)
        for step in steps:
            exchange.do(*step)
        exchange.write(2)
        exchange.seen += items(exchange.tail, 100)
        exchange.tail.close()
        found = [item for item in exchange.seen if isinstance(item, bytes)]
        if found != exchange.written:
            assert exchange.deleted, (len(found), len(exchange.written))
            assert gaps(exchange.seen)
            whole = [line for line in found if line in set(exchange.written)]
            assert whole == sorted(set(whole), key=exchange.written.index), "in order, each once"
        elif not exchange.deleted:
            assert not gaps(exchange.seen)
