"""The brokers for the tests: which are available here, and how each is started."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

import docker  # type: ignore[import-untyped]  # ships no types
from docker.errors import DockerException  # type: ignore[import-untyped]
from requests import RequestException
from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import LogMessageWaitStrategy

from agents.kafka import apache
from agents.kafka.broker import BrokerError, embedded_broker
from agents.kafka.client import KafkaError, reach
from agents.ports import free_port

HOST = "127.0.0.1"
START_SECONDS = 300
SILENCE_SECONDS = 120  # timeout: Docker may search long for an image that no registry has


@contextmanager
def chosen(wanted: str | None) -> Iterator[tuple[str, str]]:
    """Start a broker of the requested kind, or the first available; yield its address and its description."""
    if wanted and wanted not in KINDS:
        raise BrokerError(f"TOCSIN_TEST_WITH is {wanted}, expected one of {', '.join(KINDS)}")
    refused = []
    with ExitStack() as stack:
        for name in [wanted] if wanted else KINDS:
            began = time.monotonic()
            try:
                address, says = stack.enter_context(KINDS[name]())
            except BrokerError as error:
                refused.append(f"no {name}: {error}")
                continue
            yield address, "; ".join([f"{says}, up in {time.monotonic() - began:.1f} s", *refused])
            return
    raise BrokerError("; ".join(refused))


@contextmanager
def shared(running: AbstractContextManager[tuple[str, str]], note: Path) -> Iterator[tuple[str, str]]:
    """Enter a broker's context once for all processes with the same note file, and leave it after the last one.

    The process with an exclusive lock on the note starts the broker and writes its address into the note. All processes
    then share the lock while they run, and the first waits for an exclusive lock before it ends the broker.
    """
    with note.open("a+") as file, ExitStack() as stack:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            fcntl.flock(file, fcntl.LOCK_SH)  # granted once the broker is up
            if not (told := note.read_text()):
                raise BrokerError("another process has not started the broker") from None
            address, says = json.loads(told)
        else:
            address, says = stack.enter_context(running)
            note.write_text(json.dumps((address, says)))
            fcntl.flock(file, fcntl.LOCK_SH)
            stack.callback(fcntl.flock, file, fcntl.LOCK_EX)
        yield address, says


@contextmanager
def container() -> Iterator[tuple[str, str]]:
    """Run Apache Kafka in a container, from the image of `make image-kafka` or from the public one."""
    port = free_port(HOST)
    with ExitStack() as stack:
        try:
            image = _image()
            environment = _environment(image, f"{HOST}:{port}")
            node = DockerContainer(image).with_envs(
                **environment, JDK_JAVA_OPTIONS=os.environ.get("JDK_JAVA_OPTIONS", "")
            )
            # with_bind_ports takes no address, and the broker would listen on every one.
            node.ports["9094/tcp"] = (HOST, port)  # type: ignore[assignment]
            node.waiting_for(LogMessageWaitStrategy("Kafka Server started").with_startup_timeout(START_SECONDS))
            stack.enter_context(node)
            reach(f"{HOST}:{port}", START_SECONDS)  # it reports its start before its port takes connections
        except (DockerException, RequestException, TimeoutError, KafkaError) as error:
            raise BrokerError(" ".join(str(error).split())[:300]) from None
        yield f"{HOST}:{port}", f"Apache Kafka in a container of {image}"


@contextmanager
def by_java() -> Iterator[tuple[str, str]]:
    with apache.apache_broker() as address:
        yield address, f"Apache Kafka {apache.version()} by Java"


@contextmanager
def embedded() -> Iterator[tuple[str, str]]:
    with embedded_broker() as address:
        yield address, "the embedded one"


KINDS = {"container": container, "apache": by_java, "embedded": embedded}


def _image() -> str:
    ours, public = f"tocsin/kafka:{apache.version()}", f"apache/kafka:{apache.version()}"
    engine = docker.from_env(timeout=SILENCE_SECONDS)
    try:
        there = {tag for image in engine.images.list() for tag in image.tags}
        # It removes containers of killed runs; not everybody can pull it, and nothing here needs it.
        testcontainers_config.ryuk_disabled = testcontainers_config.ryuk_image not in there
        if ours in there:
            return ours
        if public not in there:
            try:
                engine.images.pull(public)
            except (DockerException, RequestException):
                raise BrokerError(f"{ours} is not there (make image-kafka), nor is {public} to be pulled") from None
        return public
    finally:
        engine.close()


def _environment(image: str, outside: str) -> dict[str, str]:
    """Return settings with which the broker is reachable in the container, for transactions, and from outside."""
    if image.startswith("tocsin/"):
        return {"KAFKA_OUTSIDE": outside, "KAFKA_OUTSIDE_PORT": "9094"}
    # The public image takes any setting from the variable of its name, and then has no others.
    lines = (apache.SOURCE / "server.properties").read_text().splitlines()
    settings = dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    settings |= {
        "listeners": "PLAINTEXT://127.0.0.1:9092,OUTSIDE://0.0.0.0:9094,CONTROLLER://127.0.0.1:9093",
        "advertised.listeners": f"PLAINTEXT://127.0.0.1:9092,OUTSIDE://{outside}",
        "controller.quorum.voters": "1@127.0.0.1:9093",
    }
    return {f"KAFKA_{name.upper().replace('.', '_')}": value for name, value in settings.items()}
