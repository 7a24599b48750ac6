"""A call that a source sends again after a change counts once, in its latest version."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from agents.sources.entry import Accepted, Refused
from agents.sources.tables.table_file import CALLS, REPLACED
from config.mapping import Table
from streams.events import CallEvent
from tests.agents.sources.contexts import context

T = 1_700_000_000
CONTACTS: dict[str, Any] = {
    "of": "calls",
    "id": "id",
    "updated": "updated",
    "queue": {"fixed": "x"},
    "where": {"state": {"none_of": "void"}},
    "moments": {"offered": "at", "answered": "answered", "ended": "ended"},
}
HEADER = "id,updated,state,at,answered,ended\n"


def read(rows: str, **changes: Any) -> tuple[list[tuple[Any, ...]], Counter[str]]:
    aside = Counter[str]()
    by = Table.model_validate_json(json.dumps({**CONTACTS, **changes}))
    surroundings = context(source="test", table=by, line_of=str, aside=aside)
    told = CALLS.read((HEADER + rows).encode().splitlines(keepends=True), surroundings)
    return [
        (each.event.call, each.event.type)
        if isinstance(each, Accepted) and isinstance(each.event, CallEvent)
        else (each.row, each.why.detail if isinstance(each, Refused) else "")
        for each in told
    ], aside


def test_the_latest_row_counts_alone_wherever_it_stands() -> None:
    first, later = f"1,{T + 60},ok,{T},,{T + 30}\n", f"1,{T + 90},ok,{T},{T + 5},{T + 30}\n"
    for rows in (first + later, later + first, first + later + first + later):
        told, aside = read(rows)
        assert told == [("1", "offered"), ("1", "answered"), ("1", "ended")]
        assert aside[REPLACED] == rows.count("\n") - 1


def test_a_row_that_counts_no_more_takes_the_earlier_with_it() -> None:
    told, aside = read(f"1,{T + 60},ok,{T},,{T + 30}\n1,{T + 90},void,{T},,{T + 30}\n")
    assert told == []
    assert aside == {REPLACED: 1, "rows left out by where.state": 1}


def test_a_row_that_does_not_say_when_it_was_updated_is_refused() -> None:
    told, _ = read(f"1,,ok,{T},,{T + 30}\n2,soon,ok,{T},,{T + 30}\n")
    assert told == [
        (2, "no moment for updated; expected one in every row"),
        (3, "updated is not a moment from 1990 to 2100; expected epoch seconds or ISO 8601"),
    ]


def test_without_it_a_row_that_comes_again_gives_the_same_events() -> None:
    row = f"1,{T},ok,{T},{T + 5},{T + 30}\n"
    told, aside = read(row + row, updated=None)
    assert told == [("1", "offered")] * 2 + [("1", "answered")] * 2 + [("1", "ended")] * 2
    assert not aside
