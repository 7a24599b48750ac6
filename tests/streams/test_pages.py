"""Sealed pages: each is written once, a state that lacks one is refused, and unused ones are deleted."""

from __future__ import annotations

import pytest

from streams.catalogue import Catalogue
from streams.kept.memory import PAGE
from streams.partition import Partition
from tests.streams.partitions import CATALOGUE, HOMES, STANDARD, partition
from tests.streams.telling import Message, value

KEY = b"line " + STANDARD
OFFICE = Catalogue(CATALOGUE, {}, {}, HOMES.__getitem__)
CALLS = 2 * PAGE + 20


def told(first: int, last: int) -> list[Message]:
    """Return calls from one number to before another, an hour apart, so that all but the last settle."""
    return [
        Message(number, STANDARD, value("lost", 3600.0 * number, str(number), wait=5)) for number in range(first, last)
    ]


def kept(owned: Partition, records: dict[bytes, bytes]) -> set[bytes]:
    """Write the changed records, and delete unused ones; return the keys of the written pages."""
    changed = owned.changed()
    records |= changed.states()
    for page in changed.gone:
        del records[page]
    return set(changed.pages)


@pytest.mark.slow
def test_a_page_is_written_once_and_read_again() -> None:
    owned, records = partition(), dict[bytes, bytes]()
    pages = list[int]()
    for first in range(0, CALLS, PAGE // 2):
        owned.calls.take(told(first, min(CALLS, first + PAGE // 2)))
        pages.append(len(kept(owned, records)))
    assert (sum(pages), max(pages)) == (2, 1)
    again = partition(records)
    assert again.unread == []
    line = again.lines[STANDARD]
    line.check()
    assert line.state.old.keys() == owned.lines[STANDARD].state.old.keys()
    again.calls.take([Message(each.offset + CALLS, each.key, each.value) for each in told(0, CALLS)])
    assert (line.state.offered, line.state.results) == (CALLS, [CALLS, CALLS, 0])


@pytest.mark.slow
def test_what_is_taken_from_a_page_is_written_with_the_line_alone() -> None:
    owned, records = partition(), dict[bytes, bytes]()
    owned.calls.take(told(0, CALLS))
    assert len(kept(owned, records)) == 2
    owned.calls.take([Message(CALLS, STANDARD, value("answered", 3600.0 * 7 + 1, "7"))])
    assert kept(owned, records) == set()
    assert [len(page.taken) for page in owned.lines[STANDARD].state.pages] == [1, 0]
    again = partition(records).lines[STANDARD]
    again.check()
    assert again.figures.total() == owned.lines[STANDARD].figures.total()


@pytest.mark.slow
def test_a_page_that_could_not_be_written_is_written_under_its_name_with_the_next_records() -> None:
    owned, records = partition(), dict[bytes, bytes]()
    owned.calls.take(told(0, CALLS))
    lost = owned.changed()
    owned.calls.take(told(CALLS, CALLS + 3))
    owned.unwritten(lost)
    assert kept(owned, records) == lost.pages.keys()
    assert partition(records).unread == []


@pytest.mark.slow
def test_a_line_that_lacks_a_page_continues_from_its_previous_record_or_is_refused_and_all_is_read_again() -> None:
    owned, records = partition(), dict[bytes, bytes]()
    owned.calls.take(told(0, PAGE + 2))
    kept(owned, records)
    earlier = {KEY: records[KEY]}
    owned.calls.take(told(PAGE + 2, CALLS))
    for page in kept(owned, records):
        missing = {key: each for key, each in records.items() if key != page}
        (refused,) = partition(missing).unread
        assert (refused.key, refused.refused, refused.gone) == (KEY, True, True)
        mended = Partition(3, OFFICE, missing, earlier=earlier)
        assert [(each.mended, each.gone) for each in mended.unread] == [(True, True)]
        assert mended.lines[STANDARD].state.offset == PAGE + 1
        changed = mended.changed()
        assert KEY in changed.desks, "so that the record that lacks a page is not the last one"
        assert not changed.gone, "the changelog may still have the missing page"


@pytest.mark.slow
def test_pages_that_no_record_names_are_deleted_once_a_record_cannot_name_them_any_more() -> None:
    owned, records = partition(), dict[bytes, bytes]()
    owned.calls.take(told(0, PAGE + 9))
    kept(owned, records)
    crashed = Partition(3, OFFICE, {}, generation=5)
    crashed.calls.take(told(0, 2 * PAGE + 9))
    strange = crashed.changed().pages
    records |= strange
    again = partition(records)
    again.calls.take(told(PAGE + 9, CALLS))
    assert kept(again, records) != set()
    assert strange.keys() <= records.keys(), "a later record of the line might have named them"
    last = partition(records)
    last.calls.take(told(CALLS, CALLS + 1))
    changed = last.changed()
    assert (changed.gone, changed.pages) == (set(strange), {})
    last.unwritten(changed)
    assert last.changed().gone == set(strange)
    last.calls.take(told(CALLS + 1, CALLS + 2))
    assert last.changed().gone == set()


def test_a_page_is_deleted_once_most_of_it_is_taken() -> None:
    owned, records = partition(), dict[bytes, bytes]()
    owned.calls.take(told(0, PAGE + 9))
    (page,) = kept(owned, records)
    late = ((each, value("answered", 3600.0 * each + 1, str(each))) for each in range(PAGE // 2 + 1))
    owned.calls.take([Message(PAGE + 9 + each, STANDARD, answer) for each, answer in late])
    changed = owned.changed()
    assert changed.gone == {page}
    records |= changed.states()
    del records[page]
    again = partition(records).lines[STANDARD]
    again.check()
    assert again.figures.total() == owned.lines[STANDARD].figures.total()
