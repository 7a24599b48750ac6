"""The table of a file that no mapping describes, and of an SQL dump the one that has calls, tickets or totals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Final, NamedTuple

from agents.handbook import page
from agents.proposal.columns import FIRST, GuessedOf, Guesses, guesses
from agents.sources.lines import is_dump
from agents.sources.tables.sample import Sample, of_dump, sample
from agents.translation import text

# Besides their moment, rows have at least one of these; the rows of an access log have none.
_NEEDED: Final[Mapping[GuessedOf, frozenset[str]]] = {
    "calls": frozenset({"answered", "outcome", "wait", "talk"}),
    "tickets": frozenset({"called", "served", "completed", "outcome", "wait"}),
    "readings": frozenset({"offered", "answered", "lost"}),
}


class GuessedTable(NamedTuple):
    """A table, and what its columns seem to mean."""

    table: Sample
    found: Guesses


class NoTableError(ValueError):
    """No table of a dump looks like calls, tickets or totals."""


def guessed_table(first: Sequence[bytes], rest: Iterable[bytes], of: GuessedOf | None = None) -> GuessedTable | None:
    """Return the table in the `first` lines of a file; of an SQL dump, the likeliest in all of its lines.

    `of` is the kind of its rows, if known. None if the file has no table or too little can be guessed. Raises
    `NoTableError`.
    """
    if is_dump(next(filter(bytes.strip, first), b"")):
        return _likeliest(of_dump(chain(list(first), rest)), of)
    table = sample(first)
    found = guesses(table, of) if table and table.rows else None
    return GuessedTable(table, found) if table and found and len(found.keys) > 1 else None


def _likeliest(tables: Sequence[Sample], of: GuessedOf | None) -> GuessedTable:
    """Return the table with the most known columns, the longest of several."""
    guessed = [GuessedTable(table, guesses(table, of)) for table in tables]
    fits = [each for each in guessed if _fits(each.found)]
    if not fits:
        raise NoTableError(
            text(
                "no table has a moment with an outcome or a duration, as calls have: {tables}; write a mapping that "
                "names its table under `rows`: {page}",
                tables=", ".join(str(each.path) for each in tables) or text("none"),
                page=page("mappings.md"),
            )
        )
    return max(fits, key=lambda each: (len(each.found.keys), len(each.table.rows)))


def _fits(found: Guesses) -> bool:
    return FIRST[found.of] in found.keys and not _NEEDED[found.of].isdisjoint(found.keys)
