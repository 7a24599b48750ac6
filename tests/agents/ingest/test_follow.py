"""A live log reaches Kafka complete, although its follower is killed and the log is rotated."""

from __future__ import annotations

import gzip
import os
import re
import signal
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Any
from urllib.parse import unquote

import msgspec
import pytest
from msgspec.structs import replace

from agents.commands.files import context_of
from agents.ingest.follow import FollowState, LiveRows, read_state
from agents.ingest.kept import keep_state
from agents.ingest.tail import Tail
from agents.kafka.client import Topic, topic
from agents.kafka.topics import create_topics
from agents.sources.connector import Connector
from agents.sources.context import Context
from agents.sources.entry import Accepted, Entry
from agents.sources.kind import FileKind
from agents.sources.lines import lines
from agents.sources.pseudonym import Pseudonymizer
from agents.sources.registry import CONNECTORS
from config.refusal import ConfigError
from config.settings import Settings, load
from tests.agents.forked import Forked, forked
from tests.agents.reading import letters, values
from tests.agents.running import of_broker
from tests.waiting import PATIENCE, until

EXAMPLES = Path(__file__).parents[3] / "examples"


@contextmanager
def follower(
    settings: Settings, config: Path, log: Path, state: Path, kind: str = "queue-log"
) -> Iterator[tuple[Forked, IO[bytes]]]:
    environment = {
        **os.environ,
        **of_broker(settings),
        "TOCSIN_STATE_DIR": str(state),
    }
    command = ["ingest", kind, str(log), "--follow", "--config", str(config)]
    command += ["--lang", "en"]
    with tempfile.TemporaryFile() as said, forked(command, env=environment, said=said) as process:
        yield process, said


def call(number: int) -> bytes:
    at = 1_543_600_000 + number
    return (
        f"{at}|{at}.{number}|standard|NONE|ENTERQUEUE||0612345678|1\n"
        f"{at + 5}|{at}.{number}|standard|NONE|ABANDON|1|1|5\n"
    ).encode()


def ids(settings: Settings) -> list[str]:
    found = values(settings, topic(settings, Topic.CALL_ATTEMPTS))
    return [msgspec.json.decode(value)["id"] for value in found]


def await_calls(settings: Settings, count: int) -> None:
    until(lambda: len(set(ids(settings))) >= 2 * count, lambda: f"{len(set(ids(settings)))} of {2 * count}", every=0.5)


def append(log: Path, text: bytes) -> None:
    with log.open("ab") as file:
        file.write(text)


@pytest.mark.broker
def test_nothing_is_missed_through_a_kill_and_a_rotation(settings: Settings, tmp_path: Path) -> None:
    create_topics(settings)
    config, log, state = tmp_path / "office.yaml", tmp_path / "queue_log", tmp_path / "state"
    config.write_text("site: lozere\nlines: {standard: {}}\n")
    with follower(settings, config, log, state) as (process, said):  # before the file exists
        time.sleep(1)
        log.write_bytes(b"".join(map(call, range(10))))
        await_calls(settings, 10)
        append(log, call(10) + b"torn|0612345678\n" + call(11)[:30])
        await_calls(settings, 11)
        process.send_signal(signal.SIGKILL)
        process.wait(PATIENCE)
    append(log, call(11)[30:])
    (tmp_path / "queue_log.2.gz").write_bytes(gzip.compress(log.read_bytes()))
    log.unlink()
    time.sleep(0.02)
    (tmp_path / "queue_log.1").write_bytes(call(12))
    log.write_bytes(call(13))
    with follower(settings, config, log, state) as (process, said):
        await_calls(settings, 14)
        append(log, call(14))
        await_calls(settings, 15)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
        said.seek(0)
        words = said.read().decode()
        assert f"the file was rotated; continuing with {log}" in words
        assert re.search(rf"ended by SIGTERM; \d+ records up to line 4 of {log}", words)
    assert len(set(ids(settings))) == 30
    assert len(ids(settings)) < 60, "what the broker had was not sent again"
    assert {(letter.reason, letter.row) for letter in letters(settings)} == {("malformed", 23)}
    assert not any(b"0612345678" in value for value in values(settings, topic(settings, Topic.CALL_ATTEMPTS)))


