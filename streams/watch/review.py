"""How a person's review is read: its desk, its incident and its decision."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final, NamedTuple, cast
from zlib import crc32

from streams.decoding import Invalid
from streams.events import MAX_EPOCH, Review, milliseconds
from streams.said import said
from streams.watch.incident import Decided, DeskKind

MAX_NOTE: Final = 500  # characters of a note that an incident keeps; the topic keeps all
DECLARED: Final = "declared"
WITHOUT_REASON: Final = frozenset({"reopen", "take"})  # decisions that may have no note
OF_OFFICE: Final = "office"  # the cause of an incident of all lines at once
_MOMENT: Final = "%Y%m%dT%H%M%SZ"
_ID = re.compile(r"(?P<name>.+?)-(?P<moment>\d{8}T\d{6}Z)-[a-z0-9-]+?(?:-(?P<desk>service|channel)(?:-\d+)?)?")


class DeskName(NamedTuple):
    """A desk's kind and its short id; a service may have the id of a line."""

    kind: DeskKind
    name: str


def id_of(name: str, start: int, cause: str, kind: DeskKind = "line") -> str:
    """Return the id of a desk's incident from its cause and its start (epoch ms).

    >>> id_of("circulation", 1362382200000, "copied rows")
    'circulation-20130304T073000Z-copied-rows'
    >>> id_of("cards", 1362382200000, "waits times 60", "service")
    'cards-20130304T073000Z-waits-times-60-service'
    """
    of = "" if kind == "line" else f"-{kind}"
    return f"{name}-{datetime.fromtimestamp(start / 1000, UTC).strftime(_MOMENT)}-{cause.replace(' ', '-')}{of}"


def desk_of(review: Review) -> DeskName:
    """Return the desk of a review; raise `Invalid` if no desk can have such an incident."""
    named = {"line": review.line, "service": review.service, "channel": review.channel}
    given = [DeskName(cast("DeskKind", kind), name) for kind, name in named.items() if name is not None]
    if review.decision == "declare":
        if len(given) != 1:
            raise Invalid("invalid", said("a declaration names one of `$.line`, `$.service` and `$.channel`"))
        return given[0]
    if review.decision == "answer":
        if review.line is None or review.call is None or review.answer is None:
            raise Invalid("invalid", said("an answer needs `$.line`, `$.call` and `$.answer`"))
        return DeskName("line", review.line)
    desk, _ = _read(review.incident)
    if given not in ([], [desk]):
        raise Invalid(
            "unknown-incident",
            said(
                "{incident} is no incident of {desk}",
                incident=repr(review.incident),
                desk=" ".join(f"{each.kind} {each.name!r}" for each in given),
            ),
        )
    return desk


def start_of(incident: str) -> int:
    """Return the start (epoch ms) of an incident from its id."""
    return _read(incident)[1]


def _read(incident: str | None) -> tuple[DeskName, int]:
    parts = _ID.fullmatch(incident or "")
    if parts is not None:
        try:
            start = datetime.strptime(parts["moment"], _MOMENT).replace(tzinfo=UTC)
            kind = cast("DeskKind", parts["desk"] or "line")
            return DeskName(kind, parts["name"]), round(start.timestamp() * 1000)
        except ValueError:
            pass
    raise Invalid(
        "unknown-incident",
        said(
            "{incident} is no incident; expected an id such as circulation-20130304T073000Z-rise",
            incident=repr(incident),
        ),
    )


def decided(review: Review) -> Decided:
    """Return the decision of a review; raise `Invalid` if it has none, or if its bounds are missing or wrong."""
    if review.decision == "answer":
        raise Invalid("invalid", said("an answer decides on no incident"))
    at = milliseconds(review.at)
    start, end = (None if moment is None else milliseconds(moment) for moment in (review.from_, review.to))
    if any(moment is not None and not 0 <= moment <= MAX_EPOCH * 1000 for moment in (start, end)):
        raise Invalid("invalid", said("the stretch is out of bounds; expected moments from 1970 to 2100"))
    if review.decision == "declare" and (start is None or end is None):
        raise Invalid("invalid", said("a declaration needs both bounds - at `$.from` and `$.to`"))
    if start is not None and end is not None and start >= end:
        raise Invalid("invalid", said("the stretch ends before it begins - at `$.to`; expected it after `$.from`"))
    if review.decision == "take" and (start, end, review.note, review.note_digest) != (None, None, None, None):
        raise Invalid("invalid", said("who takes an incident decides nothing: no bounds, no note"))
    if review.decision == "declare":
        assert start is not None
        kind, name = desk_of(review)
        incident = id_of(name, start, DECLARED, kind)
    else:
        incident = review.incident or ""
    content = review.id or f"{review.source} {review.decision} {at} {review.by} {start} {end}"
    note = review.note or ""
    note = note if len(note) <= MAX_NOTE else f"{note[: MAX_NOTE - 1]}…"
    identity = crc32(f"{incident} {content}".encode())
    return Decided(incident, at, identity, review.decision, review.by, note, start, end, review.note_digest or "")
