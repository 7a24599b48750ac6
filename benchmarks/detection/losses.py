"""Real losses that do not wait as those of a queue do: what truly happens to callers on some hours of a line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from heapq import heapify, heappop, heappush
from random import Random
from typing import Final, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from streams.kept.times import HOUR_MS
from streams.simulation.attempt import Attempt, opaque
from streams.simulation.chance import chance

MESSAGE: Final = (4_000, 8_000)  # ms: how long a message is heard before the exchange hangs up
PATIENCE: Final = 180_000  # ms, mean: of callers whom nobody answers
SHORT_TALK: Final = 0.25  # of a usual talk: the bank's rush of 14 February 1999 had 23 s, usually 95
RUSHED: Final = 0.15  # share of its additional callers who are lost
RUSHED_WAIT: Final = 10_000  # ms, mean: how long they wait
SOON: Final = 30_000  # ms: nobody calls again sooner


class Loss(Struct, frozen=True, kw_only=True):
    """Describe what befalls a line's callers from a moment to another."""

    name: str  # in `LOSSES`
    start: float  # epoch s
    end: float  # epoch s
    share: float = 1.0  # in the unit that the loss has
    again: float = 0.0  # share of those lost who call again within the hour


Rule: TypeAlias = Callable[[Attempt, Loss, Random], Iterable[Attempt]]


def _lost(attempt: Attempt, wait: float, **other: object) -> Attempt:
    gone = {"outcome": "lost", "reason": "abandoned", "agent": None, "talk": None, "legs": (), "to": None, **other}
    return replace(attempt, wait=round(wait), **gone)


def message(attempt: Attempt, loss: Loss, random: Random) -> Iterable[Attempt]:
    """Let a share of the callers hear that they may call later; the exchange hangs up."""
    return (_lost(attempt, random.uniform(*MESSAGE)) if random.random() < loss.share else attempt,)


def full(attempt: Attempt, loss: Loss, random: Random) -> Iterable[Attempt]:
    """Refuse a share of the callers at once, as every trunk is taken."""
    return (_lost(attempt, 0, reason="full") if random.random() < loss.share else attempt,)


def strike(attempt: Attempt, _: Loss, random: Random) -> Iterable[Attempt]:
    """Answer nobody."""
    return (_lost(attempt, random.expovariate(1 / PATIENCE)),)


def short_talks(attempt: Attempt, loss: Loss, random: Random) -> Iterable[Attempt]:
    """Let so many times the usual callers call, with one short question each."""
    talk = None if attempt.talk is None else round(attempt.talk * SHORT_TALK)
    yield replace(attempt, talk=talk)
    for number in range(int(loss.share) - 1):
        call = opaque(attempt.call, "rush", number)
        start = attempt.start + random.randrange(60_000)
        other = replace(attempt, call=call, caller=f"hmac:{opaque(call)}", start=start, agent=None, legs=())
        hurried = random.random() < RUSHED
        yield _lost(other, random.expovariate(1 / RUSHED_WAIT)) if hurried else replace(other, talk=talk)


def fewer(attempt: Attempt, loss: Loss, random: Random) -> Iterable[Attempt]:
    """Let only a share of the callers call."""
    return (attempt,) if random.random() < loss.share else ()


LOSSES: Final[dict[str, Rule]] = {
    "message": message,
    "trunks full": full,
    "strike": strike,
    "short talks": short_talks,
    "fewer": fewer,
}


def befallen(attempts: Sequence[Attempt], loss: Loss, opened: Sequence[tuple[float, float]]) -> list[Attempt]:
    """Return the attempts of a day after a loss; who calls again is served as the first time, unless lost again."""
    rule, random = LOSSES[loss.name], chance(loss.name, loss.start, *(each.call for each in attempts[:1]))
    waiting = [(each.start, number, each) for number, each in enumerate(attempts)]
    heapify(waiting)
    after: list[Attempt] = []
    until: dict[str | None, int] = {}  # by caller: who is in the line does not call again
    made = len(waiting)
    while waiting:
        start, _, attempt = heappop(waiting)
        if not loss.start <= start / 1000 < loss.end:
            after.append(attempt)
            continue
        if attempt.caller is not None and start < until.get(attempt.caller, 0):
            continue
        for each in rule(attempt, loss, random):
            after.append(each)
            until[each.caller] = round(each.start + each.wait + (each.talk or 0))
            if each.outcome == "lost" and each is not attempt and random.random() < loss.again:
                at = each.start + each.wait + random.randrange(SOON, HOUR_MS)
                if any(opens <= at / 1000 < closes for opens, closes in opened):
                    made += 1
                    heappush(waiting, (at, made, replace(attempt, call=opaque(attempt.call, "again"), start=at)))
    return sorted(after, key=lambda each: each.start)
