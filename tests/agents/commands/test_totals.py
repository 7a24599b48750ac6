"""`tocsin totals` on a real broker: figures from the ledger, vintages that stay readable, and refusals."""

from __future__ import annotations

import csv
import json
import sys
from io import StringIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import duckdb
import msgspec
import openpyxl
import pytest
import typer
from pypdf import PdfReader
from typer.testing import CliRunner, Result

from agents.cli import app
from agents.commands.totals import totals
from agents.history.incident_json import incident_json
from agents.history.ledger import read_history
from agents.kafka import client as kafka
from agents.kafka.client import Topic, producer, topic
from agents.kafka.topics import create_topics
from agents.report.format import Format
from config.settings import Settings
from streams.chain.entry import encode_entry
from streams.events import Review
from streams.indicators.period import Period
from streams.ledger.day import day_key, write_day
from streams.watch.incident import Incident
from tests.agents.chain.authority import Authority, needs_openssl
from tests.agents.running import find_broker
from tests.agents.totals.year import PARIS, ledger, wrong
from tests.conftest import DEMO

OFFICE = """\
site: lozere
timezone: Europe/Paris
opening_hours: "Mo-Fr 09:00-13:00"
holidays: {country: null}
lines:
  circulation: {label: "Circulation", target: 0.10}
  standard: {label: "Standard", target: 0.02}
services:
  cartes: {label: "Cartes grises", target_wait: 30m}
requests:
  im341: {label: "CNI (IM 341)", days: calendar}
"""


@pytest.fixture
def office(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    create_topics(settings)
    file = tmp_path / "office.yaml"
    file.write_text(OFFICE, encoding="utf-8")
    monkeypatch.setenv("TOCSIN_CONFIG", str(file))
    find_broker(monkeypatch, settings)
    client = producer(settings)
    for day in ledger():
        client.send(topic(settings, Topic.LEDGER), key=day_key(day).encode(), value=write_day(day))
    (decided,) = wrong().decisions
    review = Review(decision="confirm", incident=decided.incident, at=decided.at / 1000, by=decided.by)
    client.send(topic(settings, Topic.REVIEWS), key=b"lozere/circulation", value=encode_entry(review))
    client.close()
    tell(settings, wrong())
    return settings


def tell(settings: Settings, incident: Incident) -> None:
    client = producer(settings)
    value = msgspec.json.encode({"site": "lozere", **incident_json(incident, PARIS)})
    client.send(topic(settings, Topic.INCIDENTS), key=incident.id.encode(), value=value)
    client.close()


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["totals", *arguments], terminal_width=200)


def told(*arguments: str) -> dict[str, Any]:
    result = invoke(*arguments, "--format", "json")
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


@pytest.mark.broker
def test_a_year_is_told_and_a_later_decision_makes_a_new_vintage(office: Settings) -> None:
    first = told("--year", "2013", "--publish")
    rate = first["indicators"][0]
    assert (rate["id"], rate["method"], rate["flips"]) == ("lost_rate:circulation", "exclude", True)
    assert rate["corrected"]["value"] == 0.02
    assert first["vintage"]["number"] == 1
    now = told("--year", "2013")
    assert now["vintage"] == first["vintage"]
    line = now["lines"]["circulation"]
    assert line["reasons"] == {"lost": {"not_kept": line["raw"]["lost"]}, "diverted": {}}, "these days tell none"

    tell(office, wrong(status="dismissed"))
    assert told("--year", "2013")["vintage"] is None, "other figures are no vintage until they are published"
    second = told("--year", "2013", "--publish")
    assert second["vintage"]["number"] == 2
    assert second["indicators"][0]["corrected"]["value"] == rate["raw"]["value"]
    again = told("--year", "2013", "--vintage", "1")
    assert again["indicators"] == first["indicators"]
    assert again["vintage"] == first["vintage"]
    assert again["lines"]["circulation"]["reasons"] is None, "a vintage has figures, and no days"
    listed = invoke("--year", "2013", "--vintages").stdout.splitlines()
    assert [line.split()[0] for line in listed] == ["1", "2"]
    assert [each.number for each in read_history(office).publications.vintages("lozere", Period.of_year(2013))] == [
        1,
        2,
    ]
    refused = invoke("--year", "2013", "--vintage", "3")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "expected one of 1, 2" in refused.stderr
    for written_as in ("pdf", "notice"):
        then = invoke("--year", "2013", "--vintage", "1", "--format", written_as).stdout_bytes
        assert then == invoke("--year", "2013", "--vintage", "1", "--format", written_as).stdout_bytes
        assert then != invoke("--year", "2013", "--format", written_as).stdout_bytes


