"""A live exchange reaches Kafka through lost connections, and the process reports what it sent however it ends."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from msgspec import Struct
from typer.testing import CliRunner

from agents.cli import app
from agents.ingest import live
from agents.ingest.kept import keep_state
from agents.ingest.live import Listener, LiveState, Received, read_state
from agents.kafka.client import Topic, topic
from agents.kafka.topics import create_topics
from agents.sources.asterisk import ami_client
from agents.sources.asterisk.ami_file import AMI
from agents.sources.connection import SocketLost
from agents.sources.entry import Accepted, Entry, Refused
from agents.sources.freeswitch import event_socket_client
from agents.sources.freeswitch.callcenter_visits import QueueVisits
from config.settings import Settings, load
from streams.calls.counts import Counts
from streams.calls.rules import LineRules, always
from streams.decoding import Decoder, Invalid
from streams.desks.line import Line
from streams.events import CallEvent
from tests.agents import asterisk
from tests.agents.forked import Forked, forked
from tests.agents.freeswitch import CALLER, GREETING, LOGIN, REFUSED, answered, told
from tests.agents.reading import letters, values
from tests.agents.running import of_broker
from tests.agents.scripted import Script, exchange
from tests.agents.sources.contexts import context
from tests.waiting import PATIENCE, until

WAITING = told("member-queue-start", 0) + told("member-queue-start", 1, "s2")
OFFICE = "site: lozere\nlines: {accueil: {}}\nexchanges: {asterisk: {user: tocsin}}\n"
SECRETS: dict[str, str] = {event_socket_client.PASSWORD: "sesame", ami_client.PASSWORD: "sesame"}


class Away:
    """An exchange that closes every connection at once."""

    heard = 5.0

    def resume(self, before: float | None) -> Iterator[Received]:
        assert before is None or before <= self.heard
        yield None

    def listen(self) -> Iterator[Received]:
        raise SocketLost("it closed the connection")

    def close(self) -> None:
        pass


class Nothing(Struct):
    """An empty state."""


def test_the_pauses_between_attempts_grow_up_to_a_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listener = Listener(load(None, {}), "away", tmp_path / "kept", Nothing, lambda _: Away)
    pauses: list[float | None] = []

    def wait(seconds: float | None = None) -> bool:
        pauses.append(seconds)
        if len(pauses) == 8:
            listener.stop()
        return False

    monkeypatch.setattr(listener._stop, "wait", wait)
    assert list(listener.listen()) == [None] * 16
    assert pauses == [1, 2, 4, 8, 16, live.LONGEST_PAUSE, live.LONGEST_PAUSE, live.LONGEST_PAUSE]


def test_a_stop_leaves_a_message_whole_and_a_gap_that_was_not_told_for_the_next_time(tmp_path: Path) -> None:
    """Stopping within a message would lose half of its events, because the saved state includes the whole message."""

    class Talking(Away):
        heard = 9.0

        def listen(self) -> Iterator[Received]:
            while True:
                yield [Refused(1, b"", Invalid("gap", str(number))) for number in (1, 2)]

    kept = tmp_path / "kept"
    keep_state(kept, LiveState(Nothing(), 5.0))
    listener = Listener(load(None, {}), "talking", kept, Nothing, lambda _: Talking)
    told = listener.listen()
    assert next(told) is None
    listener.stop()
    assert list(told) == []
    assert listener._state.heard == 5.0
    listener = Listener(load(None, {}), "talking", kept, Nothing, lambda _: Talking)
    told = listener.listen()
    assert (next(told), len(next(told) or [])) == (None, 2)
    listener.stop()
    assert list(told) == []
    assert listener._state.heard == 9.0


def test_a_busy_exchange_that_is_never_silent_is_delivered_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Busy(Away):
        def listen(self) -> Iterator[Received]:
            yield [Refused(1, b"", Invalid("gap", "one"))]
            for _ in range(1_000):
                time.sleep(0.01)
                self.heard += 0.01
                yield []
            raise AssertionError("nothing was delivered")

    monkeypatch.setattr(live, "LONGEST_WAIT", 0.1)
    listener = Listener(load(None, {}), "busy", tmp_path / "kept", Nothing, lambda _: Busy)

    def deliver(entries: list[Entry]) -> bool:
        assert len(entries) == 1
        listener.stop()
        return True

    monkeypatch.setattr(listener._outbox, "deliver", deliver)
    listener.run()


@pytest.mark.parametrize(
    ("kind", "address", "said"),
    [
        ("callcenter", "127.0.0.1", "neither a file nor HOST:PORT"),
        ("ami", "host:70000", "neither a file nor HOST:PORT"),
        ("queue-log", "127.0.0.1:8021", "does not exist"),
    ],
)
def test_an_address_is_for_what_can_be_listened_to(kind: str, address: str, said: str) -> None:
    result = CliRunner().invoke(app, ["ingest", kind, address])
    assert result.exit_code == 2
    assert said in result.output


@pytest.mark.parametrize(
    ("kind", "variable"), [("callcenter", event_socket_client.PASSWORD), ("ami", ami_client.PASSWORD)]
)
def test_without_a_password_nobody_connects(kind: str, variable: str, tmp_path: Path) -> None:
    environment = {variable: "", "TOCSIN_EXCHANGES_ASTERISK_USER": "tocsin", "TOCSIN_STATE_DIR": str(tmp_path)}
    result = CliRunner().invoke(app, ["ingest", kind, "127.0.0.1:1"], env=environment)
    assert result.exit_code == 2
    assert variable in result.output


def test_a_wrong_password_ends_the_command(tmp_path: Path) -> None:
    with exchange([GREETING, "auth", REFUSED]) as server:
        environment = {event_socket_client.PASSWORD: "wrong", "TOCSIN_STATE_DIR": str(tmp_path)}
        result = CliRunner().invoke(app, ["ingest", "callcenter", f"127.0.0.1:{server.port}"], env=environment)
    assert result.exit_code == 2
    assert "a password that the exchange refuses" in result.output


def test_a_refused_login_ends_the_command(tmp_path: Path) -> None:
    script: Script = [asterisk.BANNER, "Action: Challenge", asterisk.CHALLENGE, "Action: Login", asterisk.REFUSED]
    with exchange(script) as server:
        environment = {ami_client.PASSWORD: "wrong", "TOCSIN_STATE_DIR": str(tmp_path)}
        environment["TOCSIN_EXCHANGES_ASTERISK_USER"] = "tocsin"
        result = CliRunner().invoke(app, ["ingest", "ami", f"127.0.0.1:{server.port}"], env=environment)
    assert result.exit_code == 2
    assert "a login that the exchange refuses" in result.output
    assert "exchanges.asterisk.password_file" in result.output


def test_a_secret_that_others_can_read_is_refused(tmp_path: Path) -> None:
    kept, office = tmp_path / "secret", tmp_path / "office.yaml"
    kept.write_text("sesame")
    kept.chmod(0o644)
    office.write_text(f"site: lozere\nexchanges: {{asterisk: {{user: tocsin, password_file: {kept}}}}}\n")
    result = CliRunner().invoke(app, ["ingest", "ami", "127.0.0.1:1", "--config", str(office)])
    assert result.exit_code == 2
    assert "chmod 600" in result.output


@contextmanager
def command(settings: Settings, kind: str, port: int, folder: Path) -> Iterator[Forked]:
    config = folder / "office.yaml"
    config.write_text(OFFICE)
    environment = {
        **os.environ,
        **of_broker(settings),
        "TOCSIN_STATE_DIR": str(folder / "state"),
        **SECRETS,
    }
    address = f"127.0.0.1:{port}"
    arguments = ["ingest", kind, address, "--config", str(config)]
    with (folder / "said").open("wb") as said, forked(arguments, env=environment, said=said) as process:
        yield process


def attempts(settings: Settings, process: Forked, count: int) -> list[CallEvent]:
    """Return the events in the topic, once there are `count` of them."""
    found: list[bytes] = []

    def came() -> bool:
        assert process.poll() is None
        found[:] = values(settings, topic(settings, Topic.CALL_ATTEMPTS))
        return len(found) >= count

    until(came, lambda: found, every=0.5)
    assert not any(CALLER.encode() in value or b"0261990" in value for value in found)
    return [Decoder(CallEvent).decode(value) for value in found]


@pytest.mark.broker
def test_a_running_freeswitch_reaches_the_topics(settings: Settings, tmp_path: Path) -> None:
    create_topics(settings)
    with (
        exchange([*LOGIN, answered(0) + WAITING[:50], 1.0], [*LOGIN, answered(100, "s2"), 30.0]) as server,
        command(settings, "callcenter", server.port, tmp_path) as process,
    ):
        told = attempts(settings, process, 8)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
    (kept,) = (tmp_path / "state" / "live").glob("*.json")
    assert set(read_state(kept, QueueVisits).calls.sessions) == {"accueil/s1", "accueil/s2"}
    assert sorted((each.call, each.type) for each in told) == sorted(
        (call, kind) for call in ("s1", "s2") for kind in ("offered", "ringing", "answered", "ended")
    )
    assert [letter.reason for letter in letters(settings)] == ["gap"]


def counts_of(raw: bytes) -> Counts:
    """Return the totals of the saved bytes of a manager interface."""
    read = AMI.read(raw.splitlines(), context(line_of={"accueil": "accueil"}.get))
    told = (each.event for each in read if isinstance(each, Accepted))
    return counts(each for each in told if isinstance(each, CallEvent))


def counts(events: Iterable[CallEvent]) -> Counts:
    line = Line(LineRules(site="lozere", line="accueil", open=always))
    for each in events:
        line.fold(each)
    return line.figures.counts()


@pytest.mark.broker
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_running_asterisk_tells_what_its_saved_bytes_tell(
    settings: Settings, tmp_path: Path, number: signal.Signals
) -> None:
    """The first connection ends within a message, the second with the process; the next process reads the rest."""
    create_topics(settings)
    saved = Path("examples/ami").read_bytes()
    before, after = saved[len(asterisk.BANNER) :].split(asterisk.BANNER)
    events, status = before[before.index(b"Event:") :], after[after.index(b"Event:") :]
    middle = events.index(b"Event: Newexten", 700)
    first: Script = [*asterisk.connected(), events[:middle] + events[middle : middle + 30]]
    listed = [asterisk.waiting("1728464420.3", 11)] if b"1728464420.3" in events[:middle] else []
    second: Script = [*asterisk.connected(*listed), events[middle:], 30.0]
    third: Script = [*asterisk.LOGIN, "Action: Ping", asterisk.PONG, "Action: QueueStatus", status, 30.0]
    with exchange(first, second, third) as server:
        for so_far in (7, 8):
            with command(settings, "ami", server.port, tmp_path) as process:
                told = attempts(settings, process, so_far)
                process.send_signal(number)
                assert process.wait(PATIENCE) == 0
    assert counts(told) == counts_of(saved)
    assert sorted(letter.reason for letter in letters(settings)) == ["gap", "gap", "malformed"]
    said = (tmp_path / "said").read_text()
    assert f"ended by {number.name}" in said
    assert "sent 2 records" in said, said
