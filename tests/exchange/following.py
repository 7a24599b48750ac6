"""The live records of an exchange, each followed into a broker by `tocsin ingest`."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

import msgspec

from agents.kafka.broker import embedded_broker
from agents.kafka.client import Topic, topic
from agents.kafka.reading import TopicReader
from agents.kafka.topics import create_topics
from config.settings import Settings, load

TOCSIN: Final = sys.executable, "-m", "agents"
FOLLOWED: Final = "queue-log", "asterisk-cel"
QUIET: Final = 10.0  # s: a follower has sent what it read by then


class Followers:
    """Hold what follows, and where its events go."""

    def __init__(self, settings: Settings, processes: Mapping[str, subprocess.Popen[bytes]]) -> None:
        self._settings = settings
        self._processes = processes

    def end(self, folder: Path) -> dict[str, Path]:
        """End the followers; return the events of each as a file, by the kind of the record."""
        time.sleep(QUIET)
        for process in self._processes.values():
            process.send_signal(signal.SIGTERM)
        for process in self._processes.values():
            process.wait(30)
        files = {kind: folder / f"{kind}.jsonl" for kind in self._processes}
        told: dict[str, list[bytes]] = {kind: [] for kind in files}
        with closing(TopicReader(self._settings, topic(self._settings, Topic.CALL_ATTEMPTS))) as reader:
            for record in reader.up_to(reader.ends()):
                if record.value is not None:
                    told[msgspec.json.decode(record.value)["source"]].append(record.value)
        for kind, events in told.items():
            files[kind].write_bytes(b"".join(event + b"\n" for event in events))
        return files


@contextmanager
def followers(records: Mapping[str, Path], config: Path, folder: Path) -> Iterator[Followers]:
    """Follow live files, by their kinds, into an embedded broker."""
    with embedded_broker() as address:
        environment = {
            "TOCSIN_KAFKA_BOOTSTRAP": address,
            "XDG_STATE_HOME": str(folder / "state"),
            "PATH": "/usr/bin:/bin",
        }
        settings = load(config, environment)
        create_topics(settings)
        processes = {}
        for kind, where in records.items():
            command = [*TOCSIN, "ingest", kind, str(where), "--follow", "--source", kind, "--config", str(config)]
            said = (folder / f"{kind}.said").open("wb")
            processes[kind] = subprocess.Popen(command, stdout=said, stderr=said, env=environment)
        try:
            yield Followers(settings, processes)
        finally:
            for process in processes.values():
                if process.poll() is None:
                    process.kill()
                    process.wait(10)
