"""The sample of calls as a table for the person who checks them, and the answers read back."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence, Set
from datetime import date, datetime
from io import StringIO
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from agents.certificate.certificate import CertifiedSample
from agents.history.incident_json import moment
from agents.totals.rows import safe
from streams.certificate.attempts import LineCalls
from streams.certificate.sample import Answer, Checked, CountedCall, draw, equivalence
from streams.kept.times import QUARTER_MS

ANSWER: Final = "answer"
COLUMNS: Final = (
    *("seed", "number", "drawn", "calls", "lost", "from", "to"),
    *("call", "at", "outcome", "wait_seconds", ANSWER),
)


# As a person writes it, in English or French.
ANSWERS: Final[Mapping[str, Answer]] = {
    "right": "right",
    "wrong": "wrong",
    "unknown": "unknown",
    "juste": "right",
    "faux": "wrong",
    "inconnu": "unknown",
}


class AnswersError(ValueError):
    """Tell why answers cannot be used, and what was expected."""


def counted_calls(calls: LineCalls, slots: Set[int]) -> list[CountedCall]:
    """Return the calls that entered in these slots, as they were counted."""
    found: list[CountedCall] = []
    for ordinal, attempts in sorted(calls.days.items()):
        month = date.fromordinal(ordinal).isoformat()[:7]
        found += [
            CountedCall(month, "unresolved" if each.unsent else each.outcome, each.call, each.start, each.wait)
            for each in attempts
            if each.start // QUARTER_MS in slots
        ]
    return found


def written(calls: Sequence[CountedCall], number: int, seed: str, zone: ZoneInfo) -> str:
    """Return a sample as CSV, with a column to answer in; there is one call at least."""
    drawn = draw(calls, number, seed)
    days = sorted(datetime.fromtimestamp(each.at / 1000, zone).date() for each in calls)
    text = StringIO()
    table = csv.writer(text)
    table.writerow(COLUMNS)
    for n, each in enumerate(drawn, 1):
        of_all = (seed, n, len(drawn), len(calls), sum(call.lost for call in calls), days[0], days[-1])
        told = (each.call, moment(each.at, zone), each.outcome, round(each.wait / 1000), "")
        table.writerow([safe(cell) for cell in (*of_all, *told)])
    return text.getvalue()


def answered(path: Path, seed: str) -> CertifiedSample:
    """Return what the answers in a file say; raise `AnswersError` where one is missing or they are of other figures."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    if not rows or not set(COLUMNS) <= rows[0].keys():
        raise AnswersError(f"{path} is no sample of calls; expected the columns {', '.join(COLUMNS)}")
    if any(row["seed"] != seed for row in rows):
        raise AnswersError(f"{path} was drawn for other figures: seed {rows[0]['seed']}, expected {seed}; draw anew")
    first = rows[0]
    if sorted(row["number"] for row in rows) != sorted(map(str, range(1, _whole(first, "drawn", path) + 1))):
        raise AnswersError(f"{path} has {len(rows)} of {first['drawn']} calls; expected each that was drawn, once")
    checked = [Checked(row["outcome"] == "lost", _answer(row, path)) for row in rows]
    lost, calls = _whole(first, "lost", path), _whole(first, "calls", path)
    return CertifiedSample(first["from"], first["to"], calls, lost, equivalence(checked, lost, calls))


def _answer(row: Mapping[str, str], path: Path) -> Answer:
    said = (row[ANSWER] or "").strip().lower()
    if said not in ANSWERS:
        expected = ", ".join(ANSWERS)
        raise AnswersError(f"{path}, call {row['number']}: {said or 'nothing'!r} in {ANSWER!r}; expected {expected}")
    return ANSWERS[said]


def _whole(row: Mapping[str, str], column: str, path: Path) -> int:
    try:
        return int(row[column])
    except ValueError:
        raise AnswersError(f"{path}: {row[column]!r} in the column {column}; expected a whole number") from None
