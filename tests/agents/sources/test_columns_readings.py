"""A counter's totals in a table become readings, of the line that its queue is; what cannot be read is refused."""

from __future__ import annotations

from collections import Counter

import pytest

from agents.sources.columns import Columns
from agents.sources.columns_readings import ReadingRows
from agents.sources.entry import Accepted, Entry, Refused
from agents.sources.files import table as read_table
from config.mapping import Table, available
from config.refusal import ConfigError
from streams.events import Reading
from tests.agents.sources.pseudonyms import PSEUDONYM

HEADER = "line,at,mode,offered,answered,lost,since\n"
LINES = {"600": "circulation", "standard": "standard"}


def read(text: str, table: Table | None = None) -> list[Entry]:
    chosen = available({})["readings"] if table is None else table
    columns = Columns(chosen, "wallboard", "lozere", "Europe/Paris", PSEUDONYM, LINES.get, Counter())
    return list(read_table(text.encode().splitlines(keepends=True), ReadingRows(columns), PSEUDONYM, "file"))


def told(text: str) -> list[Reading]:
    found = [each.event for each in read(text) if isinstance(each, Accepted)]
    assert all(isinstance(each, Reading) for each in found)
    return found  # type: ignore[return-value]  # just asserted


def test_rows_are_readings_in_the_order_of_their_moments() -> None:
    rows = "standard,2013-03-04 09:00,cumulative,99999999,9,1.0,\n600,1362382200,interval,,,3,1362381300\n"
    first, second = told(HEADER + rows)
    assert (first.line, first.mode, first.at, first.since) == ("circulation", "interval", 1362382200.0, 1362381300.0)
    assert (first.offered, first.answered, first.lost) == (None, None, 3)
    assert (second.line, second.mode, second.at, second.since) == ("standard", "cumulative", 1362384000.0, None)
    assert (second.offered, second.answered, second.lost) == (99_999_999, 9, 1)
    assert (second.id, second.source, second.site) == ("wallboard:standard:1362384000.0", "wallboard", "lozere")


def test_a_row_that_says_no_mode_is_told_by_its_beginning() -> None:
    found = told("line,at,lost,since\nstandard,1362382200,3,1362381300\nstandard,1362382201,3,\n")
    assert [each.mode for each in found] == ["interval", "cumulative"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("nobody,1362382200,cumulative,1,1,0,", "unknown-line"),
        ("standard,,cumulative,1,1,0,", "no-time"),
        ("standard,soon,cumulative,1,1,0,", "no-time"),
        ("standard,1362382200,daily,1,1,0,", "unknown-outcome"),
        ("standard,1362382200,cumulative,,,,", "no-count"),
        ("standard,1362382200,cumulative,many,,,", "no-count"),
    ],
)
def test_what_is_no_reading_is_refused(row: str, reason: str) -> None:
    (refused,) = read(HEADER + row + "\n")
    assert isinstance(refused, Refused)
    assert (refused.row, refused.why.reason) == (2, reason)


def test_a_file_without_its_line_is_refused() -> None:
    with pytest.raises(ConfigError):
        read("at,mode,offered\n1,cumulative,1\n")