@pytest.mark.broker
@pytest.mark.usefixtures("office")
def test_every_format_says_the_same(tmp_path: Path) -> None:
    rate = told("--year", "2013")["indicators"][0]
    table = invoke("--year", "2013").stdout
    assert "2.00%" in table
    assert "24.50%" in table
    french = invoke("--year", "2013", "--lang", "fr").stdout
    assert "24,50\u202f%" in french
    assert "24.50%" not in french
    (row, *_) = csv.DictReader(StringIO(invoke("--year", "2013", "--format", "csv").stdout))
    assert float(row["raw"]) == rate["raw"]["value"]
    prometheus = invoke("--year", "2013", "--format", "prometheus").stdout
    assert (
        'tocsin_indicator{indicator="lost_rate:circulation",site="lozere",value="corrected",year="2013"} 0.02'
        in prometheus
    )
    for name in ("xlsx", "html", "table", "pdf", "notice"):
        file = tmp_path / f"year.{name}"
        result = invoke("--year", "2013", "--format", name, "--out", str(file))
        assert (result.exit_code, result.stdout) == (0, "")
    assert invoke("--year", "2013", "--format", "pdf").stdout_bytes == (tmp_path / "year.pdf").read_bytes()
    assert openpyxl.load_workbook(tmp_path / "year.xlsx").sheetnames[0] == "Summary"
    assert "Quality indicators 2013" in (tmp_path / "year.html").read_text(encoding="utf-8")
    assert "Quality indicators 2013" in PdfReader(tmp_path / "year.pdf").pages[0].extract_text()
    assert "Our results in 2013" in PdfReader(tmp_path / "year.notice").pages[0].extract_text()
    assert "Circulation" in (tmp_path / "year.table").read_text(encoding="utf-8")


@pytest.mark.broker
@pytest.mark.parametrize(
    ("asked", "name"),
    [
        (("--quarter", "2013-Q3"), "2013-Q3"),
        (("--month", "2013-09"), "2013-09"),
        (("--from", "2013-08-30", "--to", "2013-11-02"), "2013-08-30/2013-11-02"),
    ],
)
def test_any_period_has_vintages_of_its_own(office: Settings, asked: tuple[str, ...], name: str) -> None:
    year = told("--year", "2013", "--publish")
    first = told(*asked, "--publish")
    assert (first["period"], first["vintage"]["number"]) == (name, 1)
    assert first["vintage"]["digest"] != year["vintage"]["digest"]
    tell(office, wrong(status="dismissed"))
    assert told(*asked)["vintage"] is None
    assert told(*asked, "--publish")["vintage"]["number"] == 2
    assert told(*asked, "--vintage", "1")["indicators"] == first["indicators"]
    assert [line.split()[0] for line in invoke(*asked, "--vintages").stdout.splitlines()] == ["1", "2"]
    assert [line.split()[0] for line in invoke("--year", "2013", "--vintages").stdout.splitlines()] == ["1"]
    assert read_history(office).publications.editions("lozere") == {"2013": 1, name: 2}
    audited = CliRunner().invoke(app, ["audit", "--json"])
    assert audited.exit_code == 0, audited.output
    assert json.loads(audited.stdout)["publications"] == 3


