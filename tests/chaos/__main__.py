"""Totals that survive anything: `make chaos`.

A producer sends known events to a real Apache Kafka, some twice, out of order, late, torn or of an unknown line.
Meanwhile workers are killed, frozen, added and removed; states are overwritten with junk and repaired as a worker's log
advises; partitions are added; a right is taken away; and the broker is killed and restarted. With `--brokers 3` one of
three brokers is killed, and a worker while it is down. With `--nation` there are several offices: one joins, one
changes and one retires for a while. With `--twin` the workers run without Faust (`tests.chaos.twin`), until workers
with Faust continue from their states. Persons answer the lines' questions while workers are killed. At the end every
figure of every state must equal, to the last unit, the results of `tocsin analyze` and of a fold of the topic, and the
dead letters must hold exactly the bad records. One line has a witness: the figures of both records must be equal too.
"""

from __future__ import annotations

import random
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated

import typer

from agents.kafka.client import Topic, producer, topic
from agents.kafka.topics import create_topics
from config.shared import Shared
from tests.chaos.answers import answer_questions
from tests.chaos.brokers import brokers_of
from tests.chaos.comparison import differences
from tests.chaos.fleet import Fleet, console
from tests.chaos.harms import disturb
from tests.chaos.stage import Stage, disturb_a_little, meet_and_part, take_back
from tests.chaos.truth import SITE, SentRecord, first_records, truth

STALLED_AFTER = 240.0  # s without progress
QUIET = 5  # s in which nothing moves


def produce(settings: Shared, sent: list[SentRecord], seconds: float, failed: list[BaseException]) -> None:
    """Send the records in order over a number of seconds, through every outage of the broker."""
    client = producer(settings)
    begin = time.monotonic()
    try:
        for number, record in enumerate(sent):
            client.pack(topic(settings, record.topic), record.key, record.value, lambda _, error: failed.append(error))
            if number % 500 == 0:
                time.sleep(max(0.0, begin + seconds * number / len(sent) - time.monotonic()))
        client.flush()
    except BaseException as error:
        failed.append(error)
        raise
    finally:
        client.close()


def await_all(fleet: Fleet, count: int) -> None:
    """Wait until the workers have folded a number of records; give up if they make no progress."""
    moved, seen = time.monotonic(), -1.0
    while seen < count:
        time.sleep(1)
        fleet.look()
        try:
            now = fleet.total("tocsin_events_total") - fleet.total("tocsin_consumer_lag")
        except OSError:
            continue  # one of them is starting
        if now > seen:
            seen, moved = now, time.monotonic()
        if time.monotonic() - moved > STALLED_AFTER:
            fleet.tell()
            console.print(f"[red]stuck at {seen:,.0f} of {count:,}")
            raise typer.Exit(1)


def at_rest(fleet: Fleet) -> int:
    """Return the workers' record count once nothing waits; it excludes offices that retired."""
    quiet, before = 0, -1.0
    while quiet < QUIET:
        time.sleep(1)
        fleet.look()
        try:
            lag, now = fleet.total("tocsin_consumer_lag"), fleet.total("tocsin_events_total")
        except OSError:
            continue
        quiet, before = (quiet + 1 if lag == 0 and now == before else 0), now
    return round(before)


@contextmanager
def sending(settings: Shared, sent: list[SentRecord], seconds: float) -> Iterator[None]:
    failed: list[BaseException] = []
    sender = threading.Thread(target=produce, args=(settings, sent, seconds, failed), daemon=True)
    sender.start()
    yield
    sender.join()
    assert not failed, failed[:3]


def main(
    events: Annotated[int, typer.Option(help="How many events are sent.")] = 1_000_000,
    seconds: Annotated[float, typer.Option(help="Over how long.")] = 150.0,
    kills: Annotated[int, typer.Option(help="How often a worker is killed.")] = 10,
    outages: Annotated[int, typer.Option(help="How often a broker goes away.")] = 2,
    brokers: Annotated[int, typer.Option(help="How many brokers; of three, one at a time is killed.")] = 1,
    workers: Annotated[int, typer.Option(help="How many workers at first.")] = 3,
    processes: Annotated[int, typer.Option(help="How many each of them runs below it.")] = 1,
    nation: Annotated[  # noqa: FBT002 -- an option
        bool, typer.Option("--nation", help="Several offices: one joins, one changes, one retires.")
    ] = False,
    twin: Annotated[  # noqa: FBT002 -- the same
        bool, typer.Option("--twin", help="Workers without Faust first, then workers with Faust.")
    ] = False,
    seed: Annotated[int | None, typer.Option(help="The chance that is taken; any by default.")] = None,
) -> None:
    """Send known events through broker and workers while both are harmed, and compare to the last unit."""
    seed = random.randrange(10**6) if seed is None else seed
    rng = random.Random(seed)
    random.seed(seed)
    begin = time.monotonic()
    with tempfile.TemporaryDirectory() as name, ExitStack() as cleanup:
        folder = Path(name)
        stage = Stage(folder, nation=nation)
        sent, trouble = truth(list(stage.load().sites.values()), events, rng)
        later = truth([stage.later()], events // 8, rng, trouble.pop("days") + 1)[0] if nation else []
        tickets = sum(record.topic is Topic.COUNTER_TICKETS for record in sent)
        console.print(f"seed {seed}: {len(sent):,} events, {tickets:,} of tickets; {dict(trouble)}")
        broker = brokers_of(folder / "kafka", brokers)
        cleanup.callback(broker.close)
        broker.start()
        offices = stage.load(broker.address)
        create_topics(offices.shared)
        fleet = Fleet(offices.sites[SITE], stage.config, processes, nation=nation, twins=twin)
        cleanup.callback(fleet.stop)
        for _ in range(workers):
            fleet.start()
        with sending(offices.shared, sent, seconds):
            disturb(fleet, broker, rng, kills, outages)
        await_all(fleet, len(sent))
        if twin:
            fleet.hand_over()
            await_all(fleet, len(sent))
        time.sleep(2 * offices.shared.checkpoint.every)  # until every line's questions are published
        before = at_rest(fleet)
        await_all(fleet, before + answer_questions(fleet, offices.sites.values(), rng))
        if nation:
            time.sleep(2 * offices.shared.checkpoint.every)  # until the retiring office's results are written
            meet_and_part(stage, fleet, rng)
            before = at_rest(fleet)
            with sending(offices.shared, later, seconds / 4):
                disturb_a_little(fleet, broker, rng)
            await_all(fleet, before + len(later))
            take_back(stage, fleet)
        time.sleep(2 * offices.shared.checkpoint.every)  # a checkpoint sends tickets that a transfer opens
        told, files = [*sent, *later], {}
        offices = stage.load(broker.address)
        for site in offices.sites:
            files[site] = folder / f"{site}.jsonl"
            files[site].write_bytes(first_records(told, site))
        wrong = differences(fleet, offices, files, stage.config)
        fleet.summary(seed, time.monotonic() - begin)
        for each in wrong:
            console.print(each, style="red", markup=False)
        console.print("[red]NOT EQUAL" if wrong else "[green]equal to the last unit")
        if wrong:
            raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
