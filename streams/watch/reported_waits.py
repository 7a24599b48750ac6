"""The waits of a line's readings: a mean that contradicts its own distribution is a miscount."""

from __future__ import annotations

from typing import Final

from streams.checks.reading_waits import fault, waits_of
from streams.events import Reading, milliseconds
from streams.kept.times import QUARTER_MS
from streams.watch.facts import CasesBreak
from streams.watch.incident import Evidence, Judgement
from streams.watch.incidents import Incidents

WAITS: Final = "mean within limits"


def judge_waits(incidents: Incidents, reading: Reading, at: int) -> bool:
    """Judge the waits of a reading of a moment (ms); return whether that changed an incident."""
    waits = waits_of(reading.answered, reading.mean_wait, reading.answered_within)
    if waits is None:
        return False
    wrong, incident = fault(waits), incidents.by_cause(WAITS)
    if wrong is None:
        if incident is not None:
            incident.close()
        return incident is not None
    mean = waits.mean or 0.0
    judgement = Judgement(wrong, "miscount", [Evidence(WAITS, mean, None, 0.0, CasesBreak(WAITS, round(mean), 0))])
    if incident is None:
        start = at - QUARTER_MS if reading.since is None else milliseconds(reading.since)
        incidents.begin(WAITS, judgement, start=start, now=at, calls=reading.answered or 0)
    else:
        incident.end = at
        incident.judge(judgement)
    return True