@pytest.mark.broker
def test_open_data_says_what_changed_since_the_edition_before(office: Settings, tmp_path: Path) -> None:
    asked, file = ("--quarter", "2013-Q3"), tmp_path / "quarter.zip"
    told(*asked, "--publish")
    invoke(*asked, "--vintage", "1", "--format", "open-data", "--out", str(file))
    first = file.read_bytes()
    tell(office, wrong(status="dismissed"))
    second = told(*asked, "--publish")
    invoke(*asked, "--vintage", "1", "--format", "open-data", "--out", str(file))
    assert file.read_bytes() == first, "an edition stays as it was published"
    result = invoke(*asked, "--format", "open-data", "--out", str(file))
    assert (result.exit_code, result.stdout) == (0, "")
    with ZipFile(file) as packed:
        rows, changed = (
            list(csv.DictReader(StringIO(packed.read(name).decode()))) for name in ("indicateurs.csv", "revisions.csv")
        )
    assert rows[0]["edition"] == str(second["vintage"]["number"])
    assert float(rows[0]["valeur"]) == second["indicators"][0]["corrected"]["value"]
    assert {row["periode"] for row in changed} == {"2013-Q3", "2013-09"}
    assert {row["edition_precedente"] for row in changed} == {"1"}


@needs_openssl
@pytest.mark.broker
@pytest.mark.usefixtures("office")
def test_an_authority_that_is_away_blocks_no_publication_and_the_next_run_asks_again(tmp_path: Path) -> None:
    authority, file = Authority(tmp_path / "tsa"), tmp_path / "office.yaml"

    def stamped(address: str) -> tuple[str, dict[str, Any]]:
        stamps = {"authority": address, "certificates_file": str(authority.root), "folder": str(tmp_path / "stamps")}
        file.write_text(f"{OFFICE}signing: {json.dumps({'time_stamps': stamps})}\n", encoding="utf-8")
        result = invoke("--year", "2013", "--publish")
        assert result.exit_code == 0
        audited = CliRunner().invoke(app, ["audit", "--json"])
        assert audited.exit_code == 0, audited.output
        return result.stderr, json.loads(audited.stdout)

    said, found = stamped("http://127.0.0.1:9")
    assert "hash of the publication" in said
    assert "the next --publish tries again" in said
    assert (found["publications"], found["stamped"]) == (1, 0)
    assert "no time stamp yet" in str(found["remarks"])
    with authority.served() as address:
        said, found = stamped(address)
    assert "tries again" not in said
    assert (found["publications"], found["stamped"]) == (1, 1)
    (stamp,) = (tmp_path / "stamps").iterdir()
    stamp.write_bytes(b"nonsense")
    audited = CliRunner().invoke(app, ["audit", "--json"])
    assert (audited.exit_code, [each["kind"] for each in json.loads(audited.stdout)["breaches"]]) == (1, ["time-stamp"])


@pytest.mark.broker
@pytest.mark.usefixtures("office")
def test_a_folder_of_parquet_has_the_figures_of_now_and_of_every_edition(tmp_path: Path) -> None:
    rate = told("--year", "2013", "--publish")["indicators"][0]
    result = invoke("--year", "2013", "--format", "parquet", "--out", str(tmp_path / "lake"))
    assert (result.exit_code, result.stdout) == (0, "")
    with duckdb.connect() as sql:
        found = sql.sql(
            f"SELECT edition, raw, corrected, method, publication IS NULL FROM '{tmp_path}/lake/vintages/**/*.parquet' "
            "WHERE id = 'lost_rate:circulation' ORDER BY edition"
        ).fetchall()
        decided = sql.sql(f"SELECT decision, decided_by FROM '{tmp_path}/lake/decisions/**/*.parquet'").fetchall()
    figures = (rate["raw"]["value"], rate["corrected"]["value"], "exclude")
    assert found == [(1, *figures, False), (None, *figures, True)]
    assert decided == [("confirm", "m.durand")]


