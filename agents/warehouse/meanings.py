"""What the analysts' tables and their columns mean, for the comments in a database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from streams.said import Said, said

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
    "quality": said(
        "A: no known problem; P: not over; U: in a miscount or doubt; E: some slots are left out; Q: no corrected count"
    ),
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
    "corrected": said("As the figure of the period believes it; null if left out or withheld"),
}


def column_meaning(column: str) -> Said | None:
    """Return the meaning of a column; None if its name is clear by itself.

    >>> column_meaning("raw_lost").words, column_meaning("site")
    ('As counted; nothing alters it', None)
    """
    return _COLUMN_MEANINGS.get(column) or _COUNT_MEANINGS.get(column.partition("_")[0])
