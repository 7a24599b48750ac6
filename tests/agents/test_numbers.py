"""A caller's number, planted in every spelling in each field of each source, appears nowhere in the output."""

from __future__ import annotations

import csv
import html
import json
import re
import time
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any, Final

import pytest
from typer.testing import CliRunner

from agents.cli import app
from agents.kafka.apache import apache_broker
from agents.kafka.broker import BrokerError, embedded_broker
from agents.kafka.client import Topic, producer, topic
from agents.kafka.reading import records
from agents.kafka.topics import topic_plans
from config.settings import Kafka, Settings
from streams.kept.record import inflated
from tests.agents.reading import letters
from tests.agents.running import board, worker
from tests.streams.numbers import SPELLINGS

EXAMPLES: Final = Path(__file__).parents[2] / "examples"
DAY: Final = 1_728_288_000  # 2024-10-07 08:00 UTC, a Monday
EVENTS: Final[tuple[Mapping[str, Any], ...]] = (
    {
        "line": "accueil",
        "call": "1",
        "type": "offered",
        "source": "pbx",
        "agent": "a",
        "to": "x",
        "caller": "hmac:00112233",
    },
    {"line": "accueil", "call": "2", "type": "lost", "reason": "timeout", "site": "saint-exemple"},
    {"line": "accueil", "call": "3", "type": "diverted", "reason": "transfer", "to": "etat-civil"},
    {
        "service": "passeports",
        "ticket": "P1",
        "type": "called",
        "source": "hall",
        "counter": "G1",
        "site": "saint-exemple",
    },
    {"service": "passeports", "ticket": "P2", "type": "transferred", "to": "cartes-grises"},
    {"line": "accueil", "mode": "cumulative", "offered": 5, "source": "wall"},
    {"channel": "email", "request": "M-1", "type": "received", "source": "mail"},
    {
        "decision": "declare",
        "line": "accueil",
        "from": DAY,
        "to": DAY + 900,
        "by": "m",
        "note": "tested",
        "source": "r",
    },
)
TOPICS: Final = (
    *(Topic.CALL_ATTEMPTS,) * 3,
    *(Topic.COUNTER_TICKETS,) * 2,
    Topic.LINE_READINGS,
    Topic.REQUESTS,
    Topic.REVIEWS,
)


def ascii_digits(text: str) -> str:
    return "".join(str(unicodedata.decimal(sign)) for sign in text if sign.isdecimal())


# The number itself, and as quoted by JSON, Python, HTML or a URL. Any clear remainder has its digits in this order,
# with any separators.
LITERAL: Final = {
    form
    for spelling in SPELLINGS
    for form in (spelling, json.dumps(spelling)[1:-1], repr(spelling)[1:-1], html.escape(spelling))
}


_RUN: Final = re.compile(r"\d[\d .,:|\t/()\[\]_~'\"*\u200b\u00a0\u202f\u00b7\u2013-]{7,}\d")


def found_in(raw: bytes) -> set[str]:
    text = raw.decode(errors="replace")
    runs = _RUN.findall(re.sub(r"hmac:[0-9a-f]+", "", text))
    return {form for form in LITERAL if form in text} | {run for run in runs if "611223344" in ascii_digits(run)}


def planted(record: Mapping[str, Any], fields: Iterable[str]) -> Iterator[bytes]:
    """Yield a record with each spelling in each of these fields, and in one unknown field."""
    for name in (*fields, "callerid"):
        for spelling in SPELLINGS:
            yield json.dumps({"at": DAY, **record, name: spelling}).encode()


def table(name: str, delimiter: str) -> bytes:
    """Return an example's table, followed by one row for each spelling in each of its columns."""
    rows = list(csv.reader(StringIO((EXAMPLES / name).read_text(encoding="utf-8")), delimiter=delimiter))
    out = StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerows(rows)
    for column in range(len(rows[0])):
        for number, spelling in enumerate(SPELLINGS):
            row = list(rows[1 + number % (len(rows) - 1)])
            row[column] = spelling
            writer.writerow(row)
    return out.getvalue().encode()


