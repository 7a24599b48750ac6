"""Writing the sample of calls as a table for the person who checks it, and reading that person's answers."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence, Set
from datetime import date, datetime
from io import StringIO
from pathlib import Path
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from agents.certificate.certificate import CertifiedSample
from agents.csv_text import csv_text
from agents.history.incident_json import moment
from agents.language import Language
from streams.certificate.attempts import LineCalls
from streams.certificate.sample import Answer, Checked, CountedCall, draw, equivalence
from streams.kept.times import QUARTER_MS
from streams.said import said

ANSWER: Final = "answer"
COLUMNS: Final = (
    *("seed", "number", "drawn", "calls", "lost", "from", "to"),
    *("call", "at", "outcome", "wait_seconds", ANSWER),
)


# The words that a person may write as an answer, in English or French.
ANSWERS: Final[Mapping[str, Answer]] = {
    "right": "right",
    "wrong": "wrong",
    "unknown": "unknown",
    "juste": "right",
    "faux": "wrong",
    "inconnu": "unknown",
}


class AnswersError(ValueError):
    """Answers that cannot be used; the message says why, and what was expected."""


class Answered(NamedTuple):
    """The answers to a sample, and the figures it was drawn for."""

    path: Path
    seeds: frozenset[str]
    sample: CertifiedSample

    def of_figures(self, seed: str) -> CertifiedSample:
        """Return the sample if it was drawn for the figures with this seed; else raise `AnswersError`."""
        if self.seeds != {seed}:
            raise AnswersError(
                said(
                    "{path} was drawn for other figures: seed {found}, expected {seed}; draw a new sample",
                    path=self.path,
                    found=min(self.seeds - {seed}),
                    seed=seed,
                )
            )
        return self.sample


def counted_calls(calls: LineCalls, slots: Set[int]) -> list[CountedCall]:
    """Return the calls that began in these slots, with their counted outcomes."""
    found: list[CountedCall] = []
    for ordinal, attempts in sorted(calls.days.items()):
        month = date.fromordinal(ordinal).isoformat()[:7]
        found += [
            CountedCall(month, "unresolved" if each.unsent else each.outcome, each.call, each.start, each.wait)
            for each in attempts
            if each.start // QUARTER_MS in slots
        ]
    return found


def written(calls: Sequence[CountedCall], number: int, seed: str, zone: ZoneInfo, reader: Language) -> str:
    """Return a sample as CSV for the `reader` who fills in its last column; `calls` is not empty."""
    drawn = draw(calls, number, seed)
    days = sorted(datetime.fromtimestamp(each.at / 1000, zone).date() for each in calls)
    table: list[Sequence[Any]] = [COLUMNS]
    for n, each in enumerate(drawn, 1):
        of_all = (seed, n, len(drawn), len(calls), sum(call.lost for call in calls), days[0], days[-1])
        of_call = (each.call, moment(each.at, zone), each.outcome, round(each.wait / 1000), "")
        table.append((*of_all, *of_call))
    return csv_text(table, reader)


def answered(path: Path) -> Answered:
    """Return the answers in a file; raise `AnswersError` if it is not a sample or an answer is missing."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            text = file.read()
        head = text.partition("\n")[0]
        rows = list(csv.DictReader(StringIO(text), restval="", delimiter=";" if ";" in head else ","))
    except (UnicodeDecodeError, csv.Error):
        rows = []
    if not rows or not set(COLUMNS) <= rows[0].keys():
        raise AnswersError(
            said(
                "{path} is not a sample of calls; expected the columns {columns}", path=path, columns=", ".join(COLUMNS)
            )
        )
    first = rows[0]
    if sorted(row["number"] for row in rows) != sorted(map(str, range(1, _whole(first, "drawn", path) + 1))):
        raise AnswersError(
            said(
                "{path} has {count} rows for {drawn} drawn calls; expected each call once",
                path=path,
                count=len(rows),
                drawn=first["drawn"],
            )
        )
    checked = [Checked(row["outcome"] == "lost", _answer(row, path)) for row in rows]
    lost, calls = _whole(first, "lost", path), _whole(first, "calls", path)
    sample = CertifiedSample(first["from"], first["to"], calls, lost, equivalence(checked, lost, calls))
    return Answered(path, frozenset(row["seed"] for row in rows), sample)


def _answer(row: Mapping[str, str], path: Path) -> Answer:
    found = (row[ANSWER] or "").strip().lower()
    if found not in ANSWERS:
        raise AnswersError(
            said(
                "{path}, call {number}: {found} in {column}; expected one of {known}",
                path=path,
                number=row["number"],
                found=repr(found) if found else said("nothing"),
                column=repr(ANSWER),
                known=", ".join(ANSWERS),
            )
        )
    return ANSWERS[found]


def _whole(row: Mapping[str, str], column: str, path: Path) -> int:
    try:
        return int(row[column])
    except ValueError:
        raise AnswersError(
            said(
                "{path}: {found} in the column {column}; expected a whole number",
                path=path,
                found=repr(row[column]),
                column=column,
            )
        ) from None
