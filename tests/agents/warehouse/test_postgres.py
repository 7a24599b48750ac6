"""PostgreSQL's tables equal the records after each run, and a run that cannot end writes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import psycopg
import pytest

from agents.language import Language
from agents.totals.history import figures
from agents.translation import speaking
from agents.warehouse.columns import TABLES
from agents.warehouse.postgres import PostgresError, write_offices
from agents.warehouse.rows import OfficeRecords, tables_of
from streams.indicators.period import Period
from tests.agents.nation.made import MONTH, TODAY
from tests.agents.warehouse.server import FIGURES, PASSWORD, Variables, asked, given_schema, needs_postgres, postgres
from tests.agents.warehouse.test_rows import corrected_rate, faulty_january, office, told

CONNECTION = {Language.EN: "no connection to PostgreSQL: ", Language.FR: "pas de connexion à PostgreSQL : "}
RIGHT = {Language.EN: "role other lacks a right: ", Language.FR: "il manque un droit au rôle other : "}
pytestmark = [needs_postgres, pytest.mark.slow]


@pytest.fixture(scope="module")
def administrator() -> Iterator[Variables]:
    with postgres() as variables:
        yield variables


@pytest.fixture
def role(administrator: Variables, monkeypatch: pytest.MonkeyPatch) -> Variables:
    """Give the role `tocsin` an empty schema, and let libpq connect it."""
    variables = given_schema(administrator)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return variables


def miscounted(site: str = "a") -> OfficeRecords:
    """Return an office with a miscount that a person confirmed."""
    found = office(site)
    told(found.history, found.settings)
    return found


def exact(value: Any) -> Any:
    return Decimal(repr(value)) if isinstance(value, float) else value


def stored(role: Variables, table: str) -> list[tuple[Any, ...]]:
    names = ", ".join(TABLES[table])
    return asked(role, f"SELECT {names}, year, month FROM tocsin.{table}")


def contents(role: Variables, table: str) -> list[tuple[Any, ...]]:
    return asked(role | {"PGUSER": "postgres"}, f"SELECT old::text FROM tocsin.{table} AS old ORDER BY 1")


def agree(role: Variables, *offices: OfficeRecords) -> None:
    """Compare every value of every table with the offices' records."""
    for table, columns in TABLES.items():
        expected = [
            (*(exact(row.get(each)) for each in columns), *month)
            for of in offices
            for month, rows in tables_of(of)[table].items()
            for row in rows
        ]
        assert sorted(stored(role, table), key=repr) == sorted(expected, key=repr)


def test_the_tables_equal_the_records_after_each_run_and_a_second_run_changes_nothing(role: Variables) -> None:
    rows = sum(
        len(each) for of in (miscounted(), office("doubt")) for by in tables_of(of).values() for each in by.values()
    )
    assert write_offices([miscounted(), office("doubt")]) == (rows, 0, 0)
    agree(role, miscounted(), office("doubt"))
    versions = "SELECT ctid, xmin FROM tocsin.slots ORDER BY ctid"
    before = asked(role, versions)
    assert write_offices(iter([miscounted(), office("doubt")])) == (0, 0, rows)
    assert asked(role, versions) == before
    changes = write_offices([office()])  # its incident is gone
    assert changes.deleted == 2
    assert 0 < changes.written < changes.unchanged
    agree(role, office(), office("doubt"))


def test_a_run_leaves_other_months_and_the_figures_of_other_periods(role: Variables) -> None:
    whole = office(period=Period(date(2013, 1, 1), date(2013, 2, 28)))
    write_offices([whole])
    february = [each for each in stored(role, "slots") if each[-1] == 2]
    write_offices([miscounted()])
    assert [each for each in stored(role, "slots") if each[-1] == 2] == february
    assert {each[0] for each in asked(role, "SELECT period FROM tocsin.vintages")} == {"2013-01", whole.period.name}


def test_the_figures_in_sql_are_those_of_totals_and_analysts_may_read_only(role: Variables) -> None:
    write_offices([miscounted(), office("doubt")])
    found = {(site, name): (raw, best) for site, _, name, raw, best, *_ in asked(role, FIGURES)}
    for of in (miscounted(), office("doubt")):
        lines = figures(of.settings, of.history, MONTH, TODAY).lines
        for name, line in lines.items():
            raw, best = found.pop((of.settings.site, f"lost_rate:{name}"))
            assert raw == pytest.approx(Decimal(line.raw.lost) / line.raw.offered)
            assert (best is None) is (line.corrected is None)
            if line.corrected is not None:
                assert best == pytest.approx(Decimal(line.corrected.lost) / line.corrected.offered)
    assert not found
    may_read = role | {"PGUSER": "postgres"}
    assert asked(may_read, "SELECT count(*) FROM tocsin.slots", options="-c role=analysts") > [(0,)]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        asked(may_read, "DELETE FROM tocsin.slots", options="-c role=analysts")


