"""A source may send less than it knows, and a line's configuration may be wrong."""

from __future__ import annotations

from msgspec.structs import replace

from benchmarks.detection.families.plan import line
from benchmarks.detection.office import LINE
from benchmarks.detection.scenario import Scenario, Told, stripped
from streams.events import CallEvent

CALL = [
    CallEvent(line=LINE, call="a", type="offered", at=1.0, caller="hmac:00000000"),
    CallEvent(line=LINE, call="a", type="answered", at=9.0, wait=8.0, caller="hmac:00000000"),
    CallEvent(line=LINE, call="a", type="ended", at=99.0, talk=90.0, caller="hmac:00000000"),
]


def told(what: Told) -> list[tuple[str, float | None, bool]]:
    events = stripped([replace(each) for each in CALL], what)
    return [(each.type, each.wait, each.caller is not None) for each in events]


def test_what_is_not_told_is_left_out() -> None:
    assert told("all") == [("offered", None, True), ("answered", 8.0, True), ("ended", None, True)]
    assert told("no-waits") == [("answered", None, True)]
    assert told("no-callers") == [("offered", None, False), ("answered", 8.0, False), ("ended", None, False)]
    assert told("bare") == [("answered", None, False)]


def test_a_prior_may_be_wrong_or_missing() -> None:
    def expected(prior: float | None) -> float | None:
        scenario = Scenario(family="priors", what="", profile=line(30, 0.02), seed=1, days=(), prior=prior)
        return scenario.settings().lines[LINE].expected_lost_rate

    assert [expected(prior) for prior in (1.0, 3.0, None)] == [0.02, 0.06, None]


def test_a_source_that_tells_no_waits_only_knows_the_end_of_a_call() -> None:
    def lifecycle(what: Told) -> str:
        scenario = Scenario(family="bare", what="", profile=line(30), seed=1, days=(), told=what)
        return scenario.settings().lines[LINE].lifecycle

    assert [lifecycle(what) for what in ("all", "no-callers", "no-waits", "bare")] == ["full", "full", "final", "final"]
