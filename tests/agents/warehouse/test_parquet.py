"""DuckDB reads the folder as it is: the queries of the documentation, files replaced whole."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any, Final

import duckdb
import pytest

from agents.totals.history import figures
from agents.warehouse.columns import TABLES
from agents.warehouse.parquet import write_offices
from tests.agents.nation.made import MONTH, TODAY
from tests.agents.warehouse.test_rows import corrected_rate, faulty_january, office, told

PAGE: Final = Path(__file__).parents[3] / "docs/parquet.md"
QUERIES: Final[list[str]] = re.findall(r"(?ms)^```sql\n(.*?)^```$", PAGE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with two offices; the first has a miscount that a person confirmed."""
    folder = tmp_path_factory.mktemp("office") / "lake"
    found = office()
    told(found.history, found.settings)
    write_offices(folder, [found, office("doubt")])
    return folder


def asked(lake: Path, query: str) -> list[dict[str, Any]]:
    with duckdb.connect() as sql:
        found = sql.sql(query.replace("'lake/", f"'{lake}/"))
        return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]


@pytest.mark.parametrize("number", range(len(QUERIES)))
def test_a_query_of_the_documentation_runs(lake: Path, number: int) -> None:
    rows = asked(lake, QUERIES[number])
    nothing = "NOT open" in QUERIES[number]  # no call comes outside opening hours
    assert bool(rows) is not nothing


def test_the_first_queries_give_the_figures_of_the_period(lake: Path) -> None:
    assert len(QUERIES) == 10
    figures_now = {(each["site"], each["id"]): each for each in asked(lake, QUERIES[0])}
    by_month = {(each["site"], each["name"]): each for each in asked(lake, QUERIES[1])}
    for site in ("a", "doubt"):
        found = office(site)
        if site == "a":
            told(found.history, found.settings)
        for name, line in figures(found.settings, found.history, MONTH, TODAY).lines.items():
            raw, best = line.raw.lost / line.raw.offered, line.corrected
            for row in (figures_now[site, f"lost_rate:{name}"], by_month[site, name]):
                assert row["raw"] == raw
                assert row["corrected"] == (None if best is None else best.lost / best.offered)
                assert best is None or row["coverage"] == pytest.approx(line.coverage)


def test_a_month_written_after_its_year_leaves_the_corrected_rate_of_the_year(tmp_path: Path) -> None:
    year, lake = faulty_january(), tmp_path / "lake"

    def rows(query: str, period: str) -> list[dict[str, Any]]:
        return [each for each in asked(lake, query) if each.get("period", period) == period]

    queries = [QUERIES[0], *(f"FROM 'lake/{table}/**/*.parquet' ORDER BY ALL" for table in TABLES)]
    write_offices(lake, [year])
    before = [rows(query, "2013") for query in queries]
    write_offices(lake, [year._replace(period=MONTH)])
    assert [rows(query, "2013") for query in queries] == before
    rates = {each["period"]: each["corrected"] for each in asked(lake, QUERIES[0]) if "circulation" in each["id"]}
    assert rates == {"2013": corrected_rate(year), "2013-01": None}
    assert rates["2013"] is not None


def test_every_table_has_its_columns_and_the_page_names_each_table(lake: Path) -> None:
    for table, columns in TABLES.items():
        found = asked(lake, f"DESCRIBE SELECT * FROM 'lake/{table}/**/*.parquet'")
        assert [each["column_name"] for each in found][: len(columns)] == [*columns]
        assert {each["column_name"] for each in found} == {*columns, "year", "month"}
        assert f"| `{table}` |" in PAGE.read_text(encoding="utf-8")


def test_a_file_is_replaced_and_an_incident_that_is_gone_leaves_it(tmp_path: Path) -> None:
    found = office()
    told(found.history, found.settings)
    write_offices(tmp_path, [found])
    query = "SELECT count(*) AS n FROM 'lake/incidents/**/*.parquet'"
    assert asked(tmp_path, query) == [{"n": 1}]
    write_offices(tmp_path, [office()])
    assert asked(tmp_path, query) == [{"n": 0}]
    assert not [each for each in tmp_path.rglob("*") if each.is_file() and each.suffix != ".parquet"]


def test_moments_are_utc_and_days_are_local(lake: Path) -> None:
    query = "SELECT epoch(start) AS start, day, hour FROM 'lake/slots/**/*.parquet' WHERE kind = 'line' ORDER BY start"
    assert asked(lake, query)[0] == {"start": 1_357_027_200, "day": date(2013, 1, 1), "hour": 9}
