"""One call attempt as it truly went, and the events that the counting software sends about it."""

from __future__ import annotations

from hashlib import blake2b
from typing import Literal

from msgspec import Struct

from streams.events import CallEvent, CallType, Reason


class Attempt(Struct, kw_only=True, gc=False):
    line: str
    call: str
    start: int  # epoch ms
    wait: int  # ms
    outcome: Literal["answered", "lost", "diverted"]
    caller: str | None = None  # pseudonym; None where the number is withheld
    agent: str | None = None  # who answered
    talk: int | None = None  # ms
    reason: Reason | None = None
    to: str | None = None  # destination of a diverted call
    legs: tuple[str, ...] = ()  # agents whose telephones rang, if the source reports that
    ring: int = 0  # how long they rang at the end of the wait, ms
    sent_wait: int | None = None  # for faults: sent instead of the wait, ms
    unsent: frozenset[CallType] = frozenset()  # for faults: types of event that are not sent


def opaque(*words: object) -> str:
    """Return a deterministic name that does not reveal the words from which it is made."""
    name = blake2b(" ".join(map(str, words)).encode(), digest_size=8).hexdigest()
    return f"f{name[1:]}" if name.isdecimal() else name  # digits alone might look like a telephone number


def pseudonym(*words: object) -> str:
    """Return the deterministic pseudonym of an invented caller."""
    return "hmac:" + blake2b(" ".join(map(str, words)).encode(), digest_size=16, person=b"caller").hexdigest()


def events_of(attempt: Attempt, site: str, source: str, *, final: bool) -> list[tuple[int, CallEvent]]:
    """Return the events of an attempt with the moment (epoch ms) at which each is sent.

    A source that only knows the end of a call (`final`) sends only the outcome, when the call is over.
    """
    a = attempt
    decided = a.start + a.wait
    over = decided + (a.talk or 0)
    events: list[tuple[int, CallEvent]] = []

    def say(kind: CallType, at: int, *, talk: int | None = None, agent: str | None = None) -> None:
        if kind in a.unsent:
            return
        outcome = kind == a.outcome
        wait = a.wait if a.sent_wait is None else a.sent_wait
        events.append(
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
        return events
    say("offered", a.start)
    for agent in a.legs:
        say("ringing", decided - a.ring, agent=agent)
    say(a.outcome, decided, agent=a.agent)
    if a.talk is not None:
        say("ended", over, talk=a.talk, agent=a.agent)
    return events
