"""Readers of changes see each changed key once, however far they have read."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from streams.moved import Moved

KEYS = [b"a", b"b", b"c"]


@given(st.lists(st.sampled_from(KEYS), max_size=20), st.integers(0, 20))
def test_a_reader_sees_what_changed_since_it_read_once(changes: list[bytes], read: int) -> None:
    moved = Moved(KEYS)
    assert moved.since(0) == KEYS[::-1]
    seen = moved.last
    for number, key in enumerate(changes):
        if number == read:
            seen = moved.last
        moved.add(key)
    assert sorted(moved.since(seen)) == sorted(set(changes[read if read < len(changes) else 0 :]))
    assert moved.since(moved.last) == []
    assert sorted(moved.since(0)) == KEYS
