"""Through any rotation, compression and deletion, a follower reads each line once or reports the gap."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from hypothesis import example, given, settings
from hypothesis import strategies as st

from agents.ingest.tail import Tail, TailItem
from tests.agents.ingest.tailing import append, gaps, items

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
# Half a line is in a copy, and the follower is killed before it gets the other half.
HALF_IN_A_COPY: Final = [("write", 1), ("half", 0), ("rotate", 0), ("read", 2), ("keep", 0), ("kill", 0)]


class Exchange:
    """An exchange that writes and rotates a log by a schedule, with a follower that reads and is killed."""

    def __init__(self, folder: Path, names: str, *, copies: bool, dated: bool) -> None:
        self.path = folder / "queue_log"
        self.names = names
        self.copies = copies  # a rotation copies and truncates the file instead of renaming it
        self.dated = dated
        self.written: list[bytes] = []
        self.clock = time.time() + 10
        self.half = b""
        self.rotated: list[Path] = []  # oldest first
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
        """Return the next line. Halves of two lines never form a third, as 1 and 2 would form 12."""
        number = len(self.written)
        return (
            b"%d|%d|%s\n" % (1_700_000_000 + number, number, b"x" * (number % 97)) if self.dated else b"%05d\n" % number
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
            for each in self.rotated[::-1]:  # the highest number is moved last
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
            if self.half:  # the writer opens the new file after it has finished the line
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
    dated: bool,  # noqa: FBT001 -- drawn by hypothesis
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
