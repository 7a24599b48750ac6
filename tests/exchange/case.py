"""A case: who calls whom, who answers, and the correct figures of its two lines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple, TypeAlias

Does: TypeAlias = tuple[str, ...]  # steps of a dialplan

HANGUP: Final = "Hangup()"
PICKED: Final = "UserEvent(Picked,Phone: ${EXTEN})"  # the telephone's report that it is lifted
PARKED: Final = "701"
OUTSIDE: Final = "0465710099"  # an unassigned number


class Counts(NamedTuple):
    offered: int
    answered: int
    lost: int
    diverted: int


class Caller(NamedTuple):
    at: float  # s after the case begins
    patience: float | None = None  # s; None: until the other side hangs up
    keys: tuple[tuple[float, str], ...] = ()  # s after the caller called
    name: str = ""
    inside: bool = False  # an extension of the office calls


class Step(NamedTuple):
    """An action of somebody in the office, as an action of the manager.

    `{member:1}` is phone 1 as a member of the queue, `{caller:0}` the channel of the first caller.
    """

    at: float
    action: str
    headers: Mapping[str, str]


class Case(NamedTuple):
    """One case. `{q}`, `{r}` are its queues, `{1}` to `{3}` its phones, `{n}` its number, `{m}` its second one."""

    name: str
    plan: tuple[str, ...]  # what the number does
    callers: tuple[Caller, ...]
    first: Counts  # of the line of the number and the queue
    second: Counts = Counts(0, 0, 0, 0)  # of the line of the second queue
    phones: tuple[Does, ...] = ()  # the behaviour of each, in the world's dialplan
    members: str = "1"  # phones in the first queue
    second_members: str = "2"
    queue: str = ""  # more settings of the first queue
    keys: Mapping[str, tuple[str, ...]] = {}  # the dialplan of its context
    key_context: str = "keys"
    steps: tuple[Step, ...] = ()
    second_plan: tuple[str, ...] = ()  # the dialplan of the second number
    picked: int | None = None  # phones that were lifted; by default as many as calls were answered
    knows: Mapping[str, Counts] = {}  # of the first line, by the kind of a record, if it cannot know all


def answers(after: float = 2, talk: float = 3) -> Does:
    return "Ringing()", f"Wait({after})", "Answer()", PICKED, f"Wait({talk})", HANGUP


def refers(to: str, after: float = 1, talk: float = 3) -> Does:
    """Answer, then transfer the caller by REFER, like a telephone's transfer key."""
    return *answers(after, talk)[:-1], f"Transfer(PJSIP/sip:{to}@127.0.0.1:5060)", "Wait(1)", HANGUP


def consults(to: str, talk: float = 3, ends: float = 5) -> Does:
    """Answer, consult somebody by the office's feature code, and hang up after they have spoken."""
    led = f"Wait({talk})", "SendDTMF(*2,150,150)", "Wait(1.5)", f"SendDTMF({to},100,150)", f"Wait({ends})", HANGUP
    return *answers(1)[:-2], *led


RINGS: Final = "Ringing()", "Wait(600)"
WAITS: Final = Caller(0)
ONE, LOST, DIVERTED, NONE = Counts(1, 1, 0, 0), Counts(1, 0, 1, 0), Counts(1, 0, 0, 1), Counts(0, 0, 0, 0)
NO_QUEUE: Final = {"queue-log": NONE, "ami": NONE}
QUEUE: Final = "Queue({q},{o},,,20)"
