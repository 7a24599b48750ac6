"""A published incident reads back unchanged: bounds, verdict, evidence and decisions."""

from __future__ import annotations

import json
from zoneinfo import ZoneInfo

import msgspec

from agents.history.incident_json import incident_json, incident_of
from streams.watch.facts import KeptSentences, RecordsDiffer
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
        evidence=[
            Evidence("lost rate", 0.2, 0.02, 9.5, KeptSentences("20 %", "20%")),
            Evidence("second record", 1.0, 0.0, 1.0, RecordsDiffer("only here", 1, "cel"), ["c1"]),
        ],
        decisions=[
            Decided("circulation-20130902T063000Z-rise", 1_378_110_000_000, 7, "confirm", "m", "n", None, None),
            Decided(
                "circulation-20130902T063000Z-rise", 1_378_120_000_000, 8, "confirm", "m", "n", 1_378_104_300_000, None
            ),
        ],
        taken=Decided("circulation-20130902T063000Z-rise", 1_378_108_000_000, 9, "take", "p", "", None, None),
    )
    published = json.loads(msgspec.json.encode(incident_json(known, PARIS)))
    found = incident_of(published)
    assert published["taken"] == {"by": "p", "at": "2013-09-02T09:46:40+02:00"}
    assert found.bounds() == known.bounds() == (1_378_104_300_000, 1_378_189_800_000)
    assert incident_json(found, PARIS) == published
    assert (found.cause, found.evidence[0]) == (known.cause, known.evidence[0])
    assert published["evidence"][1] == {
        "check": "second record",
        "observed": 1.0,
        "expected": 0.0,
        "score": 1.0,
        "calls": ["c1"],
        "says": "1 appels que le second relevé n'a pas (cel)",
        "says_en": "1 calls that the second record does not have (cel)",
    }
    assert [each.at for each in found.decisions] == [each.at for each in known.decisions]
