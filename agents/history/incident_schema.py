"""The shape of an incident in `tocsin.incidents`, checked on reading, because anything may be written to the topic."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Any, Final, TypeAlias

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from streams.events import Ruling
from streams.questions.sample import WrongShares
from streams.status import Moment
from streams.watch.incident import DESK_KINDS, Standing, Verdict
from streams.watch.laws import Kind
from streams.watch.review import DeskName

_MOST: Final = 1e12  # of a figure of evidence: no rate, wait in seconds or score comes near
Figure: TypeAlias = Annotated[float, Meta(ge=-_MOST, le=_MOST)]
_FIRST, _LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2101, 1, 1, tzinfo=UTC)  # as for days of the ledger


class PublishedEvidence(Struct, frozen=True, omit_defaults=True):
    """What one check observed and expected, in figures and in words.

    The score is in nats: above 0, it is evidence of a miscount.
    """

    check: str
    observed: Figure | None
    expected: Figure | None
    score: Figure  # nats; above 0 for a miscount
    says: str  # French
    says_en: str  # English
    calls: list[str] = []  # the ids of those behind it, where a second record names them


class PublishedDecision(Struct, frozen=True, omit_defaults=True, rename={"start": "from", "end": "to"}):
    """A person's decision: what, who, when and why; `from` and `to`, if given, replace the incident's bounds.

    A note that is stored separately is empty here and named by its hash.
    """

    decision: Ruling
    at: Moment
    by: str
    note: str
    start: Moment | None
    end: Moment | None
    note_digest: str = ""


class PublishedTaken(Struct, frozen=True):
    """The last person who took an incident, and when."""

    by: str
    at: Moment


class PublishedIncident(Struct, frozen=True, rename={"start": "from", "end": "to"}):
    """The latest state of an incident: its verdict, the check that found it, its bounds, and its decisions.

    It names its desk in one of `line`, `service` and `channel`.

    `sample` has persons' answers about calls drawn from it at random. If it is not over, `judged_until` is the moment
    from which slots are not yet judged. Calls of such slots are in no corrected figure.
    """

    site: str
    id: str
    cause: str
    verdict: Verdict
    kind: Kind
    start: Moment
    end: Moment
    detected_at: Moment
    calls_to_detect: Annotated[int, Meta(ge=0)]
    status: Standing
    evidence: list[PublishedEvidence]
    decisions: list[PublishedDecision]
    judged_until: Moment | None = None
    sample: WrongShares | None = None
    taken: PublishedTaken | None = None
    line: str | UnsetType | None = UNSET
    service: str | UnsetType | None = UNSET
    channel: str | UnsetType | None = UNSET


IncidentJson: TypeAlias = dict[str, Any]  # a `PublishedIncident` as decoded JSON

_check: Final = msgspec.json.Decoder(PublishedIncident).decode


def decode_incident(value: bytes) -> IncidentJson:
    """Return an incident as it was published.

    Raises one of `UNREADABLE` if the record is not an incident, or one that cannot be.
    """
    _bound(_check(value))
    incident: IncidentJson = msgspec.json.decode(value)
    return incident


def desk_in(incident: IncidentJson) -> DeskName:
    """Return the desk of an incident; one of the whole office names several lines, one of several offices none."""
    found = (DeskName(kind, incident[kind]) for kind in DESK_KINDS if incident.get(kind) is not None)
    return next(found, DeskName("line", ""))


def named_desk(incident: IncidentJson) -> dict[str, str]:
    """Return the one field that names the desk of an incident."""
    kind, name = desk_in(incident)
    return {kind: name}


def _bound(incident: PublishedIncident) -> None:
    """Raise `msgspec.ValidationError` if the incident has not one desk, impossible moments or a negative length."""
    if sum(isinstance(each, str) for each in (incident.line, incident.service, incident.channel)) != 1:
        raise msgspec.ValidationError("an incident is of one line, service or channel")
    if any(not _FIRST <= each <= _LAST for each in _moments(incident)):
        raise msgspec.ValidationError(f"a moment before {_FIRST.date()} or after {_LAST.date()}")
    # A person may move one end beyond the other.
    moved = any(each.start is not None or each.end is not None for each in incident.decisions)
    if incident.end < incident.start and not moved:
        raise msgspec.ValidationError("the incident ends before it begins")


def _moments(incident: PublishedIncident) -> Iterator[datetime]:
    yield from (incident.start, incident.end, incident.detected_at)
    if incident.judged_until is not None:
        yield incident.judged_until
    if incident.taken is not None:
        yield incident.taken.at
    for decision in incident.decisions:
        yield from (each for each in (decision.at, decision.start, decision.end) if each is not None)
