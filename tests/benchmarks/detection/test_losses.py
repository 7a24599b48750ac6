"""Real losses hit callers during a fault; some of them call again."""

from __future__ import annotations

from benchmarks.detection.losses import MESSAGE, Loss, befallen
from streams.simulation.attempt import Attempt

HOUR = 3_600_000
OPENED = [(8 * 3_600.0, 18 * 3_600.0)]
CALLS = [
    Attempt(
        line="a", call=f"{at}", start=9 * HOUR + at * 60_000, wait=5_000, outcome="answered", talk=90_000, agent="x"
    )
    for at in range(120)
]


def loss(name: str, **more: float) -> Loss:
    return Loss(name=name, start=9 * 3_600.0, end=10 * 3_600.0, **more)


def test_a_message_loses_all_within_and_nobody_else() -> None:
    after = befallen(CALLS, loss("message"), OPENED)
    assert [each.outcome for each in after] == ["lost"] * 60 + ["answered"] * 60
    assert all(MESSAGE[0] <= each.wait <= MESSAGE[1] and each.talk is None for each in after[:60])


def test_who_calls_again_is_served_later_or_lost_again() -> None:
    after = befallen(CALLS, loss("strike", again=1.0), OPENED)
    again = {each.call for each in after} - {each.call for each in CALLS}
    assert len(after) > len(CALLS) + 60 - 1
    assert len({each.call for each in after}) == len(after)
    assert {each.outcome for each in after if each.call in again and each.start >= 10 * HOUR} == {"answered"}
    assert {each.outcome for each in after if each.start < 10 * HOUR} == {"lost"}


def test_nobody_calls_again_when_it_is_closed() -> None:
    assert len(befallen(CALLS, loss("message", again=1.0), [(8 * 3_600.0, 9 * 3_600.0)])) == len(CALLS)


def test_full_trunks_refuse_a_share_at_once() -> None:
    after = befallen(CALLS, loss("trunks full", share=0.25), OPENED)
    refused = [each for each in after if each.outcome == "lost"]
    assert 5 < len(refused) < 30
    assert {(each.wait, each.reason) for each in refused} == {(0, "full")}


def test_a_rush_multiplies_the_calls_and_shortens_the_talks() -> None:
    after = befallen(CALLS, loss("short talks", share=5.0), OPENED)
    within = [each for each in after if each.call not in {call.call for call in CALLS[60:]}]
    assert len(within) == 5 * 60
    assert {each.talk for each in within if each.outcome == "answered"} == {22_500}
    assert any(each.outcome == "lost" for each in within)


def test_fewer_callers_are_lost_to_nobody() -> None:
    after = befallen(CALLS, loss("fewer", share=0.5), OPENED)
    assert 75 < len(after) < 105
    assert all(each in CALLS for each in after)
