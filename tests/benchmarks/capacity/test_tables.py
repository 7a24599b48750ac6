"""Tables of a page are read back as they were written."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.capacity.tables import number, row, table, written


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    told = written(("what", "MB"), [("a line", "1,200"), ("a counter", 3)])
    page.write_text(f"<!-- part -->\n\nwords\n\n{told}\n\n<!-- /part -->\n")
    rows = table(page, "part")
    assert number(row(rows, "a line")["MB"]) == 1_200
    assert number(row(rows, "a counter")["MB"]) == 3


def test_what_is_missing_is_told(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("<!-- part -->\n<!-- /part -->\n")
    with pytest.raises(ValueError, match="no part 'other'"):
        table(page, "other")
    with pytest.raises(ValueError, match="0 tables"):
        table(page, "part")
    with pytest.raises(ValueError, match="no row begins"):
        row([], "a line")
    with pytest.raises(ValueError, match="is no number"):
        number("none")
