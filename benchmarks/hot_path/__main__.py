"""Measure every way of reading an office's events in alternating rounds: `make bench`, with peers `make bench-peers`.

Every way reads the same events from the same broker, one after the other, in several rounds that each begin with
another way. CPU times are compared round by round, as a slow or shared machine distorts a ratio less than an absolute
figure. A way with wrong totals has no time.

Results: docs/performance.md.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Final

from agents.kafka.apache import apache_broker
from agents.kafka.apache import version as apache_version
from agents.kafka.broker import embedded_broker
from benchmarks import page
from benchmarks.hot_path import report
from benchmarks.hot_path.asked import Asked
from benchmarks.hot_path.peers.environment import NotMade
from benchmarks.hot_path.topics import differences, fill, first_events, settings_of, truth
from benchmarks.hot_path.traffic import OfficeEvent
from benchmarks.hot_path.ways import OWN, PEERS, Failed, Took, Way, run

BROKERS: Final[dict[str, Callable[[], AbstractContextManager[str]]]] = {
    "embedded": embedded_broker,
    "apache": apache_broker,
}


def one_round(
    bootstrap: str, ways: Sequence[Way], events: Sequence[OfficeEvent]
) -> Iterator[tuple[Way, Took | Failed]]:
    """Fill the topics of a new broker, and yield the cost of each way, or the reason why it has none."""
    # A worker leaves its states beside the topics, so a worker of another tree has its own topics.
    told = {(len(events) // way.fewer, way.tree) for way in ways}
    asked = {(size, tree): Asked(bootstrap, f"bench-{size}-{tree.name}.", size) for size, tree in told}
    for (size, _), each in asked.items():
        fill(settings_of(each), events[:size])
    for way in ways:
        size = len(events) // way.fewer
        try:
            took = run(way, asked[size, way.tree])
        except (Failed, NotMade) as error:
            yield way, Failed(str(error))
            continue
        wrong = differences(took.figures, truth(events[:size])) if way.counts else []
        yield way, Failed(f"{way.name} counts otherwise: {'; '.join(wrong[:3])}") if wrong else took


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hot_path", description=__doc__)
    parser.add_argument("--events", type=int, default=500_000, help="that the fastest ways read")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--brokers", nargs="+", choices=BROKERS, default=["embedded"])
    parser.add_argument("--peers", action="store_true", help="Bytewax, Quix Streams and Faust too")
    parser.add_argument("--write", action="store_true", help="into docs/performance.md")
    given = parser.parse_args()
    ways = [*OWN, *(PEERS if given.peers else ())]
    events, before, tables, failed = first_events(given.events), os.getloadavg(), [], False
    for name in given.brokers:
        results: dict[str, list[Took]] = {way.name: [] for way in ways}
        excluded: dict[str, str] = {}
        for number in range(given.rounds):
            turn = number % len(ways)
            with BROKERS[name]() as bootstrap:  # a new one each round, so that every group starts at the beginning
                for way, took in one_round(bootstrap, ways[turn:] + ways[:turn], events):
                    if isinstance(took, Failed):
                        excluded[way.name] = str(took)
                        print(f"{name}, round {number + 1}: {took}", file=sys.stderr, flush=True)
                    else:
                        results[way.name].append(took)
                        print(f"{name}, round {number + 1}: {way.name:50} {took.each:7.1f} us an event", flush=True)
        words = f"Apache Kafka {apache_version()}" if name == "apache" else "The embedded broker"
        tables.append(f"{words}, {given.rounds} rounds:\n\n{report.table(results, excluded)}")
        failed = failed or bool(excluded)
    text = "\n\n".join([page.machine(before), *tables])
    print(f"\n{text}")
    if given.write:
        page.write("peers" if given.peers else "hot path", text)
    sys.exit(failed)


if __name__ == "__main__":
    main()
