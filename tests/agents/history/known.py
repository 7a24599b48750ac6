"""Incidents of a line as a worker publishes them."""

from __future__ import annotations

FALL = "standard-20130501T073000Z-fall"
RISE, STUCK = "standard-20130304T073000Z-rise", "standard-20130401T073000Z-counter-stuck"


def told(name: str, status: str, month: int, **more: object) -> dict[str, object]:
    return {
        "site": "lozere",
        "id": name,
        "line": "standard",
        "cause": "rise",
        "verdict": "miscount",
        "kind": "drift",
        "from": f"2013-{month:02}-04T08:30:00+01:00",
        "to": f"2013-{month:02}-04T12:00:00+01:00",
        "detected_at": f"2013-{month:02}-04T09:00:00+01:00",
        "calls_to_detect": 40,
        "status": status,
        "evidence": [
            {"check": "lost rate", "observed": 0.2, "expected": 0.02, "score": 9.0, "says": "20 %", "says_en": "20%"}
        ],
        "decisions": [
            {
                "decision": "confirm",
                "at": "2013-03-05T09:00:00+01:00",
                "by": "m",
                "note": "[n]",
                "from": None,
                "to": None,
            }
        ],
        **more,
    }
