"""The most advanced record of a key counts, the one before is kept, and a tombstone removes both."""

from __future__ import annotations

from agents.worker.restored import RestoredStates
from streams.intake_state import IntakeState
from streams.kept import record

KEY = b"intake calls 0"


def folded(offset: int) -> bytes:
    return record.encode(IntakeState(0, offset=offset))


def taken(*values: bytes | None) -> tuple[bytes | None, bytes | None]:
    states = RestoredStates()
    for place, value in enumerate(values):
        states.take(KEY, value, place)
    return states.furthest().get(KEY), states.earlier().get(KEY)


def test_the_furthest_counts_and_not_the_last() -> None:
    assert taken(folded(3), folded(9), folded(5)) == (folded(9), folded(5))
    assert taken(folded(3), folded(5), folded(9)) == (folded(9), folded(5))
    assert taken(folded(9)) == (folded(9), None)


def test_what_tells_no_position_is_taken_as_it_comes() -> None:
    assert taken(folded(3), b"junk") == (b"junk", folded(3))
    assert taken(folded(3), b"\x05 old", folded(9)) == (folded(9), b"\x05 old")
    assert taken(b"\x05 old", folded(9))[0] == folded(9)


def test_junk_with_a_far_head_leaves_the_furthest_good_one_behind_it() -> None:
    far = folded(10**9)[:21] + b"junk"
    assert taken(folded(3), far, folded(5), folded(7)) == (far, folded(7))


def test_a_tombstone_forgets_what_came_before_it() -> None:
    assert taken(folded(9), folded(10), None, folded(1)) == (folded(1), None)


def test_what_cannot_be_read_is_forgotten_where_a_state_went_on_without_it() -> None:
    states = RestoredStates()
    for place, value in enumerate((folded(3), b"junk")):
        states.take(KEY, value, place)
    assert states.unreadable(KEY, forget=False).offset == 1
    assert states.furthest() == {KEY: b"junk"}
    assert states.unreadable(KEY, forget=True).value == b"junk"
    assert states.furthest() == {KEY: folded(3)}
