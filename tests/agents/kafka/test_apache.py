"""Apache Kafka with Java: records survive it, and missing prerequisites are reported."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from agents.kafka import apache
from agents.kafka.apache import apache_broker, apache_node
from agents.kafka.broker import BrokerError, listens
from agents.kafka.client import Topic, producer, reach, topic
from agents.kafka.reading import records
from agents.kafka.topics import create_topics
from agents.ports import PortError, free_port
from config.settings import Kafka, Settings
from tests.agents.kafka.test_broker import ends
from tests.agents.running import children
from tests.waiting import PATIENCE

by_java = pytest.mark.skipif(not (shutil.which("java") and shutil.which("mvn")), reason="needs Java and Maven")


def put(settings: Settings, values: list[bytes]) -> None:
    create_topics(settings)
    client = producer(settings)
    sent = [client.send(topic(settings, Topic.CALL_ATTEMPTS), value, key=value) for value in values]
    client.close()
    for future in sent:
        future.get(0)


def held(settings: Settings) -> list[bytes]:
    return sorted(record.value or b"" for record in records(settings, topic(settings, Topic.CALL_ATTEMPTS)))


def program(folder: Path, name: str, script: str) -> None:
    file = folder / name
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


@pytest.fixture
def nothing_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Set PATH to an empty folder, and give a state folder without jars."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("TOCSIN_STATE_DIR", str(tmp_path / "state"))
    return folder


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Path]:
    """Give a data folder whose Kafka log is printed after the test."""
    yield tmp_path
    print((tmp_path / "kafka.log").read_text())  # noqa: T201


@by_java
@pytest.mark.broker
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_what_was_acknowledged_outlives_an_end(kept: Path, how: signal.Signals) -> None:
    port = free_port("127.0.0.1")
    values = [b"%03d" % number for number in range(500)]
    with apache_node(port, kept) as node:
        settings = Settings(site="lozere", kafka=Kafka(bootstrap=node.bootstrap, partitions=2))
        cluster = reach(node.bootstrap, 5)
        put(settings, values[:300])
        node.process.send_signal(how)
        node.process.wait(PATIENCE)
    with apache_node(port, kept) as again:
        assert again.bootstrap == node.bootstrap
        assert reach(again.bootstrap, 5) == cluster
        assert held(settings) == values[:300]
        put(settings, values[300:])
        assert held(settings) == values
    assert not listens(again.bootstrap)


@by_java
@pytest.mark.broker
def test_a_port_or_a_folder_that_is_taken_is_refused(kept: Path) -> None:
    with apache_broker(data=kept) as bootstrap:
        port = int(bootstrap.rpartition(":")[2])
        with pytest.raises(PortError, match=f"port {port} of 127.0.0.1 is taken"), apache_broker(port):
            pass
        with pytest.raises(BrokerError, match="is in use by another broker"), apache_broker(data=kept):
            pass
        assert reach(bootstrap, 5)


@by_java
@pytest.mark.broker
def test_its_death_is_told_at_the_end_of_the_block(kept: Path) -> None:
    with ExitStack() as stack:
        before = children()
        bootstrap = stack.enter_context(apache_broker(data=kept))
        (process,) = children() - before
        os.kill(process, signal.SIGKILL)
        assert ends(bootstrap)
        with pytest.raises(BrokerError, match="ended by itself"):
            stack.close()


@by_java
@pytest.mark.broker
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_command_ends_it_in_good_order(kept: Path, how: signal.Signals) -> None:
    command = [sys.executable, "-m", "agents", "broker", "--apache", "--port", "0", "--data", str(kept)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        said = next(line for line in process.stderr if line.startswith("broker on "))
        process.send_signal(how)
        try:
            assert process.wait(PATIENCE) == 0
        finally:
            process.kill()
    assert not listens(said.split()[2].rstrip(";"))
    assert (kept / "log" / ".kafka_cleanshutdown").exists()


def test_without_java_it_is_told_which_and_how_to_install_it(nothing_installed: Path) -> None:
    with (
        pytest.raises(BrokerError, match=r"Java 17 or later, but PATH has no java; install it with apt install"),
        apache_broker(),
    ):
        pass
    program(nothing_installed, "java", """echo 'openjdk version "11.0.2" 2019-01-15' >&2""")
    with (
        pytest.raises(BrokerError, match=r"Java 17 or later, but .*/java is 11; upgrade with apt install"),
        apache_broker(),
    ):
        pass


def test_without_maven_it_is_told_how_to_install_it(nothing_installed: Path) -> None:
    program(nothing_installed, "java", """echo 'openjdk version "21" 2023-09-19' >&2""")
    with pytest.raises(BrokerError, match=r"PATH has no mvn; install it with apt install maven"), apache_broker():
        pass


def test_what_maven_says_when_it_fails_is_repeated_and_nothing_is_left(nothing_installed: Path) -> None:
    program(nothing_installed, "mvn", "echo '[ERROR] no such artifact'; exit 1")
    with pytest.raises(BrokerError, match=r"cannot download Apache Kafka:\n\[ERROR\] no such artifact"):
        apache.jars()
    assert not list(Path(os.environ["TOCSIN_STATE_DIR"]).iterdir())


def test_the_jars_are_brought_once(nothing_installed: Path) -> None:
    program(nothing_installed, "mvn", 'for last; do :; done; PATH=/bin:/usr/bin mkdir "${last#*=}"')
    folder = apache.jars()
    assert folder.parent == Path(os.environ["TOCSIN_STATE_DIR"])
    assert apache.version() in folder.name
    (nothing_installed / "mvn").unlink()
    assert apache.jars() == folder


def test_outside_of_a_checkout_it_is_told_that_one_is_needed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(apache, "SOURCE", tmp_path / "deploy" / "kafka")
    with pytest.raises(BrokerError, match="from a checkout of Tocsin"):
        apache.version()
