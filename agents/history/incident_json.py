"""Converting incidents to the JSON of the analysis and of `tocsin.incidents`, and back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from agents.history.incident_schema import desk_in
from agents.language import Language
from agents.pages.evidence import sentence
from streams.questions.sample import WrongShares
from streams.watch.facts import KeptSentences
from streams.watch.incident import Decided, Evidence, Incident


def incident_json(incident: Incident, zone: ZoneInfo) -> dict[str, Any]:
    """Return an incident as JSON, with timestamps in the office's zone; `tocsin.incidents` adds the site."""
    start, end = incident.bounds()
    return (
        {
            "id": incident.id,
            incident.desk: incident.line,
            "cause": incident.cause,
            "verdict": incident.verdict,
            "kind": incident.kind,
            "from": moment(start, zone),
            "to": moment(end, zone),
            "detected_at": moment(incident.detected, zone),
            "calls_to_detect": incident.calls,
            "status": incident.status,
            "evidence": [evidence_json(each) for each in incident.evidence],
            "decisions": [
                {"decision": each.decision, "at": moment(each.at, zone), "by": each.by, "note": each.note}
                | ({"note_digest": each.note_digest} if each.note_digest else {})
                | {"from": moment(each.start, zone), "to": moment(each.end, zone)}
                for each in incident.decisions
            ],
        }
        | (
            {}
            if incident.over or incident.judged_until is None
            else {"judged_until": moment(incident.judged_until, zone)}
        )
        | ({} if incident.sample is None else {"sample": msgspec.to_builtins(incident.sample)})
        | ({} if (held := incident.taken) is None else {"taken": {"by": held.by, "at": moment(held.at, zone)}})
    )


def evidence_json(evidence: Evidence) -> dict[str, Any]:
    """Return a piece of evidence as JSON, with its sentence in both languages."""
    return {
        "check": evidence.check,
        "observed": evidence.observed,
        "expected": evidence.expected,
        "score": evidence.score,
        "says": sentence(evidence, Language.FR),
        "says_en": sentence(evidence, Language.EN),
    } | ({"calls": evidence.calls} if evidence.calls else {})


def incident_of(published: Mapping[str, Any]) -> Incident:
    """Return the incident in this JSON, with its current bounds."""
    decisions = [
        Decided(
            published["id"],
            _epoch(each["at"]),
            number,
            each["decision"],
            each["by"],
            each["note"],
            None if each["from"] is None else _epoch(each["from"]),
            None if each["to"] is None else _epoch(each["to"]),
            each.get("note_digest", ""),
        )
        for number, each in enumerate(published["decisions"])
    ]
    judged_until, desk, taken = published.get("judged_until"), desk_in(dict(published)), published.get("taken")
    return Incident(
        id=published["id"],
        line=desk.name,
        cause=published["cause"],
        verdict=published["verdict"],
        kind=published["kind"],
        start=_epoch(published["from"]),
        end=_epoch(published["to"]),
        detected=_epoch(published["detected_at"]),
        calls=published["calls_to_detect"],
        status=published["status"],
        evidence=[_evidence(each) for each in published["evidence"]],
        decisions=decisions,
        judged_until=None if judged_until is None else _epoch(judged_until),
        desk=desk.kind,
        sample=msgspec.convert(published.get("sample"), WrongShares | None),
        taken=taken and Decided(published["id"], _epoch(taken["at"]), 0, "take", taken["by"], "", None, None),
    )


def _evidence(published: Mapping[str, Any]) -> Evidence:
    return Evidence(
        published["check"],
        published["observed"],
        published["expected"],
        published["score"],
        KeptSentences(published["says"], published["says_en"]),
        published.get("calls", []),
    )


def _epoch(moment: str) -> int:
    return round(datetime.fromisoformat(moment).timestamp() * 1000)


def local_day(at: int, zone: ZoneInfo) -> date:
    """Return the day of a moment (epoch ms) in a zone."""
    return datetime.fromtimestamp(at / 1000, zone).date()


def moment(at: int | None, zone: ZoneInfo) -> str | None:
    """Return a moment (epoch ms) as RFC 3339 with the offset of a zone."""
    if at is None:
        return None
    return datetime.fromtimestamp(at / 1000, UTC).astimezone(zone).isoformat(timespec="seconds")
