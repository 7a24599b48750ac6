"""A dump's rows, as mysqldump, phpMyAdmin, pg_dump and SQLite write them."""

from __future__ import annotations

import json
from io import BytesIO

import pytest

from agents.sources.lines import MAX_LINE, lines
from agents.sources.tables.fit import header
from agents.sources.tables.rows import MalformedRow, TableRow
from agents.sources.tables.table import read
from config.mapping import Table
from config.refusal import ConfigError

MYSQL = r"""-- MySQL dump 10.19  Distrib 10.3.39-MariaDB
/*!40101 SET NAMES utf8mb4 */;
DROP TABLE IF EXISTS `calls`;
CREATE TABLE `calls` (
  `n` int(11) NOT NULL AUTO_INCREMENT COMMENT 'a, b',
  `at` datetime NOT NULL DEFAULT '0000-00-00 00:00:00',
  `how` enum('lost','won') DEFAULT NULL,
  `who` varchar(80),
  PRIMARY KEY (`n`),
  KEY `at` (`at`,`who`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
LOCK TABLES `calls` WRITE;
INSERT INTO `calls` VALUES (1,'2026-03-04 09:00:00','won','O\'Neil, (Ann) \\ Zoé'),(2,'2026-03-04 09:01:00',NULL,N'');
INSERT INTO `calls` VALUES (3,'2026-03-04 09:02:00','lost','it''s');
UNLOCK TABLES;
"""
PHPMYADMIN = """-- phpMyAdmin SQL Dump
INSERT INTO `calls` (`n`, `at`, `how`, `who`) VALUES
(1, '2026-03-04 09:00:00', 'won', 'O''Neil, (Ann) \\\\ Zoé'),
(2, '2026-03-04 09:01:00', NULL, '')
,(3, '2026-03-04 09:02:00', 'lost', 'it''s');
"""
COPY = """--
-- PostgreSQL database dump
--
SET standard_conforming_strings = on;
COPY public.other (n, at) FROM stdin;
9\t2026-03-04 09:00:00
\\.

COPY public.calls (n, "at", how, who) FROM stdin;
1\t2026-03-04 09:00:00\twon\tO'Neil, (Ann) \\\\ Zoé
2\t2026-03-04 09:01:00\t\\N\t
3\t2026-03-04 09:02:00\tlost\tit's
\\.
"""
INSERTS = """SET standard_conforming_strings = on;
INSERT INTO public.calls (n, at, how, who) VALUES (1, '2026-03-04 09:00:00', 'won', 'O''Neil, (Ann) \\ Zoé');
INSERT INTO public.calls (n, at, how, who) VALUES (2, '2026-03-04 09:01:00'::timestamp, NULL, '');
INSERT INTO public.calls (n, at, how, who) VALUES (3, '2026-03-04 09:02:00', 'lost', 'it''s');
"""
SQLITE = """PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE calls (n INTEGER PRIMARY KEY, at DATETIME, how VARCHAR(9), who TEXT);
INSERT INTO "calls" VALUES(1,'2026-03-04 09:00:00','won','O''Neil, (Ann) \\ Zoé');
INSERT INTO "calls" VALUES(2,'2026-03-04 09:01:00',NULL,'');
INSERT INTO "calls" VALUES(3,'2026-03-04 09:02:00','lost','it''s');
COMMIT;
"""
CALLS = [
    {"n": "1", "at": "2026-03-04 09:00:00", "how": "won", "who": "O'Neil, (Ann) \\ Zoé"},
    {"n": "2", "at": "2026-03-04 09:01:00", "how": "", "who": ""},
    {"n": "3", "at": "2026-03-04 09:02:00", "how": "lost", "who": "it's"},
]


def table(**more: object) -> Table:
    outcome = {"column": "how", "values": {"won": "answered", "lost": "lost"}}
    said = {"of": "calls", "id": "n", "queue": {"fixed": "x"}, "moments": {"offered": "at"}, "agent": "who"}
    return Table.model_validate_json(json.dumps({**said, "outcome": outcome, **more}))


