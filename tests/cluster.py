"""A cluster of Apache Kafka nodes on this machine, each broker and controller, to be killed one at a time."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Final

from agents.kafka.apache import ClusterMember, Node, apache_node
from agents.kafka.client import KafkaError, admin
from agents.ports import free_port
from config.settings import Kafka, Settings
from tests.waiting import PATIENCE

HOST: Final = "127.0.0.1"
ID: Final = "dG9jc2luLWNsdXN0ZXItMQ"  # any 16 bytes
HEAP: Final = "256m"
CLEANER: Final = {"log.cleaner.dedupe.buffer.size": "16777216"}  # the default is 128 MiB of the heap


class Cluster:
    """The nodes of one cluster, each on its own ports and data."""

    def __init__(self, folder: Path, nodes: int = 3, properties: Mapping[str, str] = MappingProxyType({})) -> None:
        self._folder = folder
        self._ports = [free_port(HOST) for _ in range(nodes)]
        self._controllers = [free_port(HOST) for _ in range(nodes)]
        self._stacks = [ExitStack() for _ in range(nodes)]
        self._properties = properties
        self.running: dict[int, Node] = {}
        self.address = ",".join(f"{HOST}:{port}" for port in self._ports)

    def start(self) -> None:
        """Start the nodes that do not run, and wait until all of them are brokers of the cluster."""
        for number in range(len(self._ports)):
            if number not in self.running:
                self._start(number)
        self._await_all()

    def stop(self, number: int, how: signal.Signals = signal.SIGTERM) -> None:
        node = self.running.pop(number)
        node.process.send_signal(how)
        node.process.wait(PATIENCE)
        self._stacks[number].close()

    def close(self) -> None:
        """Kill all nodes: their data is no longer needed."""
        for number in list(self.running):
            self.stop(number, signal.SIGKILL)

    def _start(self, number: int) -> None:
        voters = ",".join(f"{node}@{HOST}:{port}" for node, port in enumerate(self._controllers, 1))
        replicas = {
            name: str(min(3, len(self._ports)))
            for name in ("default.replication.factor", "offsets.topic.replication.factor")
        }
        own = {"node.id": str(number + 1), "controller.quorum.voters": voters}
        member = ClusterMember(ID, self._controllers[number], HEAP)
        self.running[number] = self._stacks[number].enter_context(
            apache_node(
                self._ports[number],
                self._folder / f"node-{number + 1}",
                properties={**replicas, **CLEANER, **self._properties, **own},
                member=member,
            )
        )

    def _await_all(self) -> None:
        settings = Settings(site="any", kafka=Kafka(bootstrap=self.address))
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                with admin(settings) as client:
                    if len(client.describe_cluster()["brokers"]) == len(self._ports):
                        return
            except KafkaError:
                pass
            for number, node in self.running.items():
                assert node.process.poll() is None, (self._folder / f"node-{number + 1}/kafka.log").read_text()[-3000:]
            time.sleep(0.2)
        raise AssertionError(f"the nodes are no cluster after {PATIENCE:g} s")


@contextmanager
def cluster(folder: Path, nodes: int = 3, properties: Mapping[str, str] = MappingProxyType({})) -> Iterator[Cluster]:
    """Run a cluster during a block."""
    running = Cluster(folder, nodes, properties)
    try:
        running.start()
        yield running
    finally:
        running.close()
