"""Calls as records have them, made up for the tests."""

from __future__ import annotations

from random import Random

from streams.calls.call import ANSWERED, LOST, REASON_INDEX
from streams.kept.times import DAY_MS, NOT_TOLD
from streams.reconcile.sighting import Sighting

MONDAY = 1_700_000_000_000


def seen(
    call: str = "1",
    start: int = MONDAY,
    outcome: int = LOST | REASON_INDEX["abandoned"],
    *,
    lasts: int = 30_000,
    line: str = "accueil",
    caller: str = "",
    cut: bool = False,
) -> Sighting:
    """Return a call that lasts a number of ms; an answered one is answered halfway."""
    answered = start + lasts // 2 if outcome == ANSWERED else NOT_TOLD
    wait = NOT_TOLD if not outcome else (answered if answered >= 0 else start + lasts) - start
    return Sighting(line, call, start, outcome, answered, start + lasts, wait, NOT_TOLD, caller, cut)


def office(calls: int, days: float = 1.0, *, seed: int = 1, callers: bool = True) -> list[Sighting]:
    """Return calls that come at random, three of four answered."""
    chance = Random(seed)
    starts = sorted(chance.randrange(round(days * DAY_MS)) for _ in range(calls))
    return [
        seen(
            f"a{number}",
            MONDAY + start,
            ANSWERED if chance.random() < 0.75 else LOST,
            lasts=round(chance.expovariate(1 / 60_000)) + 1_000,
            caller=f"hmac:{chance.randrange(10**8):08x}" if callers else "",
        )
        for number, start in enumerate(starts)
    ]


def elsewhere(call: Sighting, offset: float = 37_000, drift: float = 2_000, *, caller: bool = True) -> Sighting:
    """Return a call as another record has it: another id, a clock that is ahead and gains `drift` ms a day."""

    def moved(at: int) -> int:
        return at if at < 0 else round((at + offset + (at - MONDAY) * drift / DAY_MS) / 1000) * 1000

    return Sighting(
        call.line,
        f"b{call.call[1:]}",
        moved(call.start),
        call.outcome,
        moved(call.answered),
        moved(call.last),
        call.wait,
        call.talk,
        call.caller if caller else "",
        call.cut,
    )
