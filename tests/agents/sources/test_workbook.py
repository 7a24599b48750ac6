"""A workbook is read as its first sheet: dates as dates, each row as one line."""

from __future__ import annotations

import gzip
import io
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from openpyxl import Workbook

from agents.sources.lines import UnreadableError, lines
from streams.said import Said
from tests.agents.invoking import found, invoke, written

MIDNIGHT = datetime.fromisoformat("2026-03-04")
NINE = datetime.fromisoformat("2026-03-04 09:02")


def book(*sheets: list[list[object]]) -> bytes:
    made, file = Workbook(), io.BytesIO()
    made.remove(made.active)
    for number, rows in enumerate(sheets):
        sheet = made.create_sheet(f"Feuille {number}")
        for row in rows:
            sheet.append(row)
    made.save(file)
    return file.getvalue()


def read(content: bytes, notices: list[Said] | None = None) -> list[str]:
    return [line.decode() for line in lines(io.BytesIO(content), None if notices is None else notices.append)]


def test_a_cell_is_written_as_a_person_reads_it() -> None:
    rows: list[list[object]] = [
        ["début", "jour", "heure", "durée", "part", "numéro", "vide", "file"],
        [NINE, date(2026, 3, 4), time(9, 2), timedelta(hours=30), 0.167, 466490000, None, "a\nb"],
        [MIDNIGHT, MIDNIGHT, time(0, 0), timedelta(seconds=12.5), 1e15, "0466490000", "", 'dit "oui"'],
    ]
    assert read(book(rows)) == [
        "début,jour,heure,durée,part,numéro,vide,file\r\n",
        "2026-03-04 09:02:00,2026-03-04,09:02:00,30:00:00,0.167,466490000,,a b\r\n",
        '2026-03-04,2026-03-04,00:00:00,00:00:12.500,1000000000000000,0466490000,,"dit ""oui"""\r\n',
    ]


def test_the_first_visible_sheet_is_read_and_further_ones_are_reported_once() -> None:
    notices: list[Said] = []
    assert read(gzip.compress(book([["a"]], [["b"]])), notices) == ["a\r\n"]
    assert notices == ["the sheet 'Feuille 0' was read, the first of 2"]
    made, file = Workbook(), io.BytesIO()
    made.active.sheet_state = "hidden"
    made.create_sheet("Appels").append(["c"])
    made.save(file)
    assert read(file.getvalue()) == ["c\r\n"]


@pytest.mark.parametrize("content", [b"PK\x03\x04" + bytes(99), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(999)])
def test_what_is_no_workbook_is_named(content: bytes) -> None:
    with pytest.raises(UnreadableError, match="it is (a ZIP archive or a damaged workbook|an Office document)"):
        read(content)


OFFICE = """
site: mende
timezone: Europe/Paris
lines: {accueil: {}}
mappings:
  suivi:
    of: calls
    delimiter: semicolon
    decimal: comma
    id: n
    queue: file
    moments: {offered: {column: début, format: "%d/%m/%Y %H:%M:%S"}}
    wait: attente
    outcome: {column: issue, values: {pris: answered, perdu: lost/abandoned}}
"""


def test_a_mapping_of_the_csv_also_reads_its_workbook(tmp_path: Path) -> None:
    config = written(tmp_path / "office.yaml", OFFICE.encode())
    csv = (
        "n;file;début;attente;issue\n"
        "1;accueil;04/03/2026 00:00:00;0:00:12;pris\n2;accueil;04/03/2026 09:02:00;0:00:40,5;perdu\n"
    )
    rows: list[list[object]] = [
        ["Appels de mars"],
        ["n", "file", "début", "attente", "issue"],
        [1, "accueil", MIDNIGHT, time(0, 0, 12), "pris"],
        [2, "accueil", NINE, timedelta(seconds=40.5), "perdu"],
    ]
    files = [
        written(tmp_path / "appels.csv", csv.encode()),
        written(tmp_path / "appels.xlsx", book(rows)),
    ]
    of_csv, of_workbook = (found("calls", file, "--mapping", "suivi", "--config", config) for file in files)
    assert of_csv["lines"] == of_workbook["lines"]
    assert of_csv["events"] == of_workbook["events"] == {"read": 4, "ok": 4, "duplicate": 0, "late": 0, "invalid": 0}


def test_a_workbook_is_not_followed(tmp_path: Path) -> None:
    config = written(tmp_path / "office.yaml", OFFICE.encode())
    file = written(tmp_path / "appels.xlsx", book([["n"]]))
    result = invoke("ingest", "calls", file, "--mapping", "suivi", "--config", config, "--follow")
    assert result.exit_code == 1
    assert "does not grow by lines; ingest it without --follow" in " ".join(result.stderr.split())
