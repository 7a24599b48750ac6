"""A shared fault as JSON, and in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeAlias
from zoneinfo import ZoneInfo

from agents.across.evidence import shared_evidence_json
from agents.history.incident_json import evidence_json, moment
from agents.pages import words
from agents.translation import text
from streams.across.evidence import shared_evidence, site_evidence
from streams.across.place import Scope
from streams.across.shared import SharedFault
from streams.said import Said, said

AcrossJson: TypeAlias = dict[str, Any]

SCOPES: Final[Mapping[Scope, Said]] = {
    "exchange": said("exchange {name}"),
    "provider": said("provider {name}"),
    "department": said("department {name}"),
    "region": said("region {name}"),
    "nation": said("the whole nation"),
}


def across_json(fault: SharedFault, zone: ZoneInfo) -> AcrossJson:
    """Return a fault with its sites and the ids of its incidents; moments are in the nation's zone."""
    start, end = fault.bounds()
    return {
        "id": fault.id,
        "scope": fault.scope,
        "name": fault.name or None,
        "cause": fault.sort,
        "verdict": fault.verdict,
        "kind": fault.kind,
        "from": moment(start, zone),
        "to": moment(end, zone),
        "detected_at": moment(fault.detected, zone),
        "status": fault.status,
        "sites": {
            site: [{"id": each.id, "line": each.line, "status": each.status} for each in incidents]
            for site, incidents in fault.parts.items()
        },
        "open": fault.open,
        "against": fault.against,
        "evidence": [
            *map(shared_evidence_json, shared_evidence(fault)),
            *map(evidence_json, site_evidence(fault)),
        ],
    }


def scope_of(fault: SharedFault) -> str:
    return text(SCOPES[fault.scope], name=fault.name)


def described(fault: SharedFault, zone: ZoneInfo) -> str:
    """Describe a fault: id, scope, kind, bounds, and how many incidents a decision covers."""
    start, end = fault.bounds()
    names = ", ".join(dict.fromkeys((text(words.VERDICTS[fault.verdict]), text(words.MISCOUNTS[fault.kind]))))
    return text(
        "{incident} ({scope}: {what}, {start} to {end}; {count} incidents of {sites} offices)",
        incident=fault.id,
        scope=scope_of(fault),
        what=names,
        start=moment(start, zone),
        end=moment(end, zone),
        count=len(fault.incidents),
        sites=len(fault.parts),
    )
