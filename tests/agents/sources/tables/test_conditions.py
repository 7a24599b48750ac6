"""A row counts, and gets its meaning, if the values of its columns match the mapping's conditions."""

from __future__ import annotations

import pytest

from agents.sources.tables.conditions import failing
from config.conditions import Condition


@pytest.mark.parametrize(
    ("value", "asked", "holds"),
    [
        ("in", Condition(one_of=("in", "inbound")), True),
        ("out", Condition(one_of=("in", "inbound")), False),
        ("", Condition(none_of=("",)), False),
        ("x", Condition(none_of=("",)), True),
        ("from-trunk", Condition(pattern="from-.*"), True),
        ("not from-trunk", Condition(pattern="from-.*"), False),
        ("from-me", Condition(pattern="from-.*", none_of=("from-me",)), False),
        ("", Condition(one_of=("",)), True),
    ],
)
def test_a_value_is_one_of_some_none_of_others_and_fits_a_pattern(value: str, asked: Condition, *, holds: bool) -> None:
    assert failing({"way": value}, {"way": asked}) == (None if holds else "way")


def test_all_conditions_must_hold_and_none_always_do() -> None:
    asked = {"a": Condition(one_of=("1",)), "b": Condition(one_of=("2",))}
    assert failing({"a": "1", "b": "2"}, asked) is None
    assert failing({"a": "1", "b": "3"}, asked) == "b"
    assert failing({}, {}) is None
