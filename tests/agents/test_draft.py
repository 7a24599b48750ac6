"""A file written by a command is either complete or unchanged."""

from __future__ import annotations

import errno
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from agents.draft import draft, write_whole


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """Limit the file size of this process: the kernel refuses more, as on a full disk. Python ignores SIGXFSZ."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("before", [None, b"what stood there"])
def test_where_there_is_no_room_everything_is_as_it_was(tmp_path: Path, before: bytes | None) -> None:
    path = tmp_path / "office.yaml"
    if before is not None:
        path.write_bytes(before)
    with files_of_at_most(1_000), pytest.raises(OSError, match="office.yaml") as refused:
        write_whole(path, b"x" * 2_000)
    assert refused.value.errno == errno.EFBIG
    assert [each.name for each in tmp_path.iterdir()] == ([] if before is None else ["office.yaml"])
    assert before is None or path.read_bytes() == before


def test_a_command_that_ends_amid_writing_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), draft(tmp_path / "events.jsonl") as file:
        file.write(b"{}\n")
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_a_file_keeps_its_mode_and_a_link_its_target(tmp_path: Path) -> None:
    file, link = tmp_path / "page.html", tmp_path / "latest.html"
    file.write_bytes(b"old")
    file.chmod(0o640)
    link.symlink_to(file)
    write_whole(link, b"new")
    assert (file.read_bytes(), file.stat().st_mode & 0o777, link.is_symlink()) == (b"new", 0o640, True)


def test_a_pipe_is_written_as_it_is(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_whole(pipe, b"rows")
        assert os.read(reader, 10) == b"rows"
    finally:
        os.close(reader)
