"""A real Prometheus and a real Alertmanager, each a process in a folder of its own, for the tests."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import Popen
from typing import Any, NamedTuple, TypeVar
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest
import yaml
from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.registry import Collector

from agents.kafka.child import child
from agents.ports import free_port
from tests.waiting import PATIENCE, until

HOST = "127.0.0.1"
DEPLOY = Path(__file__).parents[2] / "deploy"
PROMETHEUS = DEPLOY / "prometheus" / "prometheus.yml"
ALERTMANAGER = DEPLOY / "alertmanager" / "alertmanager.yml"


class Sample(NamedTuple):
    """One series of an answer: its labels and its value now."""

    labels: dict[str, str]
    value: float


@dataclass
class Server:
    """A server's process, its address (`host:port`) and its output so far."""

    process: Popen[bytes]
    address: str
    said: Any = field(repr=False)

    def get(self, page: str, **asked: str) -> Any:
        """Return a page of the server's interface, decoded if it is JSON."""
        with urlopen(f"http://{self.address}{page}?{urlencode(asked)}", timeout=PATIENCE) as answer:
            text = answer.read().decode()
            return json.loads(text) if "json" in answer.headers.get("Content-Type", "") else text

    def words(self) -> str:
        self.said.seek(0)
        return str(self.said.read().decode(errors="replace"))

    def wait(self, done: Callable[[], bool]) -> None:
        """Wait for a condition; fail with the server's output."""

        def so() -> bool:
            assert self.process.poll() is None, self.words()
            return done()

        until(so, self.words)

    def _ready(self) -> bool:
        try:
            self.get("/-/ready")
        except (URLError, ConnectionError):
            return False
        return True


class Prometheus(Server):
    """A running Prometheus."""

    def query(self, expression: str) -> list[Sample]:
        """Return the vector of an expression now; raise `HTTPError` for an invalid one."""
        answer = self.get("/api/v1/query", query=expression)["data"]
        if answer["resultType"] == "scalar":
            return [Sample({}, float(answer["result"][1]))]
        return [Sample(each["metric"], float(each["value"][1])) for each in answer["result"]]

    def alerts(self, state: str = "firing") -> list[dict[str, str]]:
        """Return the labels of the alerts in a state, their annotations among them."""
        found = self.get("/api/v1/alerts")["data"]["alerts"]
        return [each["annotations"] | each["labels"] for each in found if each["state"] == state]


class Alertmanager(Server):
    """A running Alertmanager."""

    def alerts(self, state: str = "active") -> list[dict[str, str]]:
        """Return the labels of the alerts in a state (`active`, `suppressed`), their annotations among them."""
        found = self.get("/api/v2/alerts")
        return [each["annotations"] | each["labels"] for each in found if each["status"]["state"] == state]


Kind = TypeVar("Kind", bound=Server)


def program(*names: str) -> str:
    """Return the path of a program under whichever name it is installed; skip the test if it is not."""
    for name in names:
        if path := shutil.which(name):
            return path
    pytest.skip(f"there is no program {' or '.join(names)} here; Debian has it in prometheus, prometheus-alertmanager")


def configuration(targets: Mapping[str, Sequence[str]], *, alertmanager: str = "", every: str = "1s") -> dict[str, Any]:
    """Return the committed configuration of Prometheus with other addresses and intervals, and nothing else.

    `targets` has the addresses to scrape by job; a job without addresses is not scraped, and without an `alertmanager`
    no alert is sent.
    """
    found: dict[str, Any] = yaml.safe_load(PROMETHEUS.read_text())
    found["global"] |= {"scrape_interval": every, "scrape_timeout": every, "evaluation_interval": every}
    found["rule_files"] = [str(PROMETHEUS.parent / name) for name in found["rule_files"]]
    sent_to = [alertmanager] if alertmanager else []
    for static in found["alerting"]["alertmanagers"]:
        static["static_configs"] = [{"targets": sent_to}]
    jobs = {each["job_name"]: each for each in found["scrape_configs"]}
    assert targets.keys() <= jobs.keys(), "no such job"
    for name, job in jobs.items():
        job["static_configs"] = [{"targets": list(targets.get(name, []))}]
    return found


@contextmanager
def exposed(*collectors: Collector) -> Iterator[str]:
    """Serve metrics while the block runs; yield the address."""
    registry = CollectorRegistry()
    for each in collectors:
        registry.register(each)
    server, thread = start_http_server(0, HOST, registry)
    try:
        yield f"{HOST}:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def prometheus(settings: Mapping[str, Any]) -> Iterator[Prometheus]:
    """Run Prometheus with this configuration while the block runs."""
    command = [program("prometheus"), "--log.level=warn", "--storage.tsdb.path=data"]
    with _running(Prometheus, command, settings) as server:
        yield server


@contextmanager
def alertmanager(settings: Mapping[str, Any]) -> Iterator[Alertmanager]:
    """Run Alertmanager alone, without a cluster, with this configuration while the block runs."""
    found = program("prometheus-alertmanager", "alertmanager")
    command = [found, "--storage.path=data", "--cluster.listen-address="]
    with _running(Alertmanager, command, settings) as server:
        yield server


@contextmanager
def _running(kind: type[Kind], command: list[str], settings: Mapping[str, Any]) -> Iterator[Kind]:
    address = f"{HOST}:{free_port(HOST)}"
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as said:
        (Path(folder) / "configuration.yml").write_text(yaml.safe_dump(dict(settings), sort_keys=False))
        options = ["--config.file=configuration.yml", f"--web.listen-address={address}"]
        with child([*command, *options], env=os.environ, said=said, folder=folder) as process:
            server = kind(process, address, said)
            server.wait(server._ready)
            yield server
