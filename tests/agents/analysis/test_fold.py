"""An analysis folds a file as a worker would. Calls still open at the end count as unresolved."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.analysis.fold import Analysis
from agents.sources.entry import Accepted, Refused
from config.settings import Line, LineDefaults, Settings
from streams.decoding import Invalid
from streams.desks.line import Line as Fold
from streams.intake import MAX_SOURCES
from tests.agents.sources.contexts import events
from tests.agents.sources.pseudonyms import PSEUDONYM
from tests.streams.telling import event

OFFICE = Settings(
    site="lozere",
    line_defaults=LineDefaults(short_call=3.0),
    lines={"standard": Line(), "circulation": Line(max_call_seconds=60.0)},
)


def rows(*records: dict[str, Any] | bytes) -> list[bytes]:
    return [each if isinstance(each, bytes) else json.dumps(each).encode() + b"\n" for each in records]


def call(kind: str, at: object, call: str = "1", line: str = "standard", **more: object) -> dict[str, Any]:
    return {"line": line, "call": call, "type": kind, "at": at, **more}


def analysed(*records: dict[str, Any] | bytes) -> Analysis:
    analysis = Analysis(OFFICE)
    analysis.take(events(rows(*records), PSEUDONYM))
    return analysis


def test_what_is_still_open_at_the_end_is_unresolved() -> None:
    analysis = analysed(call("offered", 100), call("offered", 110, "2"), call("answered", 120, "2"))
    state = analysis.lines["standard"].state
    assert (state.offered, state.counts) == (2, {16: 1, 64: 1})
    assert not state.live


def test_each_line_follows_its_own_rules() -> None:
    analysis = analysed()
    assert analysis.lines["standard"].rules.max_call == 7_200_000
    assert analysis.lines["circulation"].rules.max_call == 60_000
    assert {line.rules.short_call for line in analysis.lines.values()} == {3_000}


def test_sources_are_bounded_and_what_is_not_checked_is_counted() -> None:
    """Sources choose their own names."""
    told = [call("lost", 100 + number, str(number), source=f"pbx {number}") for number in range(MAX_SOURCES + 7)]
    analysis = analysed(*told)
    assert (len(analysis.sources), analysis.unwatched) == (MAX_SOURCES, 7)
    assert analysis.results["ok"] == MAX_SOURCES + 7


def test_an_event_more_than_a_day_ahead_of_now_is_refused() -> None:
    analysis = Analysis(OFFICE, now=1_000_000)
    analysis.take(events(rows(call("lost", 1_000 + 86_400), call("lost", 1_001 + 86_400, "2")), PSEUDONYM))
    assert analysis.results == {"ok": 1, "invalid": 1}
    assert analysis.refusals.counts == {"clock": 1}


def test_events_are_counted_by_what_became_of_them() -> None:
    analysis = analysed(
        call("offered", 1_000),
        call("offered", 1_000),
        call("lost", 800, "2"),
        b"{}\n",
        b"no json\n",
        b"\n",
        call("lost", 1_000, line="nowhere"),
        call("lost", 1_000, site="cantal"),
        {"line": "standard", "mode": "cumulative", "at": 1_000, "offered": 3},
    )
    assert analysis.results == {"ok": 2, "duplicate": 1, "late": 1, "invalid": 4}
    assert analysis.refusals.counts == {"invalid": 1, "malformed": 1, "unknown-line": 2}
    assert {reason: first[0].row for reason, first in analysis.refusals.first.items()} == {
        "invalid": 4,
        "malformed": 5,
        "unknown-line": 7,
    }
    assert analysis.refusals.first["unknown-line"][0].why.detail == (
        "line 'nowhere' is not in the catalogue; expected one of standard, circulation"
    )


def test_the_span_is_that_of_the_events_which_counted_in_whatever_order() -> None:
    analysis = analysed(
        call("offered", 500),
        call("offered", "1970-01-01T01:05:00+01:00", "2"),
        call("offered", 400, "3"),
        call("offered", 9_999, line="nowhere"),
    )
    assert (analysis.start, analysis.end) == (300_000, 500_000)


def test_of_nothing_there_is_no_span() -> None:
    analysis = analysed()
    assert (analysis.start, analysis.end, analysis.results) == (None, None, {})


def test_an_adopted_queue_is_a_line_by_the_defaults_and_the_same_the_next_time() -> None:
    analysis = Analysis(OFFICE)
    assert analysis.adopt("600") == analysis.adopt("600") == "600"
    analysis.take(events(rows(call("answered", 100, line="600", wait=3)), PSEUDONYM))
    assert analysis.adopt("600") == "600"
    assert analysis.lines["600"].state.offered == 1
    assert analysis.lines["600"].rules.short_call == 3_000
    assert list(analysis.lines) == ["standard", "circulation", "600"]


def test_adopting_a_queue_named_like_a_line_keeps_that_line() -> None:
    analysis = Analysis(OFFICE)
    line = analysis.lines["circulation"]
    assert analysis.adopt("circulation") == "circulation"
    assert analysis.lines["circulation"] is line


@pytest.mark.slow
def test_a_line_that_is_silent_to_the_end_is_heard_of_by_the_others() -> None:
    day, opens = 86_400, 28_800
    told = [
        call("lost" if number % 50 == 0 else "answered", at, f"{line} {at}", line, wait=5)
        for weekday in range(5 * 7)
        for number in range(96)
        for line in ("standard", "circulation")
        if (at := weekday * day + opens + number * 300) and not (line == "circulation" and weekday >= 28)
    ]
    found = [
        (line, incident.kind, incident.verdict)
        for line, fold in analysed(*told).lines.items()
        for incident in fold.state.watch.incidents
    ]
    assert found == [("circulation", "missing", "undecided")], "silent since an opening: closed, perhaps"


def test_numbers_of_a_source_that_never_came_are_told() -> None:
    told = [call("lost", 3_600 * number, str(number), source="switch", seq=number) for number in (1, 2, 2, 5)]
    assert analysed(*told).sources["switch"].missing == 2


def test_a_refusal_of_the_reader_is_kept_with_its_row() -> None:
    analysis = Analysis(OFFICE)
    analysis.take([Refused(7, b"torn", Invalid("malformed", "torn")), Refused(9, b"torn", Invalid("malformed", "x"))])
    assert (analysis.results["invalid"], analysis.refusals.first["malformed"][0].row) == (2, 7)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["offered", "answered", "lost", "ended"]), st.integers(0, 3_000), st.sampled_from("abc")
        ),
        max_size=20,
    )
)
def test_the_analysis_is_the_same_fold(told: list[tuple[str, int, str]]) -> None:
    analysis = Analysis(OFFICE)
    line = Fold(analysis.lines["standard"].rules)
    said = [event(kind, at, name, line="standard") for kind, at, name in told]
    analysis.take(Accepted(row, each, b"") for row, each in enumerate(said))
    for each in said:
        line.fold(each)
    line.close(line.state.high)
    assert msgspec.to_builtins(analysis.lines["standard"].state) == msgspec.to_builtins(line.state)
    analysis.lines["standard"].check()


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "1969-12-31T23:59:59Z"])
def test_a_moment_that_no_calendar_can_show_is_refused(at: str) -> None:
    assert analysed(call("lost", at)).results == {"invalid": 1}
