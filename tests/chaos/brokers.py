"""The harmed brokers: one, or a cluster whose nodes go down one at a time."""

from __future__ import annotations

import random
import signal
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

from agents.kafka.apache import Node, apache_node
from agents.ports import free_port
from tests.cluster import HOST, Cluster

# Everybody has all rights until one is denied.
ASKING = {
    "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    "allow.everyone.if.no.acl.found": "true",
}


class Brokers(Protocol):
    """The harms to brokers."""

    address: str
    nodes: int

    def start(self) -> None:
        """Start the nodes that are down."""

    def stop(self, how: signal.Signals) -> None:
        """End one node."""

    def close(self) -> None:
        """End all."""


class Broker:
    """Start, stop and kill one Apache Kafka on the same port and data."""

    nodes = 1

    def __init__(self, data: Path) -> None:
        self.data = data
        self.port = free_port(HOST)
        self.address = f"{HOST}:{self.port}"
        self.stack = ExitStack()
        self.node: Node | None = None

    def start(self) -> None:
        self.node = self.stack.enter_context(apache_node(self.port, self.data, properties=ASKING))

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        assert self.node is not None
        self.node.process.send_signal(how)
        self.node.process.wait(60)
        self.stack.close()

    def close(self) -> None:
        self.stack.close()


class ManyBrokers:
    """The same harms to any one node of a cluster at a time.

    Rights are off: before the controllers have met, none of them can check rights.
    """

    def __init__(self, data: Path, nodes: int) -> None:
        self.nodes = nodes
        self._cluster = Cluster(data, nodes)
        self.address = self._cluster.address

    def start(self) -> None:
        self._cluster.start()

    def stop(self, how: signal.Signals) -> None:
        self._cluster.stop(random.choice(list(self._cluster.running)), how)

    def close(self) -> None:
        self._cluster.close()


def brokers_of(data: Path, nodes: int) -> Brokers:
    """Return one broker, or a cluster of several."""
    return Broker(data) if nodes == 1 else ManyBrokers(data, nodes)
