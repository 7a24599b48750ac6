"""Each role as an attacker on a secured Kafka: it writes what docs/security.md gives it, and nothing else.

Offices with a prefix each have workers that cannot write or read each other's topics.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Final

import pytest
from kafka import TopicPartition  # type: ignore[import-untyped]  # ships no types
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient  # type: ignore[import-untyped]
from kafka.errors import KafkaError  # type: ignore[import-untyped]

from agents.history.ledger import read_history
from agents.kafka.client import Topic, admin, topic
from agents.kafka.reading import records
from agents.kafka.refusals import RefusalError
from agents.kafka.sending import sending
from agents.kafka.topics import create_topics
from config.settings import Settings
from streams.ledger.day import LineDay, write_day
from tests.rights import rights_of
from tests.secured import PREFIX, Secured, can_be_had, secured
from tests.waiting import until

pytestmark = [
    pytest.mark.broker,
    pytest.mark.slow,
    pytest.mark.skipif(not can_be_had(), reason="needs Java, Maven and openssl"),
]
ROLES = [
    *("topics", "check", "worker", "board", "ingest", "review", "totals", "publish", "certify", "audit"),
    *("callbacks", "mail", "dead-letters"),
]
OWN = {"lozere": "tocsin-lozere.", "cantal": "tocsin-cantal."}  # neither begins with the other, nor with `tocsin.`


@pytest.fixture(scope="module")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    """Give a Kafka with a user for each role below `tocsin.`, and a worker for each office below its own prefix."""
    with secured(tmp_path_factory.mktemp("secured")) as found:
        found.known(*ROLES, *OWN)
        found.allow(right for role in ROLES for right in rights_of(role, role))
        for site, prefix in OWN.items():
            found.allow(each._replace(name=each.name.replace(PREFIX, prefix)) for each in rights_of("worker", site))
        for prefix in (PREFIX, *OWN.values()):
            everyone = below(found.settings("PLAINTEXT"), prefix)
            create_topics(everyone)
            with sending(everyone) as sender:  # Kafka refuses no reader of an empty topic
                for each in Topic:
                    sender.send(topic(everyone, each), b"nobody/x", b"{}")
        yield found


def below(settings: Settings, prefix: str) -> Settings:
    return settings.model_copy(update={"kafka": settings.kafka.model_copy(update={"prefix": prefix})})


def may_write(settings: Settings, where: Topic) -> bool:
    try:
        with sending(settings) as sender:
            sender.send(topic(settings, where), b"lozere/standard/2024-10-09", None)
    except (RefusalError, KafkaError):
        return False
    return True


def may_read(settings: Settings, where: Topic) -> bool:
    try:
        list(records(settings, topic(settings, where)))
    except (RefusalError, KafkaError):
        return False
    return True


@pytest.mark.parametrize("role", ROLES)
def test_a_role_writes_and_reads_the_topics_of_its_rights_alone(kafka: Secured, role: str) -> None:
    settings, given = kafka.by_password(role), rights_of(role, role)
    for operation, may in (("Write", may_write), ("Read", may_read)):
        expected = {each.name for each in given if (each.kind, each.operation) == ("topic", operation)}
        assert {topic(settings, each) for each in Topic if may(settings, each)} == expected


def test_an_office_with_its_own_prefix_is_written_by_its_own_worker_alone(kafka: Secured) -> None:
    for site, prefix in OWN.items():
        (other,) = OWN.keys() - {site}
        own, foreign = (below(kafka.by_password(site), each) for each in (prefix, OWN[other]))
        assert may_write(own, Topic.LEDGER)
        assert not [each for each in Topic if may_write(foreign, each) or may_read(foreign, each)]
        assert not [each for each in Topic if may_write(below(own, PREFIX), each)]


def test_offices_of_one_prefix_trust_each_other(kafka: Secured) -> None:
    """The worker's rights are by topic: it may write a day of every office that shares its prefix."""
    worker = kafka.by_password("worker")
    forged = LineDay(id="cantal/standard", day="2024-10-09")
    with sending(worker) as sender:
        sender.send(topic(worker, Topic.LEDGER), b"cantal/standard/2024-10-09", write_day(forged))
    everyone = kafka.settings("PLAINTEXT")
    assert [each.id for each in read_history(everyone).days.of("cantal")] == ["cantal/standard"]


def _delete(client: KafkaAdminClient, name: str) -> None:
    client.delete_records({TopicPartition(name, partition): -1 for partition in range(2)})


HARMS: Final[Mapping[str, Callable[[KafkaAdminClient, str], object]]] = {
    "policy changed": lambda client, name: client.alter_configs(
        [ConfigResource(ConfigResourceType.TOPIC, name, {"cleanup.policy": "delete"})],
        raise_on_unknown=False,  # it asks which there are, which not every role may
    ),
    "records deleted": _delete,  # impossible in a compacted topic
    "partitions added": lambda client, name: client.create_partitions({name: 3}),
    "topic deleted": lambda client, name: client.delete_topics([name]),
}


def look(everyone: Settings, name: str) -> tuple[object, ...]:
    """Return the partitions, the policy and the first records of a topic, which an attacker may try to change."""
    with admin(everyone) as client:
        (described,) = client.describe_topics([name])
        if described["error_code"]:
            return ("gone",)
        config = client.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name)], config_filter="all")
    policy = config["topic"][name]["cleanup.policy"]["value"]
    return len(described["partitions"]), policy, [each.offset for each in records(everyone, name)]


def test_no_role_can_delete_or_change_a_topic_or_its_records(kafka: Secured) -> None:
    everyone = kafka.settings("PLAINTEXT")
    ledger = topic(everyone, Topic.LEDGER)
    before = look(everyone, ledger)
    for role in ROLES:
        with admin(kafka.by_password(role)) as client:
            for harm in HARMS.values():
                with suppress(KafkaError):  # refused, or answered with an error code
                    harm(client, ledger)
    assert look(everyone, ledger) == before
    harmed = topic(below(everyone, OWN["cantal"]), Topic.NOTES)
    for name, harm in HARMS.items():
        before = look(everyone, harmed)
        with admin(everyone) as client:
            harm(client, harmed)
        until(lambda before=before: look(everyone, harmed) != before, lambda name=name: name)  # type: ignore[misc]