@pytest.mark.broker
@pytest.mark.parametrize(("kind", "file"), [("asterisk-cel", "cel.csv"), ("asterisk-cdr", "Master.csv")])
def test_calls_that_are_open_at_a_kill_are_told_as_if_there_had_been_none(
    settings: Settings, tmp_path: Path, kind: str, file: str
) -> None:
    create_topics(settings)
    config, log, state = tmp_path / "office.yaml", tmp_path / "log", tmp_path / "state"
    config.write_text("site: lozere\nlines: {accueil: {queues: ['0465710000']}, etat-civil: {queues: ['602']}}\n")
    rows = (EXAMPLES / file).read_bytes().splitlines(keepends=True)
    context = context_of(FileKind(kind), [log], load(config, {}), Pseudonymizer(b"of the tests only"), None, None)
    whole = CONNECTORS[FileKind(kind)].read(rows, context)
    expected = {told.event.id for told in whole if isinstance(told, Accepted)}
    half = len(rows) // 2
    log.write_bytes(b"".join(rows[:half]))
    with follower(settings, config, log, state, kind) as (process, _):
        until(lambda: ids(settings), every=0.5)
        time.sleep(1)
        process.send_signal(signal.SIGKILL)
        process.wait(PATIENCE)
    append(log, b"".join(rows[half:]))
    if kind == "asterisk-cdr":  # a call is emitted once the next one has begun
        append(log, rows[-1].replace(b"1728461300.12", b"1728464900.14").replace(b" 08:", b" 09:"))
    with follower(settings, config, log, state, kind):
        until(lambda: set(ids(settings)) >= expected, lambda: expected - set(ids(settings)), every=0.5)
    assert set(ids(settings)) == expected


@pytest.mark.broker
def test_a_follower_reports_that_it_waits_for_a_header(settings: Settings, tmp_path: Path) -> None:
    create_topics(settings)
    config, log = tmp_path / "office.yaml", tmp_path / "register.csv"
    config.write_text("site: lozere\nrequests: {email: {target_days: 5}}\n")
    log.write_bytes("Registre de la préfecture\n".encode("cp1252"))
    with follower(settings, config, log, tmp_path / "state", "requests") as (_, said):

        def words() -> str:
            said.seek(0)
            return said.read().decode()

        until(lambda: f"{log} has no header up to line 1; waiting for one" in words(), words, every=0.5)
        append(log, f"{HEADER}1;email;2024-10-07;;Zoé\n".encode("cp1252"))
        until(lambda: values(settings, topic(settings, Topic.REQUESTS)), words, every=0.5)


def test_a_call_that_waits_for_further_rows_is_told_once_none_has_come_for_long(tmp_path: Path) -> None:
    log, live = tmp_path / "Master.csv", CONNECTORS[FileKind.ASTERISK_CDR]
    log.write_bytes((EXAMPLES / "Master.csv").read_bytes().splitlines(keepends=True)[0])
    (tmp_path / "office.yaml").write_text(
        "site: lozere\nlines: {accueil: {queues: ['0465710000']}, etat-civil: {queues: ['602']}}\n"
    )
    settings = load(tmp_path / "office.yaml", {})
    context = context_of(FileKind.ASTERISK_CDR, [log], settings, Pseudonymizer(b"of the tests only"), None, None)
    whole = {
        told.event.id
        for told in CONNECTORS[FileKind.ASTERISK_CDR].read(log.read_bytes().splitlines(keepends=True), context)
        if isinstance(told, Accepted)
    }
    state = FollowState(live.state())
    rows, now = LiveRows(live, context, state), 1_000_000.0
    told: list[Entry] = []
    with closing(Tail(log)) as tail:
        for line in tail.lines():
            if line is None:
                break
            if isinstance(line, bytes):
                told += rows.take(tail.row, line, tail, now)
    keep_state(tmp_path / "kept", state)
    assert not told, "it is held"
    again = LiveRows(live, context, read_state(tmp_path / "kept", live.state))  # after a crash
    told += again.rest(now + live.patience - 1)
    assert not told
    told += again.rest(now + live.patience)
    assert events(told) == whole
    assert not list(again.rest(now + 2 * live.patience)), "once"


