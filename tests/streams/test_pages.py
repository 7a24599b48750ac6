"""Sealed pages: each is written once, a state that lacks one is refused, and unused ones are deleted."""

from __future__ import annotations

from streams.catalogue import Catalogue
from streams.kept.memory import PAGE
from streams.pages import is_page
from streams.partition import Partition
from tests.streams.partitions import CATALOGUE, HOMES, STANDARD, partition
from tests.streams.telling import Message, value

KEY = b"line " + STANDARD
CALLS = 3 * PAGE + 20


def told(first: int, last: int) -> list[Message]:
    """Return calls from one number to before another, an hour apart, so that all but the last settle."""
    return [
        Message(number, STANDARD, value("lost", 3600.0 * number, str(number), wait=5)) for number in range(first, last)
    ]


def kept(owned: Partition, records: dict[bytes, bytes]) -> set[bytes]:
    """Write the changed records; return the keys of the written pages."""
    changed = owned.changed().states()
    for key, each in changed.items():
        if each is None:
            del records[key]
        else:
            records[key] = each
    return {key for key, each in changed.items() if is_page(key) and each is not None}


def test_a_page_is_written_once_and_read_again() -> None:
    owned, records = partition(), dict[bytes, bytes]()
    pages = list[int]()
    for first in range(0, CALLS, PAGE // 2):
        owned.calls.take(told(first, min(CALLS, first + PAGE // 2)))
        pages.append(len(kept(owned, records)))
    assert (sum(pages), max(pages)) == (3, 1)
    again = partition(records)
    assert again.unread == []
    line = again.lines[STANDARD]
    line.check()
    assert line.state.old == owned.lines[STANDARD].state.old
    again.calls.take([Message(each.offset + CALLS, each.key, each.value) for each in told(0, CALLS)])
    assert (line.state.offered, line.state.results) == (CALLS, [CALLS, CALLS, 0])


def test_what_is_taken_from_a_page_is_written_with_the_line_alone() -> None:
    owned, records = partition(), dict[bytes, bytes]()
    owned.calls.take(told(0, CALLS))
    assert len(kept(owned, records)) == 3
    owned.calls.take([Message(CALLS, STANDARD, value("answered", 3600.0 * 7 + 1, "7"))])
    assert kept(owned, records) == set()
    again = partition(records).lines[STANDARD]
    again.check()
    assert again.figures.total() == owned.lines[STANDARD].figures.total()


def test_a_page_that_could_not_be_written_is_written_with_the_next_records() -> None:
    owned, records = partition(), dict[bytes, bytes]()
    owned.calls.take(told(0, CALLS))
    lost = owned.changed()
    owned.unwritten(lost)
    assert kept(owned, records) == lost.pages.keys()
    assert partition(records).unread == []


def test_a_line_without_one_of_its_pages_continues_from_its_previous_record_or_is_refused() -> None:
    owned, records = partition(), dict[bytes, bytes]()
    owned.calls.take(told(0, PAGE + 2))
    kept(owned, records)
    earlier = {KEY: records[KEY]}
    owned.calls.take(told(PAGE + 2, CALLS))
    for page in kept(owned, records):
        missing = {key: each for key, each in records.items() if key != page}
        (refused,) = partition(missing).unread
        assert (refused.key, refused.refused) == (KEY, True)
        mended = Partition(3, Catalogue(CATALOGUE, {}, {}, HOMES.__getitem__), missing, earlier=earlier)
        assert [each.mended for each in mended.unread] == [True]
        assert mended.lines[STANDARD].state.offset == PAGE + 1


def test_pages_that_no_record_names_are_deleted_once() -> None:
    owned, records = partition(), dict[bytes, bytes]()
    owned.calls.take(told(0, CALLS))
    before = kept(owned, records)
    crashed = partition({})
    crashed.calls.take(told(0, PAGE + 9))
    records |= {key: each for key, each in crashed.changed().pages.items() if each is not None}
    strange = records.keys() - before - {KEY, b"intake calls 3"}
    assert len(strange) == 1
    again = partition(records)
    changed = again.changed()
    assert changed.pages == dict.fromkeys(strange)
    again.unwritten(changed)
    assert again.changed().pages == dict.fromkeys(strange)
    assert again.changed().pages == {}
