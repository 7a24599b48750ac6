"""Conditions on rows, and columns whose value is in another row of their call."""

from __future__ import annotations

import json
from typing import Any

import pytest

from agents.sources.entry import Accepted, Refused
from agents.sources.tables import conditions
from agents.sources.tables.conditions import failing
from config.conditions import Condition
from config.mapping import Table
from streams.events import CallEvent
from tests.agents.sources.tables.mapped import T, read

CAME = {"event": "CAME"}
EVENTS: dict[str, Any] = {
    "of": "calls",
    "id": "call",
    "queue": {"column": "phone", "of_rows": CAME},
    "agent": {"column": "phone", "of_rows": {"event": "TAKEN"}},
    "moments": {
        "offered": {"column": "at", "of_rows": CAME},
        "answered": {"column": "at", "of_rows": {"event": "TAKEN"}},
        "ended": {"column": "at", "of_rows": {"event": ["GONE", "OVER"]}},
    },
}
ROWS = (
    f"call,at,event,phone\n1,{T},CAME,600\n2,{T + 1},CAME,standard\n1,{T + 12},TAKEN,201\n"
    f"2,{T + 41},GONE,standard\n1,{T + 90},OVER,201\n3,{T + 99},GONE,600\n"
)


def told() -> list[tuple[Any, ...]]:
    table = Table.model_validate_json(json.dumps(EVENTS))
    return [
        (
            each.event.call,
            each.event.line,
            each.event.type,
            float(each.event.at) - T,  # type: ignore[arg-type]
            each.event.wait,
            each.event.agent,
        )
        if isinstance(each, Accepted) and isinstance(each.event, CallEvent)
        else (each.row, each.why.reason if isinstance(each, Refused) else None)
        for each in read(ROWS, table)
    ]


def test_rows_of_events_take_the_queue_the_agent_and_the_moments_from_the_rows_of_their_call() -> None:
    found = told()
    assert sorted({each for each in found if len(each) > 2}, key=lambda each: (each[0], each[3])) == [
        ("1", "circulation", "offered", 0, None, None),
        ("1", "circulation", "answered", 12, 12, "201"),
        ("1", "circulation", "ended", 90, 12, "201"),
        ("2", "standard", "offered", 1, None, None),
        ("2", "standard", "lost", 41, 40, None),
    ]
    assert [each for each in found if len(each) == 2] == [(7, "unknown-line")]


def test_of_more_calls_than_are_kept_the_oldest_has_no_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conditions, "MOST_CALLS", 1)
    assert (4, "unknown-line") in told()


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
