"""Garbage collection looks at none of a worker's desks."""

from __future__ import annotations

import gc

import pytest

from agents.garbage import uncollected


def test_what_there_is_at_the_end_of_the_block_is_never_collected_and_nothing_is_meanwhile() -> None:
    with uncollected():
        within = gc.isenabled()
        before = [object()]
    after = [object()]
    looked_at = {id(each) for each in gc.get_objects()}
    assert (within, gc.isenabled()) == (False, True)
    assert id(before) not in looked_at
    assert id(after) in looked_at


def test_collection_goes_on_after_a_block_that_fails() -> None:
    with pytest.raises(InterruptedError), uncollected():
        raise InterruptedError
    assert gc.isenabled()
