"""A caller who is lost again and again is one witness; a number that everybody shows is no telephone."""

from __future__ import annotations

from streams.kept.times import HOUR_MS
from streams.watch.slot import Slot, slots_of, sum_of
from streams.watch.telephones import MAX_CALLERS, FirstLosses
from tests.streams.watch.telling import answered, lost

HOUR = HOUR_MS // 1000
LATER = 100 * HOUR_MS


def test_a_caller_counts_once_a_day_whichever_slot_is_counted_first() -> None:
    losses = [lost(hour * HOUR, 5, "hmac:aa") for hour in range(4)]
    kept: dict[str, int] = {}
    named = [slots_of(losses, [4 * hour], LATER, first_losses=kept)[4 * hour].named for hour in (1, 0, 1, 3)]
    assert named == [1, 0, 1, 0], "the first one met, also when it is counted again"
    assert slots_of([lost(14 * HOUR, 5, "hmac:aa")], [56], LATER, first_losses=kept)[56].named == 1, "another day"


def test_three_telephones_of_agents_are_three_callers() -> None:
    numbers = ["hmac:aa", "hmac:bb", "hmac:cc"]
    calls = [answered(at, 5, f"hmac:{at:08x}") for at in range(0, 8 * HOUR, 300)]
    calls += [lost(at + 2, 10, numbers[at // 300 % 3]) for at in range(0, 8 * HOUR, 300)]
    whole = sum_of(slots_of(calls, range(32), LATER, first_losses={}).values())
    assert (whole.lost, whole.named, whole.back) == (96, 3, 3)


def test_a_number_that_every_caller_shows_is_compared_as_no_number_is() -> None:
    def counted(*callers: str) -> Slot:
        calls = [answered(10 * at, 5, caller) for at, caller in enumerate(callers)]  # each talks for a minute
        return sum_of(slots_of([*calls, lost(25, 5, callers[0])], [0], LATER).values())

    trunk = counted(*["hmac:aa"] * 8)
    assert (trunk.legs, trunk.named, trunk.again) == (0, 0, 0)
    one = counted("hmac:aa", *(f"hmac:{other:02x}" for other in range(8)))
    assert (one.legs, one.named) == (1, 1)


def test_a_state_keeps_the_first_losses_of_so_many_callers_only() -> None:
    kept = {f"hmac:{number:08x}": 0 for number in range(MAX_CALLERS)}
    assert not FirstLosses(kept).holds(lost(0, 5, "hmac:aa"))
    assert len(kept) == MAX_CALLERS
