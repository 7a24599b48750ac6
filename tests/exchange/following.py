"""An exchange's live records and manager interface, each sent into a broker by `tocsin ingest`."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

import msgspec

from agents.kafka.broker import embedded_broker
from agents.kafka.client import Topic, topic
from agents.kafka.reading import TopicReader
from agents.kafka.topics import create_topics
from config.settings import Settings, load
from tests.exchange.asterisk import RECORDER

TOCSIN: Final = sys.executable, "-m", "agents"
QUIET: Final = 10.0  # s: within this time a follower sends everything it has read


class Followers:
    """The followers, and the topics of their events."""

    def __init__(self, settings: Settings, processes: Mapping[str, subprocess.Popen[bytes]]) -> None:
        self._settings = settings
        self._processes = processes

    def end(self, folder: Path) -> dict[str, Path]:
        """End the followers; return the events of each as a file, by its name."""
        time.sleep(QUIET)
        for process in self._processes.values():
            process.send_signal(signal.SIGTERM)
        for process in self._processes.values():
            process.wait(30)
        files = {name: folder / f"{name}.jsonl" for name in self._processes}
        told: dict[str, list[bytes]] = {name: [] for name in files}
        with closing(TopicReader(self._settings, topic(self._settings, Topic.CALL_ATTEMPTS))) as reader:
            for record in reader.up_to(reader.ends()):
                if record.value is not None:
                    told[msgspec.json.decode(record.value)["source"]].append(record.value)
        for name, events in told.items():
            files[name].write_bytes(b"".join(event + b"\n" for event in events))
        return files


@contextmanager
def followers(records: Mapping[str, Sequence[str]], config: Path, folder: Path) -> Iterator[Followers]:
    """Follow live records into an embedded broker, each by its name and its arguments of `tocsin ingest`."""
    with embedded_broker() as address:
        environment = {
            "TOCSIN_KAFKA_BOOTSTRAP": address,
            "TOCSIN_AMI_PASSWORD": RECORDER,
            "XDG_STATE_HOME": str(folder / "state"),
            "PATH": "/usr/bin:/bin",
        }
        settings = load(config, environment)
        create_topics(settings)
        processes = {}
        for name, words in records.items():
            command = [*TOCSIN, "ingest", *words, "--source", name, "--config", str(config)]
            said = (folder / f"{name}.said").open("wb")
            processes[name] = subprocess.Popen(command, stdout=said, stderr=said, env=environment)
        try:
            yield Followers(settings, processes)
        finally:
            for process in processes.values():
                if process.poll() is None:
                    process.kill()
                    process.wait(10)
