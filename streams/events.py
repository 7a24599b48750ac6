"""The events of the input topics, as plain data.

A moment remains as its source wrote it (`at`); `milliseconds` makes moments comparable. Every struct here is the source
of its JSON Schema in `docs/schemas/`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct

MIN_EPOCH = 631_152_000  # 1990-01-01: an earlier number from a source is no moment
MAX_EPOCH = 4_102_444_800  # 2100-01-01: a larger number is milliseconds sent as seconds
MAX_SECONDS = 31_536_000  # a year: no wait and no talk is longer
ESTIMATED = "~estimated"  # suffix of the source's name if an event's moment is an estimate

MAX_IDENTIFIER = 160

Identifier = Annotated[str, Meta(min_length=1, max_length=MAX_IDENTIFIER)]
Name = Annotated[str, Meta(min_length=1, max_length=64, description="short id, as in the configuration")]
At: TypeAlias = (
    Annotated[datetime, Meta(tz=True, description="RFC 3339, with an offset")]
    | Annotated[float, Meta(ge=0, le=MAX_EPOCH, description="epoch seconds")]
)
Seconds = Annotated[float, Meta(ge=0, le=MAX_SECONDS, description="seconds")]
Pseudonym = Annotated[
    str, Meta(pattern=r"^hmac:[0-9a-f]{8,128}$", description="keyed hash of a number, never the number")
]
Hash = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$", description="SHA-256, in hex")]
Count = Annotated[int, Meta(ge=0)]
Within: TypeAlias = dict[Annotated[str, Meta(pattern=r"^[0-9]{1,5}$", description="seconds")], Count]

CallType: TypeAlias = Literal["offered", "ringing", "answered", "lost", "diverted", "ended"]
Reason: TypeAlias = Literal[
    "abandoned",
    "timeout",
    "full",
    "closed",
    "no_agents",
    "key",
    "transfer",
    "voicemail",
    "callback",
    "unknown",
]
TicketType: TypeAlias = Literal[
    "issued", "called", "recalled", "served", "completed", "no_show", "cancelled", "transferred"
]
RequestType: TypeAlias = Literal["received", "answered", "delivered", "withdrawn"]
Mode: TypeAlias = Literal["cumulative", "interval"]
Ruling: TypeAlias = Literal["confirm", "dismiss", "reopen", "declare"]
Decision: TypeAlias = Literal[Ruling, "take"]  # who takes an incident deals with it, and rules nothing
Reviewed: TypeAlias = Literal[Decision, "answer"]
Answer: TypeAlias = Literal["right", "wrong", "cannot-tell"]
Outcome: TypeAlias = Literal["lost", "answered", "diverted"]


class CallEvent(Struct, kw_only=True, omit_defaults=True, gc=False):
    """One event of one call attempt on one line.

    `wait` counts from entering the line, `talk` from the answer, both in seconds. `before_queue`: the record shows that
    the caller hung up before entering a queue.
    """

    line: Name
    call: Identifier
    type: CallType
    at: At
    id: Identifier | None = None
    source: Identifier | None = None
    seq: Count | None = None
    site: Name | None = None
    wait: Seconds | None = None
    talk: Seconds | None = None
    reason: Reason | None = None
    to: Identifier | None = None
    agent: Identifier | None = None
    caller: Pseudonym | None = None
    before_queue: bool | None = None


class TicketEvent(Struct, kw_only=True, omit_defaults=True, gc=False):
    """One event of one visitor's ticket at one counter service."""

    service: Name
    ticket: Identifier
    type: TicketType
    at: At
    id: Identifier | None = None
    source: Identifier | None = None
    seq: Count | None = None
    site: Name | None = None
    counter: Identifier | None = None
    to: Name | None = None
    appointment: bool | None = None  # the visitor had one, or came without


class Reading(Struct, kw_only=True, omit_defaults=True, gc=False):
    """The counting software's own totals for a line.

    `cumulative` totals run since its last reset, `interval` totals since `since`. `lost_reasons` are the reasons for
    which a call counts in `lost`, if not the line's own. `answered_within` has the calls answered within some seconds.
    """

    line: Name
    mode: Mode
    at: At
    offered: Count | None = None
    answered: Count | None = None
    lost: Count | None = None
    since: At | None = None
    lost_reasons: tuple[Reason, ...] | None = None
    type: Literal["reading"] = "reading"
    id: Identifier | None = None
    source: Identifier | None = None
    seq: Count | None = None
    site: Name | None = None
    mean_wait: Seconds | None = None
    answered_within: Within | None = None


class ServiceReading(Struct, kw_only=True, omit_defaults=True, gc=False):
    """A ticket system's own totals for a counter service.

    `waiting` are the people who wait at `at`; `answered_within` has the people called within some seconds.
    """

    service: Name
    mode: Mode
    at: At
    issued: Count | None = None
    served: Count | None = None
    no_show: Count | None = None
    waiting: Count | None = None
    since: At | None = None
    mean_wait: Seconds | None = None
    answered_within: Within | None = None
    type: Literal["reading"] = "reading"
    id: Identifier | None = None
    source: Identifier | None = None
    seq: Count | None = None
    site: Name | None = None


class RequestEvent(Struct, kw_only=True, omit_defaults=True, gc=False):
    """One event of one e-mail, letter, complaint or title application.

    `reason` is its subject as a person classes it, such as the cause of a complaint. The latest one counts.
    """

    channel: Name
    request: Identifier
    type: RequestType
    at: At
    reason: Identifier | None = None
    id: Identifier | None = None
    source: Identifier | None = None
    seq: Count | None = None
    site: Name | None = None


class Review(Struct, kw_only=True, omit_defaults=True, gc=False, rename={"from_": "from"}):
    """A person's decision on an incident, declaration of a new one, or answer to a question.

    A declaration names its `line`, `service` or `channel`; another decision is found by its incident's id.
    An answer names a `call` of a `line`, and says in `answer` whether it was counted rightly. Tocsin's own commands
    say too how it was counted (`counted`), when it entered the line (`from`), and whether it was drawn regularly, not
    because of a doubt (`sampled`); they store a note separately, and its hash here (`note_digest`). `after` names the
    entries of the log without a successor, by their hashes.
    """

    decision: Reviewed
    at: At
    by: Identifier
    incident: Identifier | None = None
    line: Name | None = None
    service: Name | None = None
    channel: Name | None = None
    call: Identifier | None = None
    answer: Answer | None = None
    counted: Outcome | None = None
    sampled: bool | None = None
    note: str | None = None
    note_digest: Hash | None = None
    after: tuple[Hash, ...] | None = None
    from_: At | None = None
    to: At | None = None
    type: Literal["review"] = "review"
    id: Identifier | None = None
    source: Identifier | None = None
    seq: Count | None = None
    site: Name | None = None


Event: TypeAlias = CallEvent | TicketEvent | Reading | ServiceReading | RequestEvent | Review


def milliseconds(at: At) -> int:
    """Return an event's moment as whole epoch milliseconds, so that sums stay exact."""
    seconds = at if isinstance(at, (int, float)) else at.timestamp()
    return round(seconds * 1000)
