"""Lists that the configuration, the domain and the boards each need, without imports of each other, are equal."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from agents.desk_view.reading import COLUMNS
from agents.ingest.replay import REPLAYED
from agents.kafka.dead_letters import ReasonCode
from agents.pages import words as pages
from agents.shape import CountsShape
from config import mapping
from config.settings import LineDefaults
from deploy.grafana import words
from streams import events
from streams.calls.call import OUTCOMES
from streams.calls.counts import Counts
from streams.calls.rules import LineRules
from streams.decoding import Invalid
from streams.kept.mark import RESULTS
from streams.ledger.day import CallSlot

ROOT = Path(__file__).parents[2]
TYPES: dict[mapping.Of, tuple[str, ...]] = {
    "calls": get_args(events.CallType),
    "tickets": get_args(events.TicketType),
    "readings": get_args(events.Mode),
    "requests": get_args(events.RequestType),
}


def test_the_boards_name_every_reason_of_a_call() -> None:
    assert tuple(words.REASONS) == get_args(events.Reason)


@pytest.mark.parametrize(
    "named",
    [
        Counts.__struct_fields__,
        CallSlot.__struct_fields__,
        CountsShape.__struct_fields__,
        COLUMNS["lines"],
        pages.COLUMNS,
    ],
    ids=["counts", "ledger", "document", "board", "heads"],
)
def test_calls_are_counted_by_every_outcome(named: Collection[str]) -> None:
    assert {"offered", *OUTCOMES} <= set(named)


def test_the_reasons_of_the_official_rate_are_the_same_by_default() -> None:
    assert frozenset(LineDefaults().lost_reasons) == LineRules(site="lozere", line="standard").lost_reasons


@pytest.mark.parametrize("of", TYPES)
def test_a_mapping_names_types_that_events_have(of: mapping.Of) -> None:
    assert set(mapping.MEANINGS[of]) - {"open", "ignore"} <= set(TYPES[of])


@pytest.mark.parametrize("of", sorted(TYPES.keys() - {"readings"}))  # a reading's times are not types
def test_a_mapping_names_moments_of_types_that_events_have(of: mapping.Of) -> None:
    assert set(mapping.MOMENTS[of]) <= set(TYPES[of])


def test_the_boards_name_every_result_of_an_event() -> None:
    assert list(words.RESULTS) == [*RESULTS, "invalid"]


def reasons_given() -> Iterator[str]:
    """Yield each reason in the code for refusing a row, with `x` for each field."""
    for file in (file for room in ("agents", "streams") for file in (ROOT / room).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == Invalid.__name__:
                reason = node.args[0]
                if isinstance(reason, ast.Constant):
                    yield str(reason.value)
                elif isinstance(reason, ast.JoinedStr):
                    yield "".join(str(part.value) if isinstance(part, ast.Constant) else "x" for part in reason.values)


@pytest.mark.slow
def test_every_reason_of_a_dead_letter_is_a_short_code() -> None:
    given = {*reasons_given(), REPLAYED}
    assert {"malformed", "invalid", "wrong-key", "unknown-x", "unknown-line", "unknown-incident"} < given
    assert [msgspec.convert(reason, ReasonCode) for reason in given] == list(given)
