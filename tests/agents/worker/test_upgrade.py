"""While workers of the version before still run, a new one takes no line from them, and then counts on exactly."""

from __future__ import annotations

import json
import signal
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import pytest

from agents.kafka.client import Topic, producer, topic
from config.settings import Settings
from tests.agents.running import Running, worker, worker_of
from tests.waiting import PATIENCE, until

pytestmark = [pytest.mark.broker, pytest.mark.slow]

LINES: Final = [f"line-{number}" for number in range(12)]  # of all four partitions
# The version before does not read the topic that the new one has added; no other part of it matters here.
BEFORE: Final = """
from faust.types import TP
from agents import cli
from agents.worker import app
from agents.worker.ownership import Ownership
del app.INPUT_TOPICS["witnesses"]
def offsets(which):
    return lambda self: {
        TP(self.topics[name], number): getattr(intake.positions, which)
        for number, partition in self.partitions.items()
        for name, intake in partition.intakes.items()
        if name in self.topics
    }
Ownership.positions, Ownership.noted = offsets("cursor"), offsets("noted")
cli.main()
"""


class Fleet:
    """The workers of a group, and the calls that were sent to them."""

    def __init__(self, office: Settings) -> None:
        self._office = office
        self.running: list[Running] = []
        self.sent = Counter[str]()  # by line
        self.seen = Counter[str]()  # the highest total of each line that was shown

    def add(self, running: Running) -> None:
        """Add a worker once it has joined the group."""
        running.until(lambda: "partitions owned" in running.words())
        self.running.append(running)

    def send(self, count: int) -> None:
        """Send calls of every line."""
        with_calls = producer(self._office)
        for _ in range(count):
            for line in LINES:
                self.sent[line] += 1
                call = {"line": line, "call": f"{line}-{self.sent[line]}", "type": "lost", "at": 1_543_565_030}
                with_calls.send(
                    topic(self._office, Topic.CALL_ATTEMPTS),
                    key=f"lozere/{line}".encode(),
                    value=json.dumps(call).encode(),
                )
        with_calls.close()

    def shown(self) -> list[Counter[str]]:
        """Return the totals that each worker shows; fail if one is lower than a total that was shown before."""
        told = []
        for each in self.running:
            samples = each.samples()
            found = Counter(
                {
                    dict(labels)["line"]: round(value)
                    for (name, labels), value in samples.items()
                    if name == "tocsin_calls_offered_total"
                }
            )
            fell = {line: (self.seen[line], count) for line, count in found.items() if count < self.seen[line]}
            assert not fell, f"totals fell: {fell}\n{each.words()}"
            told.append(found)
        for found in told:
            self.seen |= found
        return told

    def await_all(self, *, settled: bool = True) -> None:
        """Wait until every line is shown by one worker, with all its calls."""

        def whole() -> bool:
            shown = self.shown()
            once = all(sum(line in found for found in shown) == 1 for line in LINES)
            return sum(shown, Counter()) == self.sent and (once or not settled)

        until(whole, lambda: f"{self.seen} of {self.sent}")

    def end(self, running: Running) -> None:
        """End a worker, and wait until the others have its lines."""
        self.running.remove(running)
        running.process.send_signal(signal.SIGTERM)
        running.process.wait(PATIENCE)
        assert running.process.returncode == 0, running.words()
        self.await_all()


def test_totals_never_fall_while_old_workers_are_replaced_and_are_exact_then(office: Settings, tmp_path: Path) -> None:
    (file := tmp_path / "office.yaml").write_text(
        f"site: lozere\nclock: event\nlines: {{{', '.join(f'{line}: {{}}' for line in LINES)}}}\n"
    )
    fleet, config = Fleet(office), str(file)
    with ExitStack() as stack:
        old = [stack.enter_context(worker_of(BEFORE, office, TOCSIN_CONFIG=config)) for _ in range(2)]
        for each in old:
            fleet.add(each)
        fleet.send(10)
        fleet.await_all()
        new = stack.enter_context(worker(office, TOCSIN_CONFIG=config))
        fleet.add(new)
        fleet.send(10)
        fleet.await_all()
        fleet.end(old[0])
        fleet.send(10)
        fleet.await_all()
        fleet.end(old[1])
        fleet.send(10)
        fleet.await_all()
        assert fleet.shown() == [fleet.sent]
