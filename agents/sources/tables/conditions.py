"""The conditions of a mapping on a row, and the rows of a call from which a column takes its value."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Final

from agents.sources.tables.values import fitting
from config.columns import NamedColumn
from config.conditions import Condition
from config.mapping import Table

MOST_CALLS: Final = 100_000  # kept; a row of an older call has no value then, and is refused


class RowsOfCalls:
    """The latest row of each call that meets the `of_rows` of a column."""

    def __init__(self, table: Table) -> None:
        self._id = table.id
        self._parts = [part for _, part in table.parts() if part.of_rows]
        self._rows: list[dict[tuple[str, ...], Mapping[str, str]]] = [{} for _ in self._parts]

    def note(self, values: Mapping[str, str]) -> None:
        """Keep a row for the later rows of its call."""
        for part, rows in zip(self._parts, self._rows, strict=True):
            if failing(values, part.of_rows) is None:
                call = self._call(values)
                rows.pop(call, None)
                rows[call] = values
                if len(rows) > MOST_CALLS:
                    del rows[next(iter(rows))]

    def of(self, part: NamedColumn, values: Mapping[str, str]) -> Mapping[str, str]:
        """Return the row from which a column takes its value: its call's, or else an empty one, if it has `of_rows`."""
        if not part.of_rows:
            return values
        return self._rows[self._parts.index(part)].get(self._call(values)) or defaultdict(str)

    def _call(self, values: Mapping[str, str]) -> tuple[str, ...]:
        return tuple(values[name] for name in self._id)


def failing(values: Mapping[str, str], conditions: Mapping[str, Condition]) -> str | None:
    """Return the first column whose condition fails, None if all hold."""
    return next((name for name, asked in conditions.items() if not _holds(name, values[name], asked)), None)


def _holds(name: str, value: str, asked: Condition) -> bool:
    return (
        (not asked.one_of or value in asked.one_of)
        and value not in asked.none_of
        and (asked.pattern is None or fitting(value, asked.pattern, name) is not None)
    )
