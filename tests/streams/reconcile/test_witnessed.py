"""The calls of one record, folded until their events are complete."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from streams.calls.call import ANSWERED, DIVERTED, LOST, UNRESOLVED
from streams.calls.rules import LineRules
from streams.desks.line import Line
from streams.events import CallEvent
from streams.kept.times import DAY_MS
from streams.reconcile.sighting import Sighting
from streams.reconcile.witnessed import QUIET, Witnessed

RULES = LineRules(site="s", line="accueil")
EVENTS = st.builds(
    CallEvent,
    line=st.just("accueil"),
    call=st.sampled_from("abcde"),
    type=st.sampled_from(["offered", "ringing", "answered", "lost", "diverted", "ended"]),
    at=st.integers(1_700_000_000, 1_700_003_000).map(float),
    wait=st.none() | st.integers(0, 60).map(float),
    talk=st.none() | st.integers(0, 60).map(float),
    reason=st.sampled_from([None, "abandoned", "key", "closed"]),
)


def folded(events: Sequence[CallEvent]) -> tuple[Witnessed, list[Sighting]]:
    record = Witnessed(lambda _: RULES.lost_reasons)
    found = [each for event in events for each in record.fold(event)]
    return record, found + list(record.close())


@settings(deadline=None)
@given(st.lists(EVENTS, max_size=40))
def test_a_record_counts_as_the_line_does(events: list[CallEvent]) -> None:
    line = Line(RULES)
    for event in events:
        line.fold(event)
    line.close(line.state.high)
    record, found = folded(events)
    counts = record.counts.get("accueil")
    assert (0 if counts is None else counts.offered) == line.state.offered == len(found)
    if counts is not None:
        assert [counts.answered, counts.lost, counts.diverted, counts.unresolved] == [
            line.figures.count(kind) for kind in (ANSWERED, LOST, DIVERTED, UNRESOLVED)
        ]


def test_a_call_is_told_a_day_after_it_was_last_heard_of() -> None:
    record = Witnessed(lambda _: RULES.lost_reasons)
    start = 1_700_000_000.0
    assert not list(record.fold(CallEvent(line="accueil", call="a", type="offered", at=start)))
    assert not list(record.fold(CallEvent(line="accueil", call="b", type="offered", at=start + QUIET / 1000)))
    told = list(record.fold(CallEvent(line="accueil", call="c", type="offered", at=start + 2 * DAY_MS / 1000)))
    assert [each.call for each in told] == ["a"]


def test_a_hang_up_before_the_queue_is_of_its_call_alone() -> None:
    record = Witnessed(lambda _: RULES.lost_reasons)
    for call in ("a", "b"):
        for kind in ("lost", "offered"):  # the flag comes with one event, in any order
            early = call == "a" and kind == "lost"
            assert not list(record.fold(CallEvent(line="accueil", call=call, type=kind, at=1.7e9, before_queue=early)))
    assert [(each.call, each.before_queue) for each in record.close()] == [("a", True), ("b", False)]


def test_a_call_that_ended_without_an_outcome_was_cut() -> None:
    events = [CallEvent(line="accueil", call="a", type=kind, at=1.7e9) for kind in ("offered", "ended")]
    assert folded(events)[1][0].cut
    assert not folded(events[:1])[1][0].cut
