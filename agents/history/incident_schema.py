"""The shape of an incident in `tocsin.incidents`, checked on reading: whoever may write there may write anything."""

from __future__ import annotations

from typing import Any, Final, TypeAlias

import msgspec
from msgspec import Struct

from streams.events import Decision
from streams.status import Moment
from streams.watch.incident import Standing, Verdict
from streams.watch.laws import Kind


class PublishedEvidence(Struct, frozen=True, omit_defaults=True):
    """Hold what one check saw beside what it expected, in figures and in words.

    The score is in nats: above 0 it speaks for a miscount.
    """

    check: str
    observed: float | None
    expected: float | None
    score: float  # nats; above 0 for a miscount
    says: str  # French
    says_en: str  # English
    calls: list[str] = []  # the ids of those behind it, where a second record names them


class PublishedDecision(Struct, frozen=True, omit_defaults=True, rename={"start": "from", "end": "to"}):
    """Hold what a person decided, who, when and why; `from` and `to`, where given, replace those of the incident.

    A note that is kept apart is empty here, and named by its hash.
    """

    decision: Decision
    at: Moment
    by: str
    note: str
    start: Moment | None
    end: Moment | None
    note_digest: str = ""


class PublishedIncident(Struct, frozen=True, rename={"start": "from", "end": "to"}):
    """Hold the latest state of an incident: what it is, which check found it, its bounds, and what was decided.

    While it goes on, `judged_until` is the moment from which it is not known yet whether a slot lies in it. Calls of
    such slots are in no corrected figure.
    """

    site: str
    id: str
    line: str
    cause: str
    verdict: Verdict
    kind: Kind
    start: Moment
    end: Moment
    detected_at: Moment
    calls_to_detect: int
    status: Standing
    evidence: list[PublishedEvidence]
    decisions: list[PublishedDecision]
    judged_until: Moment | None = None


IncidentJson: TypeAlias = dict[str, Any]  # an incident of this shape, as JSON has it

_check: Final = msgspec.json.Decoder(PublishedIncident).decode


def decode_incident(value: bytes) -> IncidentJson:
    """Return an incident as it was published.

    Raises `msgspec.MsgspecError` or `RecursionError` where the record is none.
    """
    _check(value)
    incident: IncidentJson = msgspec.json.decode(value)
    return incident
