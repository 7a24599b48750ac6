"""Each definition of the lost-call rate on calls made by hand; no rate without calls."""

from __future__ import annotations

import pytest

from streams.calls.rules import LineRules
from streams.desks.line import Line
from streams.insight.rates import Rates, ServiceLevels, rates, service_levels
from streams.ledger.diversions import NONE_DIVERTED, Diversions
from tests.streams.telling import event

RULES = LineRules(site="lozere", line="circulation", short_call=5_000)


def of(*calls: tuple[str, float | None, str | None], settled: bool = False) -> Rates:
    """Return the rates of calls, each with its outcome, wait and reason."""
    line = Line(RULES)
    for number, (kind, wait, reason) in enumerate(calls):
        line.fold(event("offered", 100, str(number)))
        if kind != "open":
            line.fold(event(kind, 100 + (wait or 0), str(number), wait=wait, reason=reason))
    if settled:
        line.advance(10**9)
        assert not line.state.live
    return rates(line, Diversions(agentless=1))


MIXED = (
    *[("answered", 0.0, None)] * 3,
    *[("answered", 30.0, None)] * 4,
    *[("lost", 0.0, "full")] * 1,
    *[("lost", 4.9, "abandoned")] * 2,
    *[("lost", 5.0, "abandoned")] * 3,
    *[("lost", 60.0, "closed")] * 1,  # diverted, for its reason
    *[("diverted", 10.0, "voicemail")] * 2,
    *[("open", None, None)] * 4,
)


@pytest.mark.parametrize("settled", [False, True])
def test_every_definition_on_the_same_twenty_calls(settled: bool) -> None:  # noqa: FBT001 -- a parameter
    found = of(*MIXED, settled=settled)
    assert found == Rates(
        lost_over_offered=6 / 20,
        without_short=3 / 17,
        unanswered=13 / 20,
        queued_only=5 / 9,
        net_callers=None,
        answer_rate=7 / 19,
        global_answer_rate=7 / 19,
    )


def test_nothing_offered_is_unknown_by_every_definition() -> None:
    assert rates(Line(RULES), NONE_DIVERTED) == Rates(*[None] * 7)


def test_a_definition_that_leaves_every_call_out_is_unknown_and_not_zero() -> None:
    found = of(("lost", 1.0, "abandoned"))
    assert (found.lost_over_offered, found.without_short) == (1.0, None)
    found = of(("answered", 0.0, None), ("open", None, None))
    assert (found.lost_over_offered, found.queued_only) == (0.0, None)


def test_a_call_whose_wait_nobody_told_is_neither_short_nor_queued() -> None:
    line = Line(RULES)
    line.fold(event("lost", 100))
    assert rates(line, NONE_DIVERTED) == Rates(1.0, None, 1.0, None, None, 0.0, 0.0)


@pytest.mark.parametrize("settled", [False, True])
def test_every_service_level_on_the_same_calls(settled: bool) -> None:  # noqa: FBT001 -- a parameter
    """Five offered: one is answered in time; of those lost one is short, one in time and one late."""
    line = Line(RULES)
    for number, (kind, wait) in enumerate(
        (("answered", 20), ("answered", 21), ("lost", 4), ("lost", 20), ("lost", 20.1))
    ):
        line.fold(event(kind, 100 + wait, str(number), wait=wait))
    if settled:
        line.advance(10**9)
    assert service_levels(line) == ServiceLevels(1 / 5, 1 / 2, 1 / 4, 3 / 5)


def of_waits(answered: list[float | None], lost: list[float | None]) -> Line:
    line = Line(RULES)
    told = [("answered", wait) for wait in answered] + [("lost", wait) for wait in lost]
    for number, (kind, wait) in enumerate(told):
        line.fold(event(kind, 100, str(number), wait=wait))
    return line


def test_where_no_wait_is_told_no_service_level_is_known_and_no_rate_that_needs_one() -> None:
    line = of_waits([None, None], [None])
    assert service_levels(line) == ServiceLevels(None, None, None, None)
    found = rates(line, NONE_DIVERTED)
    assert (found.lost_over_offered, found.without_short, found.queued_only) == (1 / 3, None, None)
    assert rates(of_waits([None], [9]), NONE_DIVERTED).queued_only is None, "not 100 %"
    assert line.figures.windows(200_000)["1d"].service_level is None


def test_a_call_whose_wait_is_not_told_is_in_no_service_level() -> None:
    assert service_levels(of_waits([20, 21, None], [4, 30])) == ServiceLevels(1 / 4, 1 / 2, 1 / 3, 2 / 4)
    assert service_levels(of_waits([20, 21], [None, None])) == ServiceLevels(1 / 4, 1 / 2, None, None)
    assert service_levels(of_waits([], [4, 30])) == ServiceLevels(0.0, None, 0.0, 1 / 2), "nobody was answered"


def test_of_nothing_no_service_level_is_known() -> None:
    assert service_levels(Line(RULES)) == ServiceLevels(None, None, None, None)
