"""The harms to workers, broker, topics, states and rights."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable, Mapping
from typing import Final

from kafka.admin import (  # type: ignore[import-untyped]  # ships no types
    ACL,
    ACLOperation,
    ACLPermissionType,
    NewPartitions,
    ResourcePattern,
    ResourceType,
)

from agents.kafka.client import Topic, admin, partition_of, topic
from agents.kafka.sending import sending
from agents.kafka.topics import INPUT_TOPICS
from streams.desks.line_state import LineState
from streams.kept.record import encode
from tests.chaos.brokers import Brokers
from tests.chaos.fleet import Fleet, console

DENIED_SECONDS = 20.0  # a worker without its rights ends by itself within thirteen


def disturb(fleet: Fleet, broker: Brokers, rng: random.Random, kills: int, outages: int) -> None:
    """Do harm in random order; states are corrupted late, when there is something to lose."""
    order = ["kill"] * kills + ["outage"] * outages + ["add", "remove", "freeze", "add", "remove"]
    order += ["deny"] * (broker.nodes == 1)
    rng.shuffle(order)
    order.insert(rng.randrange(len(order)), "add partitions")
    for _ in range(2):
        order.insert(rng.randrange(len(order) // 2, len(order)), "corrupt")
    for number, what in enumerate(order):
        time.sleep(rng.uniform(1, 6))
        fleet.look()
        console.print(f"{number + 1:3}/{len(order)}  {what}, {len(fleet.running)} workers")
        HARMS[what](fleet, broker, rng)
        fleet.done[what] += 1


def kill(fleet: Fleet, _broker: Brokers, rng: random.Random) -> None:
    fleet.kill(rng.uniform(0, 2))


def outage(fleet: Fleet, broker: Brokers, rng: random.Random) -> None:
    """Stop or kill a broker, and also a worker if other nodes keep running, then restart it."""
    if broker.nodes == 1:
        broker.stop(rng.choice([signal.SIGTERM, signal.SIGKILL]))
        time.sleep(rng.uniform(3, 12))
    else:
        broker.stop(signal.SIGKILL)
        time.sleep(rng.uniform(0, 6))
        fleet.kill(rng.uniform(0, 2))
        time.sleep(rng.uniform(3, 6))
    broker.start()


def add(fleet: Fleet, _broker: Brokers, _rng: random.Random) -> None:
    fleet.start()


def remove(fleet: Fleet, _broker: Brokers, _rng: random.Random) -> None:
    """End a worker, unless it is the last."""
    if len(fleet.running) > 1:
        fleet.end(signal.SIGTERM)


def freeze(fleet: Fleet, _broker: Brokers, _rng: random.Random) -> None:
    fleet.freeze(15)


def corrupt(fleet: Fleet, _broker: Brokers, rng: random.Random) -> None:
    """Overwrite a line's state with an unreadable record that claims to be far ahead; kill a worker.

    Two such records of one line hide the good one between them, so that a person must rebuild its state.
    """
    settings = fleet.settings
    name = rng.choice([each for each in settings.lines if each not in fleet.corrupted])
    fleet.corrupted.add(name)
    line = f"{settings.site}/{name}".encode()
    home = partition_of(line, settings.kafka.partitions)
    head = encode(LineState("", offset=2**40))[:21]
    with sending(settings) as sender:
        sender.send_to(topic(settings, Topic.STATE), home, b"line " + line, head + b"junk")
    fleet.kill()


def deny(fleet: Fleet, _broker: Brokers, rng: random.Random) -> None:
    """Take a right away for so long that workers end, and give it back."""
    settings = fleet.settings
    kind, name, operation = rng.choice(
        [
            (ResourceType.TOPIC, topic(settings, Topic.STATE), ACLOperation.WRITE),
            (ResourceType.TOPIC, topic(settings, Topic.LEDGER), ACLOperation.WRITE),
            (ResourceType.TOPIC, topic(settings, Topic.INCIDENTS), ACLOperation.WRITE),
            (ResourceType.GROUP, f"{settings.kafka.prefix}worker", ACLOperation.READ),
        ]
    )
    denied = ACL("User:ANONYMOUS", "*", operation, ACLPermissionType.DENY, ResourcePattern(kind, name))
    console.print(f"  denied: {operation.name} on {name}")
    with admin(settings) as client:
        client.create_acls([denied])
        time.sleep(DENIED_SECONDS)
        client.delete_acls([denied])


def add_partitions(fleet: Fleet, _broker: Brokers, rng: random.Random) -> None:
    """Add partitions to an input, as an unaware administrator might."""
    settings = fleet.settings
    name = topic(settings, rng.choice(list(INPUT_TOPICS.values())))
    console.print(f"  added to {name}")
    with admin(settings) as client:
        client.create_partitions({name: NewPartitions(settings.kafka.partitions + rng.randrange(1, 4))})


HARMS: Final[Mapping[str, Callable[[Fleet, Brokers, random.Random], None]]] = {
    "kill": kill,
    "outage": outage,
    "add": add,
    "remove": remove,
    "freeze": freeze,
    "corrupt": corrupt,
    "deny": deny,
    "add partitions": add_partitions,
}