def test_a_row_over_two_lines_is_kept_whole_or_not_at_all(tmp_path: Path) -> None:
    log, live = tmp_path / "register.csv", CONNECTORS[FileKind.REQUESTS]
    log.write_bytes(b'request,channel,received,answered,author\n1,email,2024-10-07,,"of two\n')
    context = context_of(FileKind.REQUESTS, [log], load(None, {}), Pseudonymizer(b"of the tests only"), None, None)
    rows = LiveRows(live, context, FollowState(live.state()))
    told: list[Entry] = []
    with closing(Tail(log)) as tail:
        for line in tail.lines():
            if line is None and not rows.whole:
                append(log, b'lines"\n')
            elif line is None:
                break
            elif isinstance(line, bytes):
                told += rows.take(tail.row, line, tail, 0)
    assert [(each.row, each.event.type) for each in told if isinstance(each, Accepted)] == [(2, "received")]


def frames_of(file: Path) -> bytes:
    """Return the events of a saved event socket as JSON, with bodies that lack a final line end."""
    found = re.findall(rb"\n\n(Event-Subclass: .*?)\n\n", file.read_bytes(), re.DOTALL)
    assert len(found) > 10
    told = [dict(line.split(b": ", 1) for line in body.split(b"\n")) for body in found]
    bodies = [
        msgspec.json.encode({key.decode(): unquote(said.decode()) for key, said in each.items()}) for each in told
    ]
    return b"".join(b"Content-Length: %d\nContent-Type: text/event-json\n\n%b" % (len(each), each) for each in bodies)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "content", "step"),
    [
        (FileKind.AMI, (EXAMPLES / "ami").read_bytes(), 7),
        (FileKind.AMI, (EXAMPLES / "ami").read_bytes().replace(b"\r\n", b"\n"), 11),
        (FileKind.CALLCENTER, (EXAMPLES / "callcenter").read_bytes(), 211),
        (FileKind.CALLCENTER, frames_of(EXAMPLES / "callcenter"), 197),
    ],
    ids=["ami", "ami-lf", "callcenter", "callcenter-json"],
)
def test_messages_are_told_the_same_whole_and_followed_with_a_kill_at_any_byte(
    tmp_path: Path, kind: FileKind, content: bytes, step: int
) -> None:
    log, live = tmp_path / "saved", CONNECTORS[kind]
    settings = load(EXAMPLES / "office.yaml", {})
    context = context_of(kind, [log], settings, Pseudonymizer(b"of the tests only"), None, None)
    whole = events_of(CONNECTORS[kind].read(content.splitlines(keepends=True), context))
    assert len(whole) > 5
    for cut in range(1, len(content), step):
        log.write_bytes(content[:cut])
        state, before = killed(log, live, context, FollowState(live.state()))
        assert (state.position.offset if state.position else 0) > cut - 3000, "at the last message's end"
        with log.open("ab") as file:
            file.write(content[cut:])
        state, after = killed(log, live, context, state)
        rest = LiveRows(live, context, state).rest(live.patience + 1)
        assert [*before, *after, *events_of(rest)] == whole, cut


