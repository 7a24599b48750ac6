"""The columns of the analysts' tables, and what identifies a row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

from streams.periods.slots import CHANNEL_COLUMNS, LINE_COLUMNS, SERVICE_COLUMNS
from streams.said import Said, said

# moment: ms, UTC; counts: numbers by name
ColumnType: TypeAlias = Literal["string", "int", "float", "bool", "date", "moment", "counts", "evidence"]
Columns: TypeAlias = Mapping[str, ColumnType]

COUNTS: Final = tuple(dict.fromkeys((*LINE_COLUMNS, *SERVICE_COLUMNS, *CHANNEL_COLUMNS)))
WAITS: Final = ("wait", "lost_wait", "service")  # of answered calls or called tickets, of lost calls, at the counter

_DESK: Final[Columns] = {"site": "string", "kind": "string", "name": "string"}
_COUNTED: Final[Columns] = {  # no figure of a period: a row is the same whatever the period of the run
    **{f"raw_{each}": "int" for each in COUNTS},
    "lost_reasons": "counts",
    "diverted_reasons": "counts",
    "quality": "string",
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
    "slots": {**_DESK, "start": "moment", "day": "date", "hour": "int", "open": "bool", **_COUNTED},
    "days": {
        **_DESK,
        "day": "date",
        "slots": "int",
        **_COUNTED,
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
TABLE_MEANINGS: Final[Mapping[str, Said]] = {
    "slots": said("Quarters of an hour of lines, counter services and request channels"),
    "days": said("Days of lines, counter services and request channels: sums of slots, and waits"),
    "incidents": said("Incidents in their latest state, in the month in which they began"),
    "decisions": said("Decisions of persons on incidents"),
    "vintages": said("Indicators of whole periods: as of now (edition is null), and as published in each edition"),
}
_COLUMN_MEANINGS: Final[Mapping[str, Said]] = {
    "kind": said("line, service or channel"),
    "period": said("The period whose figure was computed"),
    "start": said("Start of the quarter of an hour"),
    "day": said("Local day"),
    "hour": said("Local hour"),
    "open": said("Whether the slot lies in opening hours"),
    "lost_reasons": said("Raw lost calls by reason"),
    "diverted_reasons": said("Raw diverted calls by reason"),
    "coverage": said("Share of slots with corrected counts"),
    "quality": said("A: no known problem; P: not over; U: in a miscount or doubt"),
    "guard": said("Why the figure of the whole period is withheld"),
    "wait_seconds": said("Sum of waits of answered calls or called tickets"),
    "lost_wait_seconds": said("Sum of waits of lost calls"),
    "service_seconds": said("Sum of times at the counter"),
    "evidence": said("Observed and expected figures of each check; a score above 0 is evidence of a miscount"),
    "edition": said("Number of the published edition; null for the figures as of now"),
    "publication": said("Hash of the publication, which tocsin audit --expect takes"),
    "year": said("Local year and month; each run replaces whole months"),
}
_COUNT_MEANINGS: Final[Mapping[str, Said]] = {
    "raw": said("As counted; nothing alters it"),
    "corrected": said("As the figure of the period believes it; null if withheld"),
}


def column_meaning(column: str) -> Said | None:
    """Return the meaning of a column; None if its name is clear by itself.

    >>> column_meaning("raw_lost").words, column_meaning("site")
    ('As counted; nothing alters it', None)
    """
    return _COLUMN_MEANINGS.get(column) or _COUNT_MEANINGS.get(column.partition("_")[0])
