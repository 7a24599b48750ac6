"""Watches conditions that must not change under a worker: its topics' layout, and its group's catalogues.

A worker would stay green while records arrive in partitions that no worker reads, while another worker counts by
another catalogue, or while its broker accepts connections but answers nothing. So it asks the broker every few seconds.
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
from agents.kafka.refusals import AwayError
from agents.kafka.topics import Described, Difference, described
from agents.worker.liveness import SAY_SECONDS
from config.offices import Offices

log = structlog.get_logger()

LOOK_SECONDS: Final = 5.0

_NAME: Final = re.compile(r"tocsin-(?P<digest>[0-9a-f]{12})-")


def client_name(offices: Offices) -> str:
    """Return the name by which a worker identifies itself at the broker; it has the catalogue's digest.

    A nation's offices change while a worker runs, so the digest covers only their shared settings; a metric covers the
    offices' own.
    """
    return f"tocsin-{digest(offices if offices.nation is None else offices._replace(sites={}))}"


class Surroundings:
    """The results of a worker's last check."""

    def __init__(self, offices: Offices, group: str, topics: Mapping[str, str]) -> None:
        """Begin without results; `topics` has the full name of each topic whose layout must be as configured."""
        self._shared = offices.shared
        self._group = group
        self._topics = topics
        self._own = client_name(offices).partition("-")[2]
        self._logged: dict[str, float] = {}
        self._ids: dict[str, str] = {}
        self.answered = True  # whether the broker has answered the last question
        self.wrong: list[str] = []  # faults of the topics, and how to repair them
        self.unread = 0  # partitions that no worker reads
        self.catalogues: dict[str, list[str]] = {}  # hosts of the group's workers, by their catalogue's digest

    def trouble(self) -> str | None:
        """Return the faults of the topics, None if they are as this worker reads them."""
        return "; ".join(self.wrong) or None

    async def watch(self) -> None:
        """Check for ever, and log each fault once a minute."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            if not await reachable(self._shared.kafka.bootstrap):
                self.answered = False  # `agents.worker.liveness` reports that
                continue
            try:
                found, workers = await asyncio.to_thread(self._look)
            except KafkaError as error:
                self.answered = not isinstance(error, AwayError)
                self._log(f"cannot check the topics and the other workers of the group: {error}")
                continue
            self.answered = True
            self.see(found, workers)

    def see(self, found: Mapping[str, Described], workers: Mapping[str, str]) -> None:
        """Take the broker's description of the topics, and each group member's host by its id."""
        configured = self._shared.kafka.partitions
        self.wrong = [
            f"{each}. Records in the added partitions are not counted"
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
                    f"{name} was recreated; restart this worker, which then explains how to continue (kafka.epoch)"
                )
        self.catalogues = {}
        for member, host in workers.items():
            named = _NAME.match(member)
            if named is not None:
                self.catalogues.setdefault(named["digest"], []).append(host)
        for each in self.wrong:
            self._log(each)
        others = {name: hosts for name, hosts in self.catalogues.items() if name != self._own}
        if others:
            hosts_by_digest = "; ".join(
                f"{name} at {', '.join(hosts) or 'an unknown host'}" for name, hosts in others.items()
            )
            self._log(
                f"workers of this group use different catalogues: this one {self._own}, others {hosts_by_digest}. "
                "A line's figures then depend on which worker owns its partition, and change at a rebalance: give all "
                "workers the same configuration, and restart those that differ"
            )

    def _look(self) -> tuple[dict[str, Described], dict[str, str]]:
        with admin(self._shared) as client:
            return described(self._shared, client, list(self._topics.values())), members(client, self._group)

    def _log(self, fault: str) -> None:
        now = time.monotonic()
        if now - self._logged.get(fault, -SAY_SECONDS) >= SAY_SECONDS:
            self._logged[fault] = now
            log.critical(fault)


async def reachable(bootstrap: str) -> bool:
    """Return whether any server of a bootstrap list accepts a connection."""
    for server in bootstrap.split(","):
        host, _, port = server.rpartition(":")
        try:
            async with asyncio.timeout(3):
                _, writer = await asyncio.open_connection(host, int(port))
            writer.close()
        except OSError:
            continue
        return True
    return False
