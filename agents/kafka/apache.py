"""A real one-node Apache Kafka on loopback, run by Java from jars that Maven downloads once."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import structlog

from agents.ending import temporary_folder
from agents.kafka.broker import BrokerError, answer, last_words, listens
from agents.kafka.child import child
from agents.ports import free_port
from agents.state import state_dir
from agents.translation import text

SOURCE = Path(__file__).resolve().parents[2] / "deploy" / "kafka"  # only in a checkout, not in the package
NODE_START_SECONDS = 120.0  # it answers within 5 s, but a log recovery or a loaded machine can delay it
OLDEST_JAVA = 17
ENDING_SECONDS = 5.0
HOST = "127.0.0.1"

log = structlog.get_logger()


class Node(NamedTuple):
    bootstrap: str
    process: subprocess.Popen[bytes]


class ClusterMember(NamedTuple):
    """The settings that a cluster gives to one of its nodes."""

    cluster: str  # its id, 16 bytes in base64
    controller: int  # the node's controller port
    heap: str


@contextmanager
def apache_broker(port: int = 0, data: Path | None = None) -> Iterator[str]:
    """Run Apache Kafka until the block ends; yield its bootstrap address once it answers.

    Port 0 takes a free port. The folder `data` is kept so that a later broker can resume from it; without a folder, all
    data is deleted.
    Raises `PortError` if the port is taken, `BrokerError` if Java or Maven is missing, if the data is in use, and if
    Kafka does not start or ends before the block does.
    """
    with temporary_folder() as scratch:
        folder = data or scratch
        with apache_node(port, folder) as node:
            try:
                yield node.bootstrap
            finally:
                if not listens(node.bootstrap):  # its sockets close a moment before its process ends
                    with suppress(subprocess.TimeoutExpired):
                        node.process.wait(ENDING_SECONDS)
                if node.process.poll() is not None:
                    with _log(folder).open("rb") as output:
                        words = last_words(output)
                    raise BrokerError(text("{name} ended by itself{words}", name=_name(node.bootstrap), words=words))


@contextmanager
def apache_node(
    port: int,
    data: Path,
    *,
    listeners: Sequence[str] = (),
    properties: Mapping[str, str] = MappingProxyType({}),
    member: ClusterMember | None = None,
) -> Iterator[Node]:
    """Run Apache Kafka as `apache_broker` does, but yield its process too and do not check whether it has ended.

    It also listens on `listeners` (`NAME://host:port`); `properties` override its own. Its output goes to
    `data/kafka.log`. A member of a cluster is yielded at once, as it answers only when most members run.
    """
    java()
    libs = jars()
    port, controller = free_port(HOST, port), free_port(HOST, member.controller if member else 0)
    try:
        data.mkdir(parents=True, exist_ok=True)
        further = data / "further.properties"
        further.write_text("".join(f"{name}={value}\n" for name, value in properties.items()))
    except OSError as error:
        raise BrokerError(str(error)) from None
    bootstrap = f"{HOST}:{port}"
    environment = {
        **{name: os.environ[name] for name in ("PATH", "JDK_JAVA_OPTIONS") if name in os.environ},
        "KAFKA_LIBS": str(libs),
        "KAFKA_DATA": str(data.resolve()),
        "KAFKA_HOST": HOST,
        "KAFKA_PORT": str(port),
        "KAFKA_ADVERTISED": bootstrap,
        "KAFKA_CONTROLLER_PORT": str(controller),
        "KAFKA_LISTENERS": ",".join(listeners),
        "KAFKA_PROPERTIES": str(further.resolve()),
    }
    if member is not None:
        environment |= {"KAFKA_CLUSTER": member.cluster, "KAFKA_HEAP": member.heap}
    with (
        _locked(data),
        _log(data).open("w+b") as output,
        child(["/bin/sh", str(SOURCE / "start")], env=environment, said=output) as process,
    ):
        if member is not None:
            yield Node(bootstrap, process)
            return
        found = answer(process, bootstrap, output, name=_name(bootstrap), seconds=NODE_START_SECONDS)
        if f"cluster.id={found}" not in (data / "log" / "meta.properties").read_text().splitlines():
            raise BrokerError(
                text("another broker ({found}) took {bootstrap} first; try again", found=found, bootstrap=bootstrap)
            )
        yield Node(bootstrap, process)


@contextmanager
def _locked(data: Path) -> Iterator[None]:
    """Lock a folder for one broker: Kafka locks it only after it has read, and repaired, the other broker's log."""
    with (data / "lock").open("wb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise BrokerError(text("{folder} is in use by another broker; name another folder", folder=data)) from None
        yield


def _name(bootstrap: str) -> str:
    return text("Apache Kafka on {bootstrap}", bootstrap=bootstrap)


def version() -> str:
    """Return the version of Apache Kafka that the checkout names; raise `BrokerError` outside of a checkout."""
    found = re.search("<kafka.version>(.+)</kafka.version>", _pom())
    assert found
    return found[1]


def java() -> None:
    """Raise `BrokerError`, with the repair in its message, if PATH has no Java that can run Kafka."""
    repair = "apt install openjdk-17-jre-headless"
    program = shutil.which("java")
    if program is None:
        raise BrokerError(
            text(
                "Apache Kafka needs Java {oldest} or later, but PATH has no java; install it with {repair}",
                oldest=OLDEST_JAVA,
                repair=repair,
            )
        )
    output = subprocess.run([program, "-version"], capture_output=True, text=True, check=False).stderr  # noqa: S603
    found = re.search(r'version "(\d+)', output)
    if found is None or int(found[1]) < OLDEST_JAVA:
        raise BrokerError(
            text(
                "Apache Kafka needs Java {oldest} or later, but {program} is {found}; upgrade with {repair}",
                oldest=OLDEST_JAVA,
                program=program,
                found=found[1] if found else text("none"),
                repair=repair,
            )
        )


def jars() -> Path:
    """Return the folder of Kafka's jars in the state folder; Maven fills it the first time.

    Raises `BrokerError` if Maven is missing or fails.
    """
    name = f"kafka-{version()}-{hashlib.sha256(_pom().encode()).hexdigest()[:8]}"
    folder = state_dir() / name
    if folder.exists():
        return folder
    maven = shutil.which("mvn")
    if maven is None:
        raise BrokerError(text("Maven downloads Apache Kafka, but PATH has no mvn; install it with apt install maven"))
    log.info("Maven downloads Apache Kafka, only this once", version=version(), to=str(folder))
    folder.parent.mkdir(parents=True, exist_ok=True)
    with temporary_folder(within=folder.parent) as scratch:
        downloaded = scratch / name
        command = [maven, "-q", "-B", "-Dstyle.color=never", "-f", str(SOURCE / "pom.xml")]
        run = subprocess.run(  # noqa: S603 -- what PATH calls Maven
            [*command, "dependency:copy-dependencies", f"-DoutputDirectory={downloaded}"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if run.returncode:
            raise BrokerError(text("Maven cannot download Apache Kafka:\n{words}", words=run.stdout.strip()[:1000]))
        try:
            downloaded.rename(folder)  # whole or not at all
        except OSError:
            if not folder.exists():  # otherwise another process was faster
                raise
    return folder


def _pom() -> str:
    try:
        return (SOURCE / "pom.xml").read_text(encoding="utf-8")
    except FileNotFoundError:
        raise BrokerError(
            text(
                "Apache Kafka runs only from a checkout of Tocsin, and {folder} does not exist; clone the repository "
                "and install it with pip install -e .",
                folder=SOURCE,
            )
        ) from None


def _log(data: Path) -> Path:
    return data / "kafka.log"