def rows(text: str | bytes, by: Table) -> list[TableRow | MalformedRow]:
    raw = text.encode() if isinstance(text, str) else text
    return list(read(lines(BytesIO(raw)), by, "file"))


@pytest.mark.parametrize(
    "dump",
    [MYSQL, PHPMYADMIN, COPY, INSERTS, SQLITE, SQLITE.removeprefix("PRAGMA foreign_keys=OFF;\n")],
    ids=["mysql", "php", "copy", "pg", "lite", "python"],
)
def test_every_dump_has_the_rows_of_its_table(dump: str) -> None:
    found = rows(dump, table())
    assert [row.values for row in found if isinstance(row, TableRow)] == CALLS
    assert len(found) == len(CALLS)
    assert header(dump.encode().splitlines(keepends=True))[:2] == ["n", "at"]


def test_rows_are_numbered_by_their_lines() -> None:
    assert [row.number for row in rows(PHPMYADMIN, table())] == [3, 4, 5]
    assert [row.number for row in rows(COPY, table())] == [9 + 1, 11, 12]


def test_a_line_may_be_longer_than_any_other_files() -> None:
    many = ",".join(f"({number},'2026-03-04 09:00:00','won','{'x' * 90}')" for number in range(9_000))
    text = f"INSERT INTO calls (n, at, how, who) VALUES {many};\n"
    assert len(text) > MAX_LINE
    assert [row.number for row in rows(text, table())] == [1] * 9_000


def test_the_table_is_named_if_two_have_the_columns() -> None:
    both = PHPMYADMIN + PHPMYADMIN.replace("`calls`", "`calls_2025`").replace("'2026", "'2025")
    first, second = (
        [row.values["at"][:4] for row in rows(both, table(rows=name)) if isinstance(row, TableRow)]
        for name in ("calls", "calls_2025")
    )
    assert (first, second) == (["2026"] * 3, ["2025"] * 3)
    refused = [row for row in rows(both, table()) if isinstance(row, MalformedRow)]
    assert [row.detail for row in refused] == [
        "calls_2025 has the columns too; expected one table, named under `rows`"
    ] * 3


@pytest.mark.parametrize(("more", "asked"), [({}, "a table"), ({"rows": "calls"}, "the table calls")])
def test_a_dump_without_the_table_is_refused_with_what_it_has(more: dict[str, str], asked: str) -> None:
    text = PHPMYADMIN.replace("`how`", "`howw`")
    with pytest.raises(ConfigError) as refusal:
        rows(text, table(**more))
    (mistake,) = refusal.value.mistakes
    assert mistake.found == "calls (n, at, howw, who)"
    assert mistake.expected == f"{asked} with the columns at, how, n, who"
    with pytest.raises(ConfigError, match="no table with rows"):
        rows("-- MySQL dump\n", table())


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("(1, '2026-03-04 09:00:00', 'won')", "3 values; expected 4 values in parentheses"),
        ("(1, '2026-03-04 09:00:00', now(), 'x')", "no row of values; expected 4 values in parentheses"),
        ("(1, '2026-03-04 09:00:00', 'won', 'torn)", "no row of values; expected 4 values in parentheses"),
    ],
)
def test_what_is_no_row_is_refused(row: str, says: str) -> None:
    (found,) = rows(f"INSERT INTO calls (n, at, how, who) VALUES\n{row};\n", table())
    assert isinstance(found, MalformedRow)
    assert found.detail == says


def test_broken_bytes_are_refused_with_their_row() -> None:
    good, bad = b"(1, '2026-03-04', 'won', '\xc3\xa9')", b"(2, '2026-03-04', 'won', '\xff')"
    first, second = rows(b"INSERT INTO calls (n, at, how, who) VALUES " + good + b",\n" + bad + b";\n", table())
    assert isinstance(first, TableRow)
    assert isinstance(second, MalformedRow)
    assert (second.number, second.detail) == (2, "bytes that are not UTF-8; expected text")
