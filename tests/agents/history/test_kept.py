"""This version reads the incidents that version 0.1.0 published (`tests/streams/kept/test_records.py`)."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from agents.history.incident_json import incident_json, incident_of
from agents.history.incident_schema import decode_incident
from tests.streams.kept.test_records import rows

PARIS = ZoneInfo("Europe/Paris")


def test_a_kept_incident_is_read_and_shown_again_as_it_was() -> None:
    found = [decode_incident(row) for row in rows("incidents.jsonl")]
    assert [(each["cause"], each["kind"], each["verdict"], each["status"]) for each in found] == [
        ("rise", "overload", "overload", "closed"),
        ("copied rows", "duplicate", "miscount", "confirmed"),
        ("declared", "drift", "miscount", "confirmed"),
        ("no talk in a lost call", "answered-as-lost", "miscount", "confirmed"),
    ]
    for each in found:
        assert {"site": each["site"]} | incident_json(incident_of(each), PARIS) == each
