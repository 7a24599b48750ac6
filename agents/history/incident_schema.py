"""The shape of an incident in `tocsin.incidents`, checked on reading, because anything may be written to the topic."""

from __future__ import annotations

from typing import Any, Final, TypeAlias

import msgspec
from msgspec import Struct

from streams.events import Decision
from streams.status import Moment
from streams.watch.incident import Standing, Verdict
from streams.watch.laws import Kind


class PublishedEvidence(Struct, frozen=True, omit_defaults=True):
    """What one check observed and expected, in figures and in words.

    The score is in nats: above 0, it is evidence of a miscount.
    """

    check: str
    observed: float | None
    expected: float | None
    score: float  # nats; above 0 for a miscount
    says: str  # French
    says_en: str  # English
    calls: list[str] = []  # the ids of those behind it, where a second record names them


class PublishedDecision(Struct, frozen=True, omit_defaults=True, rename={"start": "from", "end": "to"}):
    """A person's decision: what, who, when and why; `from` and `to`, if given, replace the incident's bounds.

    A note that is stored separately is empty here and named by its hash.
    """

    decision: Decision
    at: Moment
    by: str
    note: str
    start: Moment | None
    end: Moment | None
    note_digest: str = ""


class PublishedIncident(Struct, frozen=True, rename={"start": "from", "end": "to"}):
    """The latest state of an incident: its verdict, the check that found it, its bounds, and its decisions.

    If it is not over, `judged_until` is the moment from which slots are not yet judged. Calls of such slots are in no
    corrected figure.
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


IncidentJson: TypeAlias = dict[str, Any]  # a `PublishedIncident` as decoded JSON

_check: Final = msgspec.json.Decoder(PublishedIncident).decode


def decode_incident(value: bytes) -> IncidentJson:
    """Return an incident as it was published.

    Raises `msgspec.MsgspecError` or `RecursionError` if the record is not an incident.
    """
    _check(value)
    incident: IncidentJson = msgspec.json.decode(value)
    return incident
