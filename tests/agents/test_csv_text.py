"""Each text fills one cell of a spreadsheet, and none runs as a formula."""

from __future__ import annotations

import csv
from io import StringIO

import pytest

from agents.csv_text import csv_text
from agents.language import Language

CELLS = ('a;b,c "d"\ne', "=1+1", "-1", -0.5, 12, 1.25, True, None)


@pytest.mark.parametrize(
    ("reader", "delimiter", "numbers"),
    [
        (None, ",", ["-0.5", "12", "1.25", "True"]),
        (Language.EN, ",", ["-0.5", "12", "1.25", "yes"]),
        (Language.FR, ";", ["-0,5", "12", "1,25", "oui"]),
    ],
)
def test_every_cell_comes_back_and_no_text_is_a_formula(
    reader: Language | None, delimiter: str, numbers: list[str]
) -> None:
    text = csv_text([CELLS, CELLS], reader)
    assert text.startswith("\ufeff") is (reader is not None)
    found = list(csv.reader(StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=delimiter))
    assert found == [[CELLS[0], "'=1+1", "'-1", *numbers, ""]] * 2