ROWS: Final = (
    ("ENTERQUEUE", "", "0611223344", "1"),
    ("CONNECT", "3", "x", "2"),
    ("COMPLETEAGENT", "3", "9", "1"),
)


def queue_log() -> bytes:
    rows = []
    for place in range(8):
        for number, spelling in enumerate(SPELLINGS):
            at = DAY + 60 * number
            for event, *data in ROWS:
                row = [str(at), f"{at}.{place}", "accueil", "Agent/1", event, *data]
                row[place] = spelling
                rows.append("|".join(row))
    return "\n".join(rows).encode()


FILES: Final[Mapping[str, tuple[bytes, tuple[str, ...]]]] = {
    "queue-log": (queue_log(), ("--source", "pbx 06 11 22 33 44")),
    "calls": (table("calls.csv", ";"), ("--mapping", "exchange")),
    "tickets": (table("tickets.csv", ","), ()),
    "polls": (table("polls.csv", ","), ()),
    "readings": (table("readings.csv", ","), ()),
    "requests": (table("register.csv", ","), ()),
    "events": (b"\n".join(row for event in EVENTS for row in planted(event, event)), ()),
}


@contextmanager
def broker_of(kind: str, data: Path) -> Iterator[str]:
    if kind == "embedded":
        with embedded_broker(0) as bootstrap:
            yield bootstrap
        return
    try:
        running = apache_broker(0, data)
        bootstrap = running.__enter__()
    except BrokerError as error:
        pytest.skip(str(error))
    try:
        yield bootstrap
    finally:
        running.__exit__(None, None, None)


def inside(raw: bytes) -> Iterator[bytes]:
    """Yield a file's bytes and its compressed contents: batches of records, parts of a workbook."""
    yield raw
    for match in re.finditer(rb"\x1f\x8b\x08", raw):
        try:
            yield zlib.decompressobj(31).decompress(raw[match.start() :])
        except zlib.error:
            continue
    if raw[:2] == b"PK":
        with zipfile.ZipFile(BytesIO(raw)) as book:
            yield from map(book.read, book.namelist())


def leaks(where: str, raw: bytes) -> dict[str, set[str]]:
    found = {form for part in inside(raw) for form in found_in(part)}
    return {where: found} if found else {}


def in_topics(office: Settings, *left_out: Topic) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name in topic_plans(office):
        if name in {topic(office, each) for each in left_out}:
            continue
        for record in records(office, name):
            value = record.value or b""
            if name == topic(office, Topic.STATE):
                value = inflated(value)
            found |= leaks(f"{name}@{record.offset}", (record.key or b"") + b" " + value)
    for letter in letters(office):
        found |= leaks(f"letter {letter.file}:{letter.row}", letter.original or b"")
    return found


@dataclass
class Search:
    """A search of the output and files of commands for the number; it keeps each place."""

    office: Settings
    found: dict[str, set[str]] = field(default_factory=dict)

    def look(self, where: str, raw: bytes) -> None:
        self.found |= leaks(where, raw)

    def files(self, folder: Path, pattern: str) -> int:
        """Search the files of a folder; return their number."""
        every = [file for file in folder.rglob(pattern) if file.is_file()]
        for file in every:
            self.look(str(file), file.read_bytes())
        return len(every)

    def run(self, *words: str, out: Path | None = None) -> None:
        done = CliRunner().invoke(app, [*words, *(("--out", str(out)) if out else ())], terminal_width=200)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        self.look(f"stdout of {words}", done.stdout_bytes)
        self.look(f"stderr of {words}", done.stderr_bytes)
        if out:
            self.look(str(out), out.read_bytes())

    def nothing(self, *left_out: Topic) -> bool:
        """Check that neither the output nor the topics contain the number."""
        assert self.found | in_topics(self.office, *left_out) == {}
        return True


