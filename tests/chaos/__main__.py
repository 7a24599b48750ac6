"""Totals that survive anything: `make chaos`.

A producer sends known events to a real Apache Kafka, some twice, out of order, late, torn or of an unknown line.
Meanwhile workers are killed, frozen, added and removed, states are overwritten with junk and mended as a worker's log
says, partitions are added, a right is taken away, and the broker is killed and started again. With `--brokers 3` it is
one of three that is killed, and a worker while it is away. At the end every figure
of every state must equal, to the last unit, what `tocsin analyze` and a fold of the topic say, and the dead letters
must hold exactly the bad records. One line has a witness: what both records come to must be equal too.
"""

from __future__ import annotations

import json
import random
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from agents.kafka.client import Topic, producer, topic
from agents.kafka.topics import create_topics
from config.settings import Settings, load
from tests.chaos.brokers import brokers_of
from tests.chaos.comparison import differences
from tests.chaos.fleet import Fleet, console
from tests.chaos.harms import disturb
from tests.chaos.truth import CONFIG, SentRecord, first_records, truth

STALLED_AFTER = 240.0  # s without progress


def produce(settings: Settings, sent: list[SentRecord], seconds: float, failed: list[BaseException]) -> None:
    """Send the records in order over so many seconds, through every outage of the broker."""
    client = producer(settings)
    begin = time.monotonic()
    try:
        for number, record in enumerate(sent):
            client.send(topic(settings, record.topic), key=record.key, value=record.value).add_errback(failed.append)
            if number % 500 == 0:
                time.sleep(max(0.0, begin + seconds * number / len(sent) - time.monotonic()))
        client.flush()
    except BaseException as error:
        failed.append(error)
        raise
    finally:
        client.close()


def main(
    events: Annotated[int, typer.Option(help="How many events are sent.")] = 1_000_000,
    seconds: Annotated[float, typer.Option(help="Over how long.")] = 150.0,
    kills: Annotated[int, typer.Option(help="How often a worker is killed.")] = 10,
    outages: Annotated[int, typer.Option(help="How often the broker goes away.")] = 2,
    brokers: Annotated[int, typer.Option(help="How many brokers; of three, one at a time is killed.")] = 1,
    workers: Annotated[int, typer.Option(help="How many workers at first.")] = 3,
    processes: Annotated[int, typer.Option(help="How many each of them runs below it.")] = 1,
    seed: Annotated[int | None, typer.Option(help="The chance that is taken; any by default.")] = None,
) -> None:
    """Send known events through broker and workers while both are harmed, and compare to the last unit."""
    seed = random.randrange(10**6) if seed is None else seed
    rng = random.Random(seed)
    random.seed(seed)
    begin = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as cleanup:
        config, file = Path(folder, "chaos.yaml"), Path(folder, "events.jsonl")
        config.write_text(json.dumps(CONFIG))
        sent, trouble = truth(load(config, {}), events, rng)
        file.write_bytes(first_records(sent))
        tickets = sum(record.topic is Topic.COUNTER_TICKETS for record in sent)
        console.print(f"seed {seed}: {len(sent):,} events, {tickets:,} of tickets; {dict(trouble)}")
        broker = brokers_of(Path(folder, "kafka"), brokers)
        cleanup.callback(broker.close)
        broker.start()
        settings = load(config, {"TOCSIN_KAFKA_BOOTSTRAP": broker.address})
        create_topics(settings)
        fleet = Fleet(settings, config, processes)
        cleanup.callback(fleet.stop)
        for _ in range(workers):
            fleet.start()
        failed: list[BaseException] = []
        sender = threading.Thread(target=produce, args=(settings, sent, seconds, failed))
        sender.start()
        disturb(fleet, broker, rng, kills, outages)
        sender.join()
        assert not failed, failed[:3]
        moved, seen = time.monotonic(), -1.0
        while seen < len(sent):
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
                console.print(f"[red]stuck at {seen:,.0f} of {len(sent):,}")
                raise typer.Exit(1)
        time.sleep(2 * settings.checkpoint.every)  # tickets that a transfer opens are sent by a checkpoint, then folded
        wrong = differences(fleet, settings, file, config)
        rebalances = sum(words.count("partitions owned") for words in fleet.words)
        again = sum(words.count("reading again") for words in fleet.words)
        recoveries = sorted(fleet.recoveries)
        console.print(
            f"seed {seed}: {dict(fleet.done)}; {fleet.started} workers lived, {rebalances} assignments, "
            f"{again} stretches read again; a worker owned lines after {recoveries[len(recoveries) // 2]:.1f} s "
            f"(median) to {recoveries[-1]:.1f} s; the largest held {fleet.peak} MB; "
            f"{time.monotonic() - begin:.0f} s in all"
        )
        for each in wrong:
            console.print(each, style="red", markup=False)
        console.print("[red]NOT EQUAL" if wrong else "[green]equal to the last unit")
        if wrong:
            raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
