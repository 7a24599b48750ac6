"""The notes of decisions. They are stored only in their own topic, so that each can be erased."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec
from msgspec.structs import replace

from agents.history.incident_schema import IncidentJson
from agents.history.slips import is_slip
from agents.history.ticks import is_tick
from agents.kafka.client import Topic, topic
from agents.kafka.reading import latest, leaving_out
from config.settings import Settings
from streams.chain.entry import Note
from streams.indicators.annual import Annual

_decode: Final = msgspec.json.Decoder(Note).decode


def read_notes(settings: Settings) -> dict[str, str]:
    """Return the notes by hash; raise `KafkaError` if the broker does not answer."""
    notes = {}
    for record in latest(settings, topic(settings, Topic.NOTES)):
        with leaving_out(record):
            notes.update(note_of(record.key or b"", record.value or b""))
    return notes


def note_of(key: bytes, value: bytes) -> dict[str, str]:
    """Return the note in a record, by its hash; empty if the key has another hash, or belongs to a tick or a slip.

    Raises `msgspec.MsgspecError` if the record is not a note.
    """
    if is_tick(key) or is_slip(key):
        return {}
    note = _decode(value)
    digest = note.digest
    return {digest: note.note} if key.decode().rpartition("/")[2] == digest else {}


def with_notes(incident: IncidentJson, notes: Mapping[str, str]) -> IncidentJson:
    """Return an incident's JSON with the notes of its decisions; `notes` has the existing notes by hash."""
    decisions = [each | _note(each.get("note_digest", ""), notes) for each in incident["decisions"]]
    return incident | {"decisions": decisions}


def noted(annual: Annual, notes: Mapping[str, str]) -> Annual:
    """Return a year's figures with the notes of the decisions on its incidents.

    Without `notes`, the result is what a vintage stores, which leaves out separately stored notes.
    """
    incidents = [
        replace(each, decisions=[replace(one, **_note(one.note_digest, notes)) for one in each.decisions])
        for each in annual.incidents
    ]
    return replace(annual, incidents=incidents)


def _note(digest: str, notes: Mapping[str, str]) -> dict[str, str]:
    return {"note": notes.get(digest, "")} if digest else {}
