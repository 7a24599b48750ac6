"""What is around a worker and must not change under it: its topics' layout, and how the others of its group count.

A worker that is asked only what it folds stays green while records lie in partitions that nobody reads, and while
another worker counts by another catalogue. So it looks around, every few seconds.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Mapping
from typing import Final

import structlog

from agents.catalogue import digest
from agents.kafka.client import KafkaError, admin
from agents.kafka.groups import members
from agents.kafka.topics import Described, Difference, described
from agents.worker.liveness import SAY_SECONDS, reachable
from config.offices import Offices

log = structlog.get_logger()

LOOK_SECONDS: Final = 5.0

_NAME: Final = re.compile(r"tocsin-(?P<digest>[0-9a-f]{12})-")


def client_name(offices: Offices) -> str:
    """Return the name that a worker gives itself at the broker; it tells the others its catalogue.

    Those of a nation change while it runs, so the name tells what they share alone; the rest is told to Prometheus.
    """
    return f"tocsin-{digest(offices if offices.nation is None else offices._replace(sites={}))}"


class Surroundings:
    """Hold what a worker saw when it looked around last."""

    def __init__(self, offices: Offices, group: str, topics: Mapping[str, str]) -> None:
        """Begin with nothing seen; `topics` has the full name of each topic that must be laid out as configured."""
        self._shared = offices.shared
        self._group = group
        self._topics = topics
        self._own = client_name(offices).partition("-")[2]
        self._said: dict[str, float] = {}
        self._ids: dict[str, str] = {}
        self.wrong: list[str] = []  # what is wrong with the topics, and how to mend it
        self.unread = 0  # partitions of them that no worker reads
        self.catalogues: dict[str, list[str]] = {}  # where the workers of the group run, by the digest they count by

    def trouble(self) -> str | None:
        """Return what is wrong with the topics, None where they are laid out as this worker reads them."""
        return "; ".join(self.wrong) or None

    async def watch(self) -> None:
        """Look around for ever, and say what is wrong, each thing once a minute."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            if not await reachable(self._shared.kafka.bootstrap):
                continue  # `agents.worker.liveness` says so
            try:
                found, workers = await asyncio.to_thread(self._look)
            except KafkaError as error:
                self._say(f"the broker does not tell what is around this worker: {error}")
                continue
            self.see(found, workers)

    def see(self, found: Mapping[str, Described], workers: Mapping[str, str]) -> None:
        """Take what the broker says: of the topics, and of the group, where each member runs by its id."""
        configured = self._shared.kafka.partitions
        self.wrong = [
            f"{each}. What is written to partitions that were added is not counted"
            for each in (
                Difference(name, "partitions", str(configured), str(there.partitions))
                for name, there in found.items()
                if there.partitions != configured
            )
        ]
        self.unread = sum(max(0, there.partitions - configured) for there in found.values())
        for name, there in found.items():
            if self._ids.setdefault(name, there.id) != there.id:
                self.wrong.append(
                    f"{name} was made anew under this worker; restart it, and it says how to go on (kafka.epoch)"
                )
        self.catalogues = {}
        for member, host in workers.items():
            named = _NAME.match(member)
            if named is not None:
                self.catalogues.setdefault(named["digest"], []).append(host)
        for each in self.wrong:
            self._say(each)
        others = {name: hosts for name, hosts in self.catalogues.items() if name != self._own}
        if others:
            told = "; ".join(f"{name} at {', '.join(hosts) or 'a place unknown'}" for name, hosts in others.items())
            self._say(
                f"workers of this group count by different catalogues: this one by {self._own}, others by {told}. "
                "Each line is counted by the worker that owns its partition, so which one wins changes at a rebalance: "
                "give all workers one configuration, and restart those that differ"
            )

    def _look(self) -> tuple[dict[str, Described], dict[str, str]]:
        with admin(self._shared) as client:
            return described(self._shared, client, list(self._topics.values())), members(client, self._group)

    def _say(self, what: str) -> None:
        now = time.monotonic()
        if now - self._said.get(what, -SAY_SECONDS) >= SAY_SECONDS:
            self._said[what] = now
            log.critical(what)
