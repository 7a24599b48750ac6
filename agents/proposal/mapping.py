"""The mapping of an unknown table as YAML, with the reason for each guess and the parts that are missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from agents.language import Language
from agents.proposal.columns import FIRST, Guess, Guesses, Kind
from agents.proposal.observed import readable_id
from agents.proposal.written import comment, quoted, scalar
from agents.sources.tables.sample import Sample
from agents.translation import Words
from streams.number import ANY_NUMBERS, withheld
from streams.said import Said, said

NAME: Final = "table"  # of the proposed mapping
MISSING: Final = "MISSING"  # in place of a column
_MOST_LINES: Final = 50
_DESKS: Final = {"calls": "lines", "readings": "lines", "tickets": "services"}
_MOMENTS: Final = {
    "calls": ("offered", "answered", "ended"),
    "tickets": ("issued", "called", "served", "completed"),
    "readings": ("since",),
}
_NO_ID: Final = said(
    "no column has a different value in each row; an id is needed, of one column or of several together"
)
_NO_QUEUE: Final = said("no column looks like a queue or a service: all rows are about one")
_NO_MOMENT: Final = said("no column looks like the moment at which a caller or a ticket came; it is needed")
_NO_DAY: Final = said(
    "no column looks like a day; export totals by days, as a longer total does not say how many calls each day had"
)
_NO_TOTALS: Final = said("no two columns look like totals of calls received, answered or lost; two are needed")
_NO_OUTCOME: Final = said(
    "no column with few values looks like an outcome, so the moments decide; check that no machine answers"
)
_NO_ANSWER: Final = said("no column shows which calls a person answered; it is needed")
_VALUES: Final[Mapping[Kind, Said]] = {
    "moment": said("moments"),
    "date": said("dates"),
    "length": said("durations"),
    "count": said("whole numbers"),
    "unique": said("another value in each row"),
    "few": said("few different values"),
    "name": said("names or numbers, no durations and no moments"),
    "any": said("no check of the values"),
}


def written(found: Guesses, table: Sample, file: str, zone: str, language: Language) -> str:
    """Return a configuration with the mapping; a part that is missing is marked with `MISSING`."""
    return "\n".join(_rows(found, table, file, zone, Words(language))) + "\n"


def _rows(found: Guesses, table: Sample, file: str, zone: str, text: Words) -> Iterator[str]:
    yield from comment(
        text(
            "Proposed by tocsin init {file}, from the names of its columns and the values of its first {count} rows. "
            "Check every line, and replace each {missing}.",
            file=file,
            count=len(table.rows),
            missing=MISSING,
        )
    )
    yield "site: office"
    yield f"timezone: {scalar(zone)}"
    if found.of == "readings":
        yield "line_defaults: {lifecycle: totals}"
    yield f"{_DESKS[found.of]}:"
    yield from _desks(found)
    yield "mappings:"
    yield f"  {NAME}:"
    yield from (f"    {row}" for row in _mapping(found, table, text))


def _desks(found: Guesses) -> Iterator[str]:
    taken: list[str] = []
    names = [name for name in found.queues if withheld(name, ANY_NUMBERS) == name][:_MOST_LINES]
    for name in names or [_DESKS[found.of].removesuffix("s")]:
        taken.append(name if found.of == "tickets" and readable_id(name, []) == name else readable_id(name, taken))
        own = f"queues: [{quoted(name)}]" if names and found.of != "tickets" else f"label: {quoted(name)}"
        yield f"  {scalar(taken[-1])}: {{{own}}}"


def _mapping(found: Guesses, table: Sample, text: Words) -> Iterator[str]:
    keys = found.keys
    yield f"of: {found.of}"
    if table.others:
        others = text("the dump also has {tables}; name another table here", tables=", ".join(table.others))
        yield from comment(withheld(others, ANY_NUMBERS))
    if table.path:
        yield f"rows: {scalar(table.path)}"
    if found.comma:
        yield "decimal: comma"
    if found.of != "readings":
        yield from _part("id", keys, text) if "id" in keys else _missing(_NO_ID, f"id: {MISSING}", text)
    if "queue" in keys:
        yield from _queue(found, keys["queue"], text)
    else:
        yield from _missing(_NO_QUEUE, f"queue: {{fixed: {_DESKS[found.of].removesuffix('s')}}}", text)
    yield from _moments(found, text)
    if found.of == "readings":
        yield from _totals(found, text)
        return
    for key in ("wait", "talk"):
        yield from _part(key, keys, text)
    yield from _outcome(found, text)
    for key in ("caller", "agent"):
        yield from _part(key, keys, text)


def _part(key: str, keys: Mapping[str, Guess], text: Words) -> Iterator[str]:
    if (guess := keys.get(key)) is not None:
        columns = [scalar(name) for name in guess.columns]
        yield from comment(_reason(guess, text))
        yield f"{key}: {columns[0] if len(columns) == 1 else '[' + ', '.join(columns) + ']'}"


def _reason(guess: Guess, text: Words) -> str:
    values = text(_VALUES[guess.kind])
    return text('"{word}" in the name; {values}', word=guess.word, values=values) if guess.word else values


def _missing(reason: Said, row: str, text: Words) -> Iterator[str]:
    yield from comment(text(reason))
    yield row


def _queue(found: Guesses, guess: Guess, text: Words) -> Iterator[str]:
    yield from comment(_reason(guess, text))
    ids = {name: readable_id(name, []) for name in found.queues[:_MOST_LINES]} if found.of == "tickets" else {}
    other = {name: own for name, own in ids.items() if own != name and withheld(name, ANY_NUMBERS) == name}
    values = ", ".join(f"{quoted(name)}: {own}" for name, own in other.items())
    column = scalar(guess.columns[0])
    yield f"queue: {{column: {column}, values: {{{values}}}}}" if values else f"queue: {column}"


def _totals(found: Guesses, text: Words) -> Iterator[str]:
    totals = [key for key in ("offered", "answered", "lost") if key in found.keys]
    for key in totals:
        yield from _part(key, found.keys, text)
    if len(totals) < 2:  # noqa: PLR2004 -- the third follows from two
        missing = "offered" if "offered" not in totals else "answered"
        yield from _missing(_NO_TOTALS, f"{missing}: {MISSING}", text)


def _moments(found: Guesses, text: Words) -> Iterator[str]:
    first = FIRST[found.of]
    if first not in found.keys:
        yield from comment(text(_NO_DAY if found.of == "readings" else _NO_MOMENT))
    guessed: Mapping[str, Guess] = {name: found.keys[name] for name in _MOMENTS[found.of] if name in found.keys}
    if any(guess.is_ambiguous for guess in guessed.values()):
        yield from comment(text("in these dates the day is read first; it could also be the month"))
    yield "moments:"
    if first not in found.keys:
        yield f"  {first}: {MISSING}"
    for name, guess in guessed.items():
        yield from comment(_reason(guess, text), "  ")
        yield f"  {name}: {_moment(guess)}"
    if found.of == "readings" and first in found.keys:
        yield from comment(
            text("a row is taken to be a day; name another period, or the end of each reading under `at`")
        )
    if found.of == "readings":
        yield "period: day"


def _moment(guess: Guess) -> str:
    if len(guess.columns) > 1:
        parts = [f"date: {scalar(guess.columns[0])}", f"time: {scalar(guess.columns[1])}"]
    else:
        parts = [f"column: {scalar(guess.columns[0])}"]
    if guess.form:
        parts.append(f"format: {quoted(guess.form)}")
    if guess.in_milliseconds:
        parts.append("unit: milliseconds")
    return scalar(guess.columns[0]) if len(parts) == 1 else f"{{{', '.join(parts)}}}"


def _outcome(found: Guesses, text: Words) -> Iterator[str]:
    shown = {value: meaning for value, meaning in found.outcomes.items() if withheld(value, ANY_NUMBERS) == value}
    known = {value: meaning for value, meaning in shown.items() if meaning}
    if not known and (found.of == "tickets" or "answered" in found.keys):
        yield from comment(text(_NO_OUTCOME))
        return
    of_words = said("from words in the values; check that these are a person's answers, not a machine's")
    yield from comment(text(of_words if known else _NO_ANSWER))
    if unknown := [value for value in shown if value not in known]:
        values = ", ".join(map(quoted, unknown))
        yield from comment(text("without a meaning yet, so that their rows are refused: {values}", values=values))
    yield "outcome:"
    yield f"  column: {scalar(found.keys['outcome'].columns[0]) if shown else MISSING}"
    yield "  values:"
    yield from (f"    {quoted(value)}: {meaning}" for value, meaning in (known or {MISSING: "answered"}).items())
