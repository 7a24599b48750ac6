"""A dump of a database is read like its table: the kind chooses the table by its columns."""

from __future__ import annotations

import csv
from collections.abc import Callable

import pytest

from agents.sources.context import Context
from agents.sources.entry import Accepted, Refused
from agents.sources.kind import FileKind
from agents.sources.pseudonym import Pseudonymizer
from agents.sources.registry import CONNECTORS
from agents.sources.sniff import likely
from config.refusal import ConfigError
from config.settings import Settings

TABLES = {
    FileKind.QUEUE_LOG: """\
time,callid,queuename,agent,event,data1,data2,data3
2026-03-04 09:00:00.000000,7.1,accueil,NONE,ENTERQUEUE,,0466496000,1
2026-03-04 09:00:12.000000,7.1,accueil,NONE,ABANDON,1,1,12
""",
    FileKind.ASTERISK_CDR: """\
calldate,clid,dst,channel,dstchannel,lastapp,lastdata,duration,billsec,disposition,uniqueid
2026-03-04 09:00:00,"it's ""Zoé"", (7)",4000,SIP/trunk-1,SIP/4-2,Dial,SIP/4,60,0,NO ANSWER,1772611200.1
2026-03-04 09:10:00,,4000,SIP/trunk-3,SIP/4-4,Dial,SIP/4,60,50,ANSWERED,1772611800.3
""",
    FileKind.ASTERISK_CEL: """\
eventtype,eventtime,channame,exten,appname,uniqueid,linkedid
CHAN_START,2026-03-04 09:00:00,SIP/trunk-1,4000,,2.1,2.1
HANGUP,2026-03-04 09:00:12,SIP/trunk-1,4000,,2.1,2.1
""",
}


def of_mysql(name: str, rows: list[list[str]]) -> str:
    """Return a table as mysqldump writes it."""
    columns = "".join(f"  `{each}` varchar(80) DEFAULT NULL,\n" for each in rows[0])
    values = ",".join(
        "({})".format(",".join("'{}'".format(each.replace("'", r"\'")) for each in row)) for row in rows[1:]
    )
    return f"CREATE TABLE `{name}` (\n{columns}  KEY `k` (`{rows[0][0]}`)\n);\nINSERT INTO `{name}` VALUES {values};\n"


def of_postgres(name: str, rows: list[list[str]]) -> str:
    """Return a table as pg_dump writes it, with the blanks of `character(64)`."""
    lines = "".join("\t".join(each.ljust(64) for each in row) + "\n" for row in rows[1:])
    return f"COPY public.{name} ({', '.join(rows[0])}) FROM stdin;\n{lines}\\.\n\n"


def dump(of: Callable[[str, list[list[str]]], str], tables: dict[str, str]) -> list[bytes]:
    written = [of(name, list(csv.reader(text.splitlines()))) for name, text in tables.items()]
    return "".join(["-- a dump\n", *written]).encode().splitlines(keepends=True)


def read(kind: FileKind, lines: list[bytes]) -> tuple[list[object], int]:
    """Return the events without their rows, and the number of refusals."""
    context = Context(
        source="pbx",
        site="mende",
        zone="Europe/Paris",
        pseudonym=Pseudonymizer(b"a key of an example"),
        line_of=str,
        dialled=str,
        file="pbx.sql",
    )
    entries = list(CONNECTORS[kind].read(lines, context))
    refused = sum(isinstance(entry, Refused) for entry in entries)
    return [entry.event for entry in entries if isinstance(entry, Accepted)], refused


ACCESS = {"access_log": "id,at,url\n" + "1,2026-03-04 09:00:00,/\n" * 90}


@pytest.mark.parametrize("of", [of_mysql, of_postgres])
@pytest.mark.parametrize("kind", TABLES)
def test_a_dump_gives_the_events_of_its_table(kind: FileKind, of: Callable[[str, list[list[str]]], str]) -> None:
    events, refused = read(kind, TABLES[kind].encode().splitlines(keepends=True))
    assert events
    lines = dump(of, {**ACCESS, "pbx": TABLES[kind]})
    assert read(kind, lines) == (events, refused) == (events, 0)
    found = likely(lines, Settings(site="mende"))
    assert found is not None
    assert found.kind == kind


def test_the_rows_of_a_second_such_table_are_refused() -> None:
    kind = FileKind.ASTERISK_CDR
    lines = dump(of_mysql, {"cdr": TABLES[kind], "cdr_2025": TABLES[kind].replace("2026", "2025")})
    events, refused = read(kind, lines)
    assert len(events) == len(read(kind, dump(of_mysql, {"cdr": TABLES[kind]}))[0])
    assert refused == 2


def test_a_dump_without_the_table_is_refused_with_what_it_has() -> None:
    with pytest.raises(
        ConfigError, match=r"access_log \(id, at, url\), expected a table with the columns of this kind"
    ):
        read(FileKind.QUEUE_LOG, dump(of_mysql, ACCESS))
