"""A published incident reads back unchanged: bounds, verdict, evidence and decisions."""

from __future__ import annotations

import json
from zoneinfo import ZoneInfo

import msgspec

from agents.history.incident_json import incident_json, incident_of
from streams.watch.incident import Decided, Evidence, Incident

PARIS = ZoneInfo("Europe/Paris")


def test_what_is_published_is_read_as_it_was() -> None:
    known = Incident(
        id="circulation-20130902T063000Z-rise",
        line="circulation",
        cause="rise",
        verdict="miscount",
        kind="drift",
        start=1_378_103_400_000,
        end=1_378_189_800_000,
        detected=1_378_107_000_000,
        calls=40,
        status="confirmed",
        evidence=[Evidence("lost rate", 0.2, 0.02, 9.5, "20 %", "20%"), Evidence("declared", None, None, 0.0, "", "")],
        decisions=[
            Decided("circulation-20130902T063000Z-rise", 1_378_110_000_000, 7, "confirm", "m", "n", None, None),
            Decided(
                "circulation-20130902T063000Z-rise", 1_378_120_000_000, 8, "confirm", "m", "n", 1_378_104_300_000, None
            ),
        ],
    )
    published = json.loads(msgspec.json.encode(incident_json(known, PARIS)))
    found = incident_of(published)
    assert found.bounds() == known.bounds() == (1_378_104_300_000, 1_378_189_800_000)
    assert incident_json(found, PARIS) == published
    assert (found.cause, found.evidence) == (known.cause, known.evidence)
    assert [each.at for each in found.decisions] == [each.at for each in known.decisions]
