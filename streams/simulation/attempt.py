"""One call attempt as it truly went, and as the counting software tells it."""

from __future__ import annotations

from hashlib import blake2b
from typing import Literal

from msgspec import Struct

from streams.events import CallEvent, CallType, Reason

Outcome = Literal["answered", "lost", "diverted"]


class Attempt(Struct, kw_only=True, gc=False):
    """Hold one call attempt; `start` in epoch ms, lengths in ms.

    `legs` are the agents whose telephones rang, for the last `ring` ms of the wait, where that is told.
    The last fields are for faults: `said_wait` is told instead of the wait, `untold` are the types of event
    that are not told.
    """

    line: str
    call: str
    start: int
    wait: int
    outcome: Outcome
    caller: str | None = None
    agent: str | None = None
    talk: int | None = None
    reason: Reason | None = None
    to: str | None = None
    legs: tuple[str, ...] = ()
    ring: int = 0
    said_wait: int | None = None
    untold: frozenset[CallType] = frozenset()


def opaque(*words: object) -> str:
    """Return a name that tells nothing of what it was made from, the same for the same words."""
    return blake2b(" ".join(map(str, words)).encode(), digest_size=8).hexdigest()


def pseudonym(*words: object) -> str:
    """Return the pseudonym of a made-up caller, the same for the same words."""
    return "hmac:" + blake2b(" ".join(map(str, words)).encode(), digest_size=16, person=b"caller").hexdigest()


def tell(attempt: Attempt, site: str, source: str, *, final: bool) -> list[tuple[int, CallEvent]]:
    """Return the events of an attempt with the moment (epoch ms) at which each is told.

    A source that only knows the end of a call (`final`) tells the outcome alone, when all is over.
    """
    a = attempt
    decided = a.start + a.wait
    over = decided + (a.talk or 0)
    told: list[tuple[int, CallEvent]] = []

    def say(kind: CallType, at: int, *, talk: int | None = None, agent: str | None = None) -> None:
        if kind in a.untold:
            return
        outcome = kind == a.outcome
        wait = a.wait if a.said_wait is None else a.said_wait
        told.append(
            (
                at,
                CallEvent(
                    id=f"{a.line}:{a.call}:{kind}{'' if kind != 'ringing' else ':' + str(agent)}",
                    source=source,
                    site=site,
                    line=a.line,
                    call=a.call,
                    type=kind,
                    at=at / 1000,
                    wait=wait / 1000 if outcome else None,
                    talk=None if talk is None else talk / 1000,
                    reason=a.reason if outcome else None,
                    to=a.to if outcome else None,
                    agent=agent,
                    caller=a.caller,
                ),
            )
        )

    if final:
        say(a.outcome, over, talk=a.talk, agent=a.agent)
        return told
    say("offered", a.start)
    for agent in a.legs:
        say("ringing", decided - a.ring, agent=agent)
    say(a.outcome, decided, agent=a.agent)
    if a.talk is not None:
        say("ended", over, talk=a.talk, agent=a.agent)
    return told
