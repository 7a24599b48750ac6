"""A client whose broker is gone keeps no socket of the connections that failed."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

from agents.kafka.client import KafkaError, admin
from agents.ports import free_port
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


def sockets() -> int:
    """Return the number of this process's open sockets."""
    return sum(_target(each).startswith("socket:") for each in Path("/proc/self/fd").iterdir())


def _target(link: Path) -> str:
    try:
        return str(link.readlink())
    except FileNotFoundError:
        return ""
