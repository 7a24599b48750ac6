"""The columns of a figure: programs read shares and codes, people percents and words."""

from __future__ import annotations

import csv
from io import StringIO

from agents.language import Language
from agents.totals.columns import figure_columns, table_csv
from agents.totals.rows import office_rows
from agents.totals.telling import Telling
from tests.agents.totals.year import PARIS, wrong, year


def test_programs_read_shares_and_people_percents_and_words() -> None:
    rows = office_rows(year(wrong()))[:1]
    columns = figure_columns(Telling(Language.EN, PARIS))
    for_programs = next(csv.DictReader(StringIO(table_csv(columns, rows, None))))
    for_people = next(csv.DictReader(StringIO(table_csv(columns, rows, Language.EN).removeprefix("\ufeff"))))
    assert (for_programs["target"], for_programs["raw_status"], for_programs["unit"]) == ("0.1", "U", "share")
    assert (for_people["Target"], for_people["Raw status"], for_people["Unit"]) == ("10.0", "suspect", "%")
