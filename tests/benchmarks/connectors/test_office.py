from __future__ import annotations

from functools import cache

from benchmarks.connectors.office import LIMIT, OfficeCall, office_days
from config.settings import load


@cache
def days() -> list[list[OfficeCall]]:
    return list(office_days(load(None, {}), 20_000))


def calls() -> list[OfficeCall]:
    return [call for day in days() for call in day]


def test_the_office_has_every_outcome_and_callers_who_try_again() -> None:
    assert {call.outcome for call in calls()} == {"answered", "abandoned", "timeout", "key"}
    assert any(call.transferred for call in calls())
    assert any(len(call.rings) > 1 for call in calls())
    callers = [call.caller for call in calls() if call.caller]
    assert len(set(callers)) < len(callers)


def test_an_agent_is_in_one_call_at_a_time() -> None:
    for day in days():
        busy: dict[str, float] = {}
        for call in sorted((call for call in day if call.outcome == "answered"), key=lambda call: call.left):
            assert busy.get(call.agent, 0.0) <= call.left
            busy[call.agent] = call.end


def test_nobody_waits_longer_than_the_queue_lets_them() -> None:
    assert all(call.left - call.start <= LIMIT + 0.002 for call in calls())


def test_channels_are_numbered_in_the_order_in_which_they_are_made() -> None:
    made = [each for call in calls() for each in zip(call.channels(), call.numbers, strict=True)]
    assert [number for _, number in sorted(made)] == list(range(1, len(made) + 1))
