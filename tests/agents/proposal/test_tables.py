"""Of a dump the table with the columns of calls is taken, and none if no table has them."""

from __future__ import annotations

import pytest

from agents.proposal.tables import NoTableError, guessed_table

ACCESS = b"INSERT INTO log_access (id, at, ip) VALUES (1, '2026-03-04 08:00:00', '10.0.0.1');\n"
SHORT = b"INSERT INTO old (id, at, result) VALUES (1, '2025-03-04 09:00:00', 'answered');\n"
CALLS = (
    b"INSERT INTO calls (id, at, result) VALUES "
    b"(1, '2026-03-04 09:00:00', 'answered'), (2, '2026-03-04 09:01:00', 'abandoned');\n"
)


def dump(*parts: bytes) -> list[bytes]:
    return [b"-- MySQL dump\n", *parts]


@pytest.mark.parametrize("parts", [(ACCESS, CALLS), (CALLS, ACCESS), (SHORT, CALLS, ACCESS)])
def test_an_access_log_is_no_table_of_calls_and_the_longest_table_is_taken(parts: tuple[bytes, ...]) -> None:
    found = guessed_table(dump(*parts[:1]), parts[1:])
    assert found is not None
    assert (found.table.path, found.found.of, len(found.table.rows)) == ("calls", "calls", 2)


def test_a_dump_without_a_table_of_calls_names_its_tables() -> None:
    with pytest.raises(NoTableError, match="as calls have: log_access; write a mapping"):
        guessed_table(dump(ACCESS), ())
    with pytest.raises(NoTableError, match="as calls have: none"):
        guessed_table(dump(), ())


def test_a_table_needs_two_columns_that_can_be_guessed() -> None:
    assert guessed_table([b"who,comment\n", b"Ann,hello\n"], ()) is None
    assert guessed_table([b"id,start\n", b"1,2026-03-04 09:00\n"], ()) is not None
