"""A satisfaction survey as a file: an answer per row.

Its columns are respondent, question and answer, and if wanted date, subgroup, channel, suggestion and theme.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from agents.sources.entry import Refused
from agents.sources.tables import table
from agents.sources.tables.rows import MalformedRow, TableRow
from streams.decoding import Invalid
from streams.indicators.survey import SATISFIED, UNSATISFIED, Answer, satisfied
from streams.number import ANY_NUMBERS, WITHHELD, withheld
from streams.said import said


class SurveyLayout(NamedTuple):
    delimiter: str | None = None
    rows: str | None = None
    optional: tuple[str, ...] = ("date", "subgroup", "channel", "suggestion", "theme")
    columns: tuple[str, ...] = ()
    widths: Mapping[str, tuple[int, int]] = {}
    first_of: Mapping[str, tuple[str, ...]] = {}

    def used(self) -> tuple[str, ...]:
        return ("respondent", "question", "answer", *self.optional)


def read(lines: Iterable[bytes], file: str) -> Iterator[Answer | Refused]:
    """Read the answers of a CSV or JSON file; of a refused row only the answer is kept, in the reason.

    The text of a suggestion is not kept. A telephone number in the name of a group or theme is withheld.
    A respondent answers a question once; answers without a respondent are not checked. Raises `ConfigError`, before any
    row, if the file lacks a column.
    """
    return _answers(table.read(lines, SurveyLayout(), file))


def _answers(rows: Iterable[TableRow | MalformedRow]) -> Iterator[Answer | Refused]:
    lines: dict[tuple[str, str], int] = {}  # the line of a respondent's answer to a question
    for row in rows:
        try:
            answer = _answer(row, lines)
        except Invalid as why:
            yield Refused(row.number, b"", why)
            continue
        yield answer


def _answer(row: TableRow | MalformedRow, lines: dict[tuple[str, str], int]) -> Answer:
    if isinstance(row, MalformedRow):
        raise Invalid("malformed", row.detail)
    respondent, question, answer, day, *names = (row.values[name] for name in SurveyLayout().used())
    subgroup, channel, suggestion, theme = map(_category, names)
    if not question:
        raise Invalid("no-question", said("no value in question; expected the question"))
    if (line := lines.get((respondent, question))) is not None:
        raise Invalid(
            "repeated",
            said("already answered in line {line}; expected one answer per respondent and question", line=line),
        )
    given = _day(day)
    try:
        suggested = theme if suggestion or theme else None
        found = Answer(question, satisfied(answer), given, subgroup, channel, suggested)
    except ValueError:
        known, shown = ", ".join((*SATISFIED, *UNSATISFIED)), repr(withheld(answer[:80], ANY_NUMBERS))
        words = said("{found}; expected one of {known}, or nothing", found=shown, known=known)
        raise Invalid("unknown-answer", words) from None
    if respondent:
        lines[respondent, question] = row.number
    return found


def _category(name: str) -> str:
    """Return the name of a group or theme without telephone numbers."""
    return ANY_NUMBERS.without(name.strip(), lambda _: WITHHELD, words=False)


def _day(given: str) -> date | None:
    """Return the day of an ISO 8601 date, None if it is empty."""
    try:
        return date.fromisoformat(given) if given else None
    except ValueError:
        words = said("{found} in date; expected YYYY-MM-DD", found=repr(given[:80]))
        raise Invalid("not-a-date", words) from None
