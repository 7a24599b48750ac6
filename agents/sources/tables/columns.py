"""Interprets a table's row by its mapping: caller, line, moments and outcome."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from agents.sources.context import Context
from agents.sources.entry import short
from agents.sources.tables.conditions import RowsOfCalls, failing
from agents.sources.tables.moments import Moments
from agents.sources.tables.rows import TableRow
from agents.sources.tables.values import count, known, part_of, said_yes, seconds
from config.columns import Column, LengthColumn, NamedColumn
from config.mapping import Of, Table
from streams.decoding import Invalid
from streams.events import MAX_IDENTIFIER
from streams.said import said

_DESKS: Final[Mapping[Of, str]] = {"tickets": "service", "polls": "service", "requests": "channel"}
IGNORED: Final = "rows ignored by the mapping's outcome"


class Columns:
    """Rows read by the mapping of a context, which counts rows left out `aside`."""

    def __init__(self, context: Context) -> None:
        assert context.table is not None
        self.table = table = context.table
        self.source = context.source
        self.site = context.site
        self._rows = RowsOfCalls(table)
        self.moments = Moments(table, context.zone, self._rows.of)
        self.aside = context.aside
        self._pseudonym = context.pseudonym
        self._line_of = context.line_of
        self._comma = table.decimal == "comma"
        self._hidden = _of_caller(table)

    def counts(self, values: Mapping[str, str]) -> bool:
        """Return whether the mapping selects a row; count it aside if not.

        Raises `Invalid` if the mapping has `updated` and the row lacks that moment.
        """
        self._rows.note(values)
        updated = self.table.updated
        if updated is not None and self.moments.at(values, updated, "updated") is None:
            raise Invalid("no-time", said("no moment for updated; expected one in every row"))
        column = failing(values, self.table.where)
        if column is not None:
            self.aside[f"rows left out by where.{column}"] += 1
        return column is None

    def shown(self, row: TableRow) -> dict[str, str]:
        """Return the columns of a row without the caller's number, for the dead letters."""
        return {**row.values, **dict.fromkeys(self._hidden, self.caller(row.values) or "")}

    def outcome(self, values: Mapping[str, str]) -> tuple[str | None, str | None]:
        """Return a row's result and its reason; raise `Invalid` if the mapping does not have its outcome."""
        meaning = self._meaning(values)
        if meaning is None:
            return None, None
        result, _, reason = meaning.partition("/")
        if result == "ignore":
            self.aside[IGNORED] += 1
        return (None if result == "open" else result), reason or None

    def _meaning(self, values: Mapping[str, str]) -> str | None:
        outcome = self.table.outcome
        if outcome is None:
            return None
        for rule in outcome.rules:
            if failing(values, rule.when) is None:
                return rule.means
        if outcome.column is None or outcome.values is None:
            asked = dict.fromkeys(name for rule in outcome.rules for name in rule.when)
            found = ", ".join(f"{name} {values[name][:40]!r}" for name in asked if name not in self._hidden)
            raise Invalid(
                "unknown-outcome", said("{found}; expected values that match a rule of the outcome", found=found)
            )
        value = values[outcome.column]
        if value in outcome.values:
            return outcome.values[value]
        if not value:
            return None
        expected = ", ".join(outcome.values)
        raise Invalid(
            "unknown-outcome",
            said(
                "{found} in column {column}; expected one of {expected}",
                found=repr(value[:40]),
                column=outcome.column,
                expected=expected,
            ),
        )

    def name(self, values: Mapping[str, str]) -> str:
        """Return the id of a row's call, ticket or request; raise `Invalid` if it has none."""
        parts = [values[name] for name in self.table.id]
        if not all(parts):
            raise Invalid(
                "no-id", said("no value in {known}; expected the id of the row", known=", ".join(self.table.id))
            )
        return short(self._pseudonym.id("-".join(parts)))

    def service(self, values: Mapping[str, str]) -> str:
        """Return the service of a row of readings; raise `Invalid` if it has none."""
        column = self.table.service
        assert column is not None
        name = column.fixed or values[column.column or ""]
        if not name:
            words = said("no value in {column}; expected a {what}", column=column.column, what=said("service"))
            raise Invalid("unknown-service", words)
        return self._pseudonym.id(column.values.get(name, name))

    def queue(self, values: Mapping[str, str]) -> str:
        """Return the line, service or channel of a row; raise `Invalid` if it has none."""
        queue = self.table.queue
        assert queue is not None  # otherwise each line has its own columns
        name = queue.fixed or self._rows.of(queue, values)[queue.column or ""]
        if not name and queue.of_rows:
            asked = ", ".join(queue.of_rows)
            words = said(
                "no row of the call so far meets `of_rows` ({asked}); expected its queue's row first", asked=asked
            )
            raise Invalid("unknown-line", words)
        if name and queue.pattern:
            name = part_of(name, queue.pattern, queue.column or "")
        name = queue.values.get(name, name)
        if what := _DESKS.get(self.table.of):
            if not name:
                raise Invalid(
                    f"unknown-{what}",
                    said("no value in {column}; expected a {what}", column=queue.column, what=said(what)),
                )
            return self._pseudonym.id(name)
        return self.line(name)

    def line(self, name: str) -> str:
        """Return the line of a queue's name; raise `Invalid` if it has none."""
        line = self._line_of(name) if name else None
        if line is None:
            raise Invalid(
                "unknown-line", said("queue {queue} belongs to no line; add it to a line's `queues`", queue=repr(name))
            )
        return line

    def agent(self, values: Mapping[str, str]) -> str | None:
        """Return the agent or the counter of a row, without telephone numbers."""
        name = self._known(values, self.table.agent)
        return self._pseudonym.within(name)[:MAX_IDENTIFIER] if name else None

    def appointment(self, values: Mapping[str, str]) -> bool | None:
        """Return whether a row's visitor had an appointment; raise `Invalid` if the text is no yes, no or time."""
        return said_yes(self._of(values, self.table.appointment), self.table.appointment, self.moments.knows)

    def reason(self, values: Mapping[str, str]) -> str | None:
        """Return the reason of a row's request, without telephone numbers."""
        found = self._known(values, self.table.reason)
        return self._pseudonym.within(found)[:MAX_IDENTIFIER] if found else None

    def ticket(self, name: str) -> str:
        """Return a ticket's name without telephone numbers."""
        return short(self._pseudonym.id(name))

    def caller(self, values: Mapping[str, str]) -> str | None:
        """Return the pseudonym of a row's caller."""
        number = self._known(values, self.table.caller)
        return self._pseudonym.of(number) if number else None

    def seconds(self, values: Mapping[str, str], length: LengthColumn | None) -> float | None:
        """Return a row's duration (s); raise `Invalid` if the text is no duration."""
        return seconds(self._of(values, length), length, comma=self._comma)

    def count(self, values: Mapping[str, str], column: Column | None, of: int | None = None) -> int | None:
        """Return a row's whole number, or a share `of` another; raise `Invalid` if the text is neither."""
        return count(values, column, comma=self._comma, of=of)

    def _known(self, values: Mapping[str, str], column: Column | None) -> str | None:
        return known(self._of(values, column), column)

    def _of(self, values: Mapping[str, str], column: NamedColumn | None) -> Mapping[str, str]:
        return values if column is None else self._rows.of(column, values)


def _of_caller(table: Table) -> frozenset[str]:
    """Return the columns that may have a caller's number."""
    if table.caller is None:
        return frozenset()
    own = {table.caller.column, *table.first_of.get(table.caller.column, ())}
    return frozenset(own | {name for name, names in table.first_of.items() if own.intersection(names)})