@pytest.mark.broker
@pytest.mark.usefixtures("office")
def test_a_french_spreadsheet_is_written_whatever_language_is_spoken() -> None:
    found = invoke("--year", "2013", "--csv", "fr").stdout
    assert found.startswith("\ufeffSite;Période;Identifiant;Indicateur;")
    assert ";2,0;" in found


@pytest.mark.broker
def test_nothing_counted_is_no_vintage(office: Settings) -> None:
    found = told("--from", "2013-01-01", "--to", "2013-08-31")
    assert (found["vintage"], found["indicators"][0]["method"]) == (None, "none")
    assert told("--year", "2010", "--publish")["vintage"] is None
    assert read_history(office).publications.editions("lozere") == {}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--year", "2013", "--csv", "fr", "--format", "json"), "json is not CSV"),
        (("--year", "2013", "--format", "open-data"), "open-data needs a file name"),
        ((), "expected one of --year, --quarter and --month, or both --from and --to"),
        (("--from", "2013-01-01"), "expected one of --year, --quarter and --month, or both --from and --to"),
        (("--year", "2013", "--from", "2013-01-01", "--to", "2013-02-01"), "expected one of --year"),
        (("--year", "2013", "--quarter", "2013-Q2"), "expected one of --year"),
        (("--quarter", "2013-Q5"), "2013-Q5; expected one like 2013-Q2"),
        (("--quarter", "2013-06"), "2013-06; expected one like 2013-Q2"),
        (("--month", "2013-13"), "2013-13; expected one like 2013-06"),
        (("--month", "2013"), "2013; expected one like 2013-06"),
        (("--from", "2013-02-01", "--to", "2013-01-01"), "2013-01-01 is before 2013-02-01"),
        (("--year", "2013", "--vintage", "1", "--publish"), "cannot be published again"),
        (("--year", "2013", "--format", "xlsx"), "xlsx needs a file name"),
        (("--year", "2013", "--format", "docx"), "table"),
        (("--year", "2013", "--format", "csv", "--out", "/"), "/ is a folder"),
        (("--year", "2013", "--format", "parquet"), "parquet needs the name of a folder"),
        (("--year", "2013", "--format", "parquet", "--publish"), "every edition; leave this out"),
        (("--from", "2013-01-02", "--to", "2013-01-31", "--format", "parquet", "--out", "lake"), "needs whole months"),
        (("--year", "2013", "--format", "parquet", "--out", "lake", "--region", "Nord"), "needs several offices"),
        (("--year", "2013", "--format", "postgres", "--out", "lake"), "postgres writes no file"),
        (("--year", "2013", "--format", "postgres", "--vintage", "1"), "every edition; leave this out"),
    ],
)
def test_what_cannot_be_is_refused(arguments: tuple[str, ...], says: str) -> None:
    result = invoke(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert says in " ".join(result.stderr.replace("│", " ").split())


@pytest.mark.parametrize(
    ("library", "extra", "more"), [("pyarrow", "parquet", ("--out", "lake")), ("psycopg", "postgres", ())]
)
def test_without_its_library_a_format_names_it(
    library: str, extra: str, more: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    result = invoke("--year", "2013", "--format", extra, *more)
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"pip install '{library}" in result.stderr


@pytest.mark.parametrize("written_as", [Format.PDF, Format.NOTICE])
def test_a_terminal_is_given_no_bytes_of_a_file(written_as: Format, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    with pytest.raises(typer.BadParameter, match="needs a file name"):
        totals(year=2013, written_as=written_as, config=DEMO)


def test_a_broker_that_does_not_answer_is_work_that_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOCSIN_KAFKA_BOOTSTRAP", "127.0.0.1:9")
    monkeypatch.setattr(kafka, "START_MS", 500)
    assert invoke("--year", "2013").exit_code == 1
