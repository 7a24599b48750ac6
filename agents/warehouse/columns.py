"""The columns of the analysts' tables, and what identifies a row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

from streams.periods.slots import CHANNEL_COLUMNS, LINE_COLUMNS, SERVICE_COLUMNS

# moment: ms, UTC; counts: numbers by name
ColumnType: TypeAlias = Literal["string", "int", "float", "bool", "date", "moment", "counts", "evidence"]
Columns: TypeAlias = Mapping[str, ColumnType]

COUNTS: Final = tuple(dict.fromkeys((*LINE_COLUMNS, *SERVICE_COLUMNS, *CHANNEL_COLUMNS)))
WAITS: Final = ("wait", "lost_wait", "service")  # of answered calls or called tickets, of lost calls, at the counter

_DESK: Final[Columns] = {"site": "string", "kind": "string", "name": "string", "period": "string"}
_FIGURES: Final[Columns] = {
    **{f"raw_{each}": "int" for each in COUNTS},
    **{f"corrected_{each}": "int" for each in COUNTS},
    "lost_reasons": "counts",
    "diverted_reasons": "counts",
    "coverage": "float",
    "quality": "string",
    "guard": "string",
}
_INDICATORS: Final[Columns] = {  # as in CSV for programs
    **dict.fromkeys(("site", "period", "id", "label", "label_en", "unit"), "string"),
    **dict.fromkeys(("target", "raw"), "float"),
    **dict.fromkeys(("raw_part", "raw_whole"), "int"),
    "raw_status": "string",
    "raw_met": "bool",
    **dict.fromkeys(("corrected", "low", "high"), "float"),
    **dict.fromkeys(("corrected_part", "corrected_whole"), "int"),
    "corrected_status": "string",
    "corrected_met": "bool",
    "flips": "bool",
    "method": "string",
    "coverage": "float",
    **dict.fromkeys(("counted_from", "counted_to"), "date"),
    "before_period": "string",
    **dict.fromkeys(("before_raw", "before_corrected"), "float"),
    **dict.fromkeys(("incidents", "guard", "breaks", "integrity", "sums"), "string"),
}
TABLES: Final[Mapping[str, Columns]] = {
    "slots": {**_DESK, "start": "moment", "day": "date", "hour": "int", "open": "bool", **_FIGURES},
    "days": {
        **_DESK,
        "day": "date",
        "slots": "int",
        **_FIGURES,
        **{f"{each}_count": "int" for each in WAITS},
        **{f"{each}_seconds": "float" for each in WAITS},
    },
    "incidents": {
        "site": "string",
        "id": "string",
        "kind": "string",
        "name": "string",
        "verdict": "string",
        "fault": "string",
        "cause": "string",
        "status": "string",
        **dict.fromkeys(("started_at", "ended_at", "detected_at", "judged_until"), "moment"),
        "calls_to_detect": "int",
        "evidence": "evidence",
    },
    "decisions": {
        "site": "string",
        "incident": "string",
        "number": "int",
        "decision": "string",
        "decided_at": "moment",
        "decided_by": "string",
        **dict.fromkeys(("started_at", "ended_at"), "moment"),
    },
    "vintages": {
        "edition": "int",
        "published_at": "moment",
        "digest": "string",
        "publication": "string",
        **_INDICATORS,
    },
}
KEYS: Final[Mapping[str, tuple[str, ...]]] = {  # no two rows of a table are alike in these
    "slots": ("site", "kind", "name", "day", "start"),
    "days": ("site", "kind", "name", "day"),
    "incidents": ("site", "id"),
    "decisions": ("site", "incident", "number"),
    "vintages": ("site", "period", "id", "edition"),
}