def test_a_month_written_after_its_year_leaves_the_corrected_rate_of_the_year(role: Variables) -> None:
    year = faulty_january()
    write_offices([year])
    write_offices([year._replace(period=MONTH)])
    rates = {row[1]: row[4] for row in asked(role, FIGURES) if row[2] == "lost_rate:circulation"}
    assert rates == {"2013": exact(corrected_rate(year)), "2013-01": None}
    assert rates["2013"] is not None


def test_comments_are_in_the_language_of_the_first_run(role: Variables) -> None:
    with speaking(Language.FR):
        write_offices([office()])
    says = "SELECT obj_description('tocsin.days'::regclass), col_description('tocsin.days'::regclass, 4)"
    assert asked(role, says) == [
        (
            "Journées des lignes, des guichets et des canaux de demandes : sommes des quarts d'heure, et attentes",
            "Jour local",
        )
    ]


@pytest.mark.parametrize(
    ("variables", "says", "why"),
    [
        ({"PGHOST": "/nowhere"}, CONNECTION, "/nowhere"),
        ({"PGPASSWORD": "wrong-secret"}, CONNECTION, "password authentication failed"),
        ({"PGDATABASE": "none"}, CONNECTION, 'database "none" does not exist'),
        ({"PGSSLMODE": "verify"}, CONNECTION, 'invalid sslmode value: "verify"'),
        ({"PGUSER": "other"}, RIGHT, "permission denied for schema tocsin"),
    ],
)
def test_a_server_that_refuses_is_named_in_both_languages_without_a_password(
    role: Variables, variables: dict[str, str], says: dict[Language, str], why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked(role | {"PGUSER": "postgres"}, f"DROP ROLE IF EXISTS other; CREATE ROLE other LOGIN PASSWORD '{PASSWORD}'")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    for language in Language:
        with speaking(language), pytest.raises(PostgresError) as caught:
            write_offices(never())
        assert says[language] in str(caught.value)
        assert why in str(caught.value)
        assert PASSWORD not in str(caught.value)
        assert "wrong-secret" not in str(caught.value)


def never() -> Iterator[OfficeRecords]:
    """Fail with KeyError if it is read: the server must refuse before the ledger is read."""
    return map(office, ["no such office"])


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("DROP SCHEMA tocsin CASCADE", 'CREATE SCHEMA tocsin AUTHORIZATION "tocsin"'),
        ("REVOKE TEMPORARY ON DATABASE figures FROM tocsin", "tocsin lacks a right"),
        ("ALTER TABLE tocsin.days ALTER raw_lost TYPE integer", "tocsin.days was altered: column raw_lost is integer"),
        ("ALTER TABLE tocsin.days DROP quality", "column quality is missing"),
        ("ALTER TABLE tocsin.days DROP CONSTRAINT days_pkey", "tocsin.days was altered: "),
        ("ALTER TABLE tocsin.days ADD more text NOT NULL DEFAULT 'x'", 'column "more"'),
        ("REVOKE UPDATE ON tocsin.days FROM tocsin", "permission denied for table days"),
        (
            "CREATE FUNCTION tocsin.none() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';"
            "CREATE TRIGGER none BEFORE DELETE ON tocsin.decisions FOR EACH ROW EXECUTE FUNCTION tocsin.none()",
            "tocsin.decisions was altered: it shows 1 rows where 0 were written",
        ),
        ("ALTER TABLE tocsin.slots ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY", "row-level security"),
    ],
)
def test_what_an_administrator_altered_is_refused_and_nothing_is_written(
    role: Variables, statement: str, says: str
) -> None:
    write_offices([miscounted()])
    asked(role | {"PGUSER": "postgres"}, statement)
    before = {} if "DROP SCHEMA" in statement else {table: contents(role, table) for table in TABLES}
    with pytest.raises(PostgresError) as caught:
        write_offices([office()])
    assert says in str(caught.value)
    assert before == {table: contents(role, table) for table in before}


def test_a_run_that_ends_midway_writes_nothing_and_the_next_one_everything(role: Variables) -> None:
    def cut() -> Iterator[OfficeRecords]:
        yield office()
        asked(role, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tocsin'")
        yield office("doubt")

    def crashed() -> Iterator[OfficeRecords]:
        yield office()
        raise KeyboardInterrupt

    with pytest.raises(PostgresError, match="run it again: it writes everything or nothing"):
        write_offices(cut())
    with pytest.raises(KeyboardInterrupt):
        write_offices(crashed())
    assert asked(role, "SELECT to_regclass('tocsin.slots')") == [(None,)]
    write_offices([office(), office("doubt")])
    agree(role, office(), office("doubt"))


def test_while_one_run_writes_another_is_refused(role: Variables) -> None:
    def first() -> Iterator[OfficeRecords]:
        with pytest.raises(PostgresError, match="another run is writing"):
            write_offices(never())
        yield office()

    assert write_offices(first()).written
    agree(role, office())
