"""A table's events come in order of time, however long the table is and however its rows are sorted."""

from __future__ import annotations

import resource
import tempfile
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.sources.entry import Accepted, Refused
from agents.sources.legs import accepted
from agents.sources.tables.spool import SpoolError, spooled
from streams.decoding import Decoder, Invalid
from streams.events import CallEvent

DECODE = Decoder(CallEvent).decode
REFUSED = Refused(2, b"", Invalid("malformed", "torn"))


def event(row: int, at: float, call: str = "", agent: str = "") -> Accepted:
    [found] = accepted(row, [CallEvent(line="accueil", call=call or str(row), type="lost", at=at, agent=agent or None)])
    assert isinstance(found, Accepted)
    return found


def files_open() -> int:
    return len(list(Path("/dev/fd").iterdir()))


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 20))), st.integers(1, 50))
def test_events_come_by_moment_and_row_whatever_is_held(places: list[tuple[int, int]], most: int) -> None:
    told = [event(row, float(at), str(number)) for number, (row, at) in enumerate(places)]
    in_order = sorted(told, key=lambda each: (each.event.at, each.row))  # stable
    assert list(spooled(told, DECODE, most)) == in_order


def test_a_file_that_is_written_newest_first_is_the_same_as_one_written_oldest_first() -> None:
    rows = range(3, 2000, 3)
    ascending = [event(row, row / 4) for row in rows]
    assert list(spooled(reversed(ascending), DECODE, 100)) == list(spooled(ascending, DECODE, 10_000)) == ascending


def test_what_is_refused_does_not_wait() -> None:
    def entries() -> Iterator[Accepted | Refused]:
        yield event(1, 3.0)
        yield REFUSED
        raise AssertionError("nothing is asked for before what was refused is told")

    assert next(spooled(entries(), DECODE)) is REFUSED


@pytest.mark.slow
def test_memory_holds_no_more_than_the_bound() -> None:
    def entries() -> Iterator[Accepted]:
        for number in range(60_000):
            yield event(number, float(-number % 60_000), agent="a" * 100)

    next(spooled(entries(), DECODE, 100))  # imports and compiled code
    tracemalloc.start()
    last = 0.0
    for each in spooled(entries(), DECODE, 1_000):
        assert isinstance(each, Accepted)
        assert each.event.at >= last  # type: ignore[operator]  # numbers
        last = each.event.at  # type: ignore[assignment]
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 8_000_000  # 60 runs read in blocks of 64 kB; all of the events are 60 MB


def test_a_file_within_the_bound_never_touches_the_disk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "there is none"))
    few = [event(2, 2.0), event(1, 1.0)]
    assert list(spooled(few, DECODE, 2)) == few[::-1]
    with pytest.raises(SpoolError, match="No such file or directory"):
        list(spooled(few, DECODE, 1))


def test_nothing_stays_in_the_folder_even_where_the_reader_fails(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = files_open()
    seen: list[list[Path]] = []

    def entries() -> Iterator[Accepted]:
        for number in range(9):
            yield event(number, 9.0 - number)
        seen.append(list(tmp_path.iterdir()))  # while the file is open: a kill leaves at most this
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(spooled(entries(), DECODE, 2))
    assert seen == [[]]
    assert files_open() == before


def test_a_full_disk_is_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    told = [event(number, float(number)) for number in range(200)]
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4_000, limit[1]))  # bytes of a file, as on a full disk
    try:
        with pytest.raises(SpoolError) as said:
            list(spooled(told, DECODE, 50))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    assert f"in {tmp_path}: File too large" in str(said.value)
    assert "or set TMPDIR to a folder with more" in str(said.value)