@pytest.fixture(params=["embedded", "apache"])
def search(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Search]:
    with broker_of(request.param, tmp_path / "kafka") as bootstrap:
        for name, value in {
            "CONFIG": str(EXAMPLES / "office.yaml"),
            "STATE_DIR": str(tmp_path / "state"),
            "KAFKA_BOOTSTRAP": bootstrap,
            "KAFKA_PREFIX": "planted.",
            "KAFKA_PARTITIONS": "2",
        }.items():
            monkeypatch.setenv(f"TOCSIN_{name}", value)
        kafka = Kafka(bootstrap=bootstrap, prefix="planted.", partitions=2)
        yield Search(Settings(site="saint-exemple", kafka=kafka))


def plant_by_topic(office: Settings) -> None:
    """Send records as another program might: a number in each event field, key and record."""
    client = producer(office)
    for name, event in zip(TOPICS, EVENTS, strict=True):
        desk = next(str(event[each]) for each in ("service", "channel", "line") if each in event)
        for record in planted(event, event):
            client.send(topic(office, name), key=f"saint-exemple/{desk}".encode(), value=record)
    for spelling in SPELLINGS:
        client.send(topic(office, Topic.CALL_ATTEMPTS), key=f"x/{spelling}".encode(), value=spelling.encode())
    client.close()


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("around", ["{}", "a {} b", "|{}|1|2", '{{"call":"{}","at":1728288000}}'])
def test_the_search_would_find_it(spelling: str, around: str) -> None:
    assert found_in(around.format(spelling).encode())
    assert found_in(json.dumps(around.format(spelling)).encode())


@pytest.mark.broker
def test_a_number_that_is_planted_everywhere_stands_nowhere(search: Search, tmp_path: Path) -> None:
    office = search.office
    search.run("topics")
    for name, (raw, more) in FILES.items():
        (file := tmp_path / f"{name}.txt").write_bytes(raw)
        search.run("ingest", name, str(file), *more)
        search.run("analyze", name, str(file), *more)
        search.run("analyze", name, str(file), *more, "--json")
    (headless := tmp_path / "headless.csv").write_bytes(b"\n".join(f"{each};1;2".encode() for each in SPELLINGS))
    search.run("ingest", "calls", str(headless), "--mapping", "exchange")
    assert sum(1 for _ in records(office, topic(office, Topic.CALL_ATTEMPTS))) > 500
    assert search.nothing()
    # Apache Kafka's own files; the embedded broker has none.
    assert search.files(tmp_path / "kafka", "*.log") or not (tmp_path / "kafka").exists()
    assert search.found == {}

    plant_by_topic(office)  # from now on the topics hold that program's records
    with worker(office) as running, board(office) as shown:
        events = sum(1 for each in set(TOPICS) for _ in records(office, topic(office, each)))
        running.await_events(events, more=True)  # transfers open waits
        time.sleep(2)  # a checkpoint, and what it publishes
        search.look("the worker's metrics", running.get("/metrics").encode())
        for path in ("/", "/incidents", "/callbacks", "/years", "/years/2024", "/metrics"):
            search.look(f"the board's {path}", shown.await_page(path, "").encode())
        note = ("--note", "06 11 22 33 44")
        search.run("review", "declare", "accueil", "--from", "2024-10-07", "--to", "2024-10-08", *note)
        search.run("review", "list")
        for more in ((), ("--json",), ("--replay",)):
            search.run("dead-letters", *more)
        for form in ("table", "json", "csv", "html", "xlsx", "prometheus"):
            search.run("totals", "--year", "2024", "--format", form, out=tmp_path / f"year.{form}")
        search.look("the worker's log", running.words().encode())
        search.look("the board's log", shown.words().encode())
    assert search.nothing(*TOPICS)
    assert search.files(tmp_path / "state", "*")
    assert search.found == {}
