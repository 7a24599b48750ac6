"""One day of one line: callers wait their turn, then are answered or give up, and some call again.

The queue is first come, first served; the next call goes to the agent who has been free longest. It is an M_t/G/n+M
queue with breaks and call-backs. Callers in the queue at closing time are still served.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence
from heapq import heapify, heappop, heappush, heapreplace
from math import log
from random import Random
from typing import Final, NamedTuple

from streams.simulation.attempt import Attempt, opaque
from streams.simulation.fit import Fitted
from streams.simulation.office import LineProfile
from streams.simulation.staff import RING, Away, agent_names, back

# Shares of callers who call again within these minutes, after a lost and after an answered call, from 33,344 calls
# of a bank, February 1999 (Technion; the data of Brown et al., 2005).
_AGAIN_MINUTES: Final = (0.5, 15.0, 30.0, 60.0)
AGAIN_AFTER_LOST: Final = (0.0, 0.309, 0.389, 0.481)
AGAIN_AFTER_ANSWERED: Final = (0.0, 0.067, 0.093, 0.136)
VOICEMAIL: Final = "voicemail"


class Caller(NamedTuple):
    start: int  # epoch ms
    pseudonym: str = ""  # empty if the number is withheld
    call: str = ""  # the call's name if it overflowed from another line


class Spill(NamedTuple):
    """A stretch in which another line takes a share of the callers."""

    opens: int  # epoch ms
    closes: int
    to: str  # the other line
    share: float


class QueueDay(NamedTuple):
    """The input of a line's queue on one day."""

    words: str  # identify the day, so that its calls always have the same names
    opened: Sequence[tuple[int, int]]  # opening stretches, epoch ms
    callers: Sequence[Caller]
    away: Sequence[Sequence[Away]]  # by agent, epoch ms
    patience: float  # mean, s
    overflow: Sequence[Spill] = ()


def serve(day: QueueDay, profile: LineProfile, fitted: Fitted, seed: int, random: Random) -> list[Attempt]:
    """Return every attempt of a day as it truly went, in the order of the calls."""
    agents = agent_names(profile.line, fitted.agents)
    free: list[tuple[int, int]] = [(0, agent) for agent in range(fitted.agents)]
    queue = list(day.callers)
    heapify(queue)
    at_once = profile.at_once * profile.expected_lost_rate
    sigma = profile.talk_spread
    mu = log(profile.talk) - sigma**2 / 2
    attempts: list[Attempt] = []
    while queue:
        start, pseudonym, call = heappop(queue)
        attempt = Attempt(
            line=profile.line,
            call=call or opaque(seed, profile.line, day.words, len(attempts)),
            start=start,
            wait=0,
            outcome="lost",
            reason="abandoned",
            caller=pseudonym or None,
        )
        attempts.append(attempt)
        whim = random.random()
        if (to := _overflow(day, start, random)) is not None:
            attempt.outcome, attempt.reason, attempt.to = "diverted", "transfer", to
            continue
        if whim < profile.diverted:
            attempt.outcome, attempt.reason, attempt.to = "diverted", "key", VOICEMAIL
            attempt.wait = round(random.uniform(2_000, 20_000))
            continue
        if whim > 1 - at_once:
            attempt.wait = round(random.uniform(0, 900))
            again = _again(AGAIN_AFTER_LOST, start + attempt.wait, random)
        else:
            begins = _next(free, day.away, start)
            patience = round(random.expovariate(1 / day.patience) * 1000)
            if begins - start > patience:
                attempt.wait = patience
                again = _again(AGAIN_AFTER_LOST, start + patience, random)
            else:
                agent = free[0][1]
                ring = round(random.uniform(*RING))
                talk = round(random.lognormvariate(mu, sigma) * 1000)
                attempt.outcome, attempt.reason = "answered", None
                attempt.wait, attempt.talk, attempt.agent = begins + ring - start, talk, agents[agent]
                if random.random() < profile.ringing:
                    attempt.ring = ring
                    rung = {agent, *random.sample(range(len(agents)), random.randint(0, min(2, len(agents))))}
                    attempt.legs = tuple(agents[each] for each in sorted(rung))
                over = begins + ring + talk
                heapreplace(free, (over + round(profile.wrap_up * 1000), agent))
                again = _again(AGAIN_AFTER_ANSWERED, over, random)
        if again and any(opens <= again < closes for opens, closes in day.opened):
            heappush(queue, Caller(again, pseudonym))
    return attempts


def _next(free: list[tuple[int, int]], away: Sequence[Sequence[Away]], start: int) -> int:
    """Return when the next agent can take a call that starts at `start`; move that agent to the head of the heap."""
    while True:
        since, agent = free[0]
        at = max(since, start)
        there = back(away[agent], at)
        if there == at:
            return at
        heapreplace(free, (there, agent))


def _again(shares: Sequence[float], after: int, random: Random) -> int:
    """Return when a caller calls again, or 0 if the caller does not within the hour."""
    drawn = random.random()
    if drawn >= shares[-1]:
        return 0
    step = bisect(shares, drawn)
    part = (drawn - shares[step - 1]) / (shares[step] - shares[step - 1])
    minutes = _AGAIN_MINUTES[step - 1] + part * (_AGAIN_MINUTES[step] - _AGAIN_MINUTES[step - 1])
    return after + round(minutes * 60_000)


def _overflow(day: QueueDay, start: int, random: Random) -> str | None:
    for each in day.overflow:
        if each.opens <= start < each.closes and random.random() < each.share:
            return each.to
    return None
