"""Kafka's start in a container: clients from outside get the address that is reachable from there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from agents.kafka.apache import SOURCE, jars
from agents.kafka.broker import answer
from agents.kafka.child import child
from agents.kafka.client import KafkaAdminClient
from agents.ports import free_port
from tests.agents.kafka.test_apache import by_java
from tests.waiting import PATIENCE

HOST = "127.0.0.1"


@pytest.mark.slow
@by_java
def test_each_listener_tells_its_own_address(tmp_path: Path) -> None:
    inside, outside, controller = (free_port(HOST) for _ in range(3))
    environment = {
        **{name: os.environ[name] for name in ("PATH", "JDK_JAVA_OPTIONS")},
        "KAFKA_LIBS": str(jars()),
        "KAFKA_DATA": str(tmp_path),
        "KAFKA_HOST": HOST,
        "KAFKA_PORT": str(inside),
        "KAFKA_ADVERTISED": f"localhost:{inside}",
        "KAFKA_OUTSIDE_PORT": str(outside),
        "KAFKA_OUTSIDE": f"{HOST}:{outside}",
        "KAFKA_CONTROLLER_PORT": str(controller),
    }
    with (
        (tmp_path / "said").open("w+b") as said,
        child(["/bin/sh", str(SOURCE / "start")], env=environment, said=said) as process,
    ):
        answer(process, f"{HOST}:{outside}", said, name="Kafka", seconds=PATIENCE)
        assert told(inside) == [("localhost", inside)]
        assert told(outside) == [(HOST, outside)]


def told(port: int) -> list[tuple[str, int]]:
    """Return the addresses of the brokers that a client of a port gets."""
    with KafkaAdminClient(bootstrap_servers=f"{HOST}:{port}") as client:
        return [(broker["host"], broker["port"]) for broker in client.describe_cluster()["brokers"]]