def killed(
    log: Path, live: Connector, context: Context, state: FollowState[Any]
) -> tuple[FollowState[Any], list[str | None]]:
    """Return a follower's last saved state and the events emitted by then. Later ones will be emitted again."""
    rows, kept, known, told = LiveRows(live, context, state), msgspec.json.encode(state), 0, list[str | None]()
    with closing(Tail(log, state.position, live.ends)) as tail:
        for line in tail.lines():
            if line is None:
                break
            if isinstance(line, bytes):
                told += events_of(rows.take(tail.row, line, tail, 1.0))
            if rows.whole:
                kept, known = msgspec.json.encode(replace(state, position=tail.position)), len(told)
    assert not re.search(rb"0[67]\d{8}", kept), "no number stays in clear"
    return msgspec.json.decode(kept, type=FollowState[live.state]), told[:known]  # type: ignore[name-defined]


def events_of(told: Iterable[Entry]) -> list[str | None]:
    return [each.event.id for each in told if isinstance(each, Accepted)]


def events(told: list[Entry]) -> set[str | None]:
    return {each.event.id for each in told if isinstance(each, Accepted)}


HEADER = "request;channel;received;answered;author\n"
REGISTER = f"{HEADER}1;email;2024-10-07;;Zoé\n{HEADER}2;privé;2024-10-08;;René «R»\n"


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
@pytest.mark.parametrize("before", ["", "sep=;\n", "Registre de la préfecture\n\n", "sep=;\nTitre\n;;;;\n"])
def test_a_table_gives_the_same_whole_and_followed_with_a_kill_at_any_byte(
    tmp_path: Path, before: str, encoding: str
) -> None:
    log, live = tmp_path / "register.csv", CONNECTORS[FileKind.REQUESTS]
    content = (before + REGISTER).encode(encoding)
    context = context_of(FileKind.REQUESTS, [log], load(None, {}), Pseudonymizer(b"of the tests only"), None, None)
    log.write_bytes(content)
    with log.open("rb") as file:
        whole = events_of(live.read(lines(file), context))
    assert len(whole) == 2
    for cut in range(1, len(content), 2):
        log.write_bytes(content[:cut])
        state, told = killed(log, live, context, FollowState(live.state()))
        append(log, content[cut:])
        state, after = killed(log, live, context, state)
        assert [*told, *after] == whole, cut


def test_a_table_that_ends_before_its_header_is_refused(tmp_path: Path) -> None:
    log, live = tmp_path / "register.csv", CONNECTORS[FileKind.REQUESTS]
    log.write_bytes(b"a title\nanother\n")
    context = context_of(FileKind.REQUESTS, [log], load(None, {}), Pseudonymizer(b"of the tests only"), None, None)
    rows = LiveRows(live, context, FollowState(live.state()))
    with closing(Tail(log)) as tail:
        for line in tail.lines():
            if line is None:
                break
            if isinstance(line, bytes):
                assert not rows.take(tail.row, line, tail, 0)
    assert not rows.whole, "a crash does not skip these lines"
    assert rows.awaited is not None
    assert "request" in rows.awaited.mistakes[0].expected
    with pytest.raises(ConfigError, match="request"):
        rows.turn(3)


@pytest.mark.parametrize(
    ("content", "found"), [(b"a title\n" * 50, "the columns a title"), (b"INSERT INTO t VALUES (1);\n", "an SQL dump")]
)
def test_a_growing_file_that_is_no_table_is_refused_at_once(tmp_path: Path, content: bytes, found: str) -> None:
    log = tmp_path / "register.csv"
    log.write_bytes(content)
    context = context_of(FileKind.REQUESTS, [log], load(None, {}), Pseudonymizer(b"of the tests only"), None, None)
    rows = LiveRows(CONNECTORS[FileKind.REQUESTS], context, FollowState(CONNECTORS[FileKind.REQUESTS].state()))
    with closing(Tail(log)) as tail, pytest.raises(ConfigError, match=found):
        rows.take(1, next(line for line in tail.lines() if isinstance(line, bytes)), tail, 0)
