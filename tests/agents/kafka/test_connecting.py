"""A client whose broker is gone keeps no socket of the connections that failed."""

from __future__ import annotations

import gc
import socket
import warnings
from pathlib import Path

import pytest

from agents.kafka.client import KafkaError, admin
from agents.ports import free_port
from config.security import Security
from config.settings import Kafka, Settings

HOST = "127.0.0.1"


def test_failed_connections_leave_no_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agents.kafka.client.START_MS", 400)  # time for three attempts
    settings = Settings(site="lozere", kafka=Kafka(bootstrap=f"{HOST}:{free_port(HOST)}"))
    gc.disable()  # a client that waits creates too little garbage for a collection
    try:
        before = sockets()
        with pytest.raises(KafkaError, match="nothing listens there"), admin(settings):
            pass
        assert sockets() <= before
    finally:
        gc.enable()


@pytest.mark.slow
@pytest.mark.parametrize("longest", [0.2, 1.5])  # a handshake ends by itself, or is cut off with its client
def test_a_broker_that_does_not_shake_hands_ends_the_wait_and_leaves_no_socket(
    monkeypatch: pytest.MonkeyPatch, longest: float
) -> None:
    monkeypatch.setattr("agents.kafka.client.START_MS", 1000)
    monkeypatch.setattr("agents.kafka.connecting.HANDSHAKE_SECONDS", longest)
    with socket.create_server((HOST, 0)) as silent:  # it accepts, and never replies
        bootstrap = f"{HOST}:{silent.getsockname()[1]}"
        settings = Settings(site="lozere", kafka=Kafka(bootstrap=bootstrap, security=Security(protocol="SSL")))
        with warnings.catch_warnings(record=True) as found:
            warnings.simplefilter("always", ResourceWarning)
            with pytest.raises(KafkaError), admin(settings):
                pass
            gc.collect()
    assert [str(each.message) for each in found] == []


def sockets() -> int:
    """Return the number of this process's open sockets."""
    return sum(_target(each).startswith("socket:") for each in Path("/proc/self/fd").iterdir())


def _target(link: Path) -> str:
    try:
        return str(link.readlink())
    except FileNotFoundError:
        return ""
