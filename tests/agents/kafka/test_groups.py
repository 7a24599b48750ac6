"""A member of a group is known by the name that its client gave itself."""

from __future__ import annotations

from contextlib import closing

import pytest
from kafka import KafkaConsumer  # type: ignore[import-untyped]  # ships no types

from agents.kafka.client import Topic, admin, client_options, topic
from agents.kafka.groups import members
from agents.kafka.topics import create_topics
from config.settings import Settings

pytestmark = pytest.mark.integration


def test_a_member_is_told_by_its_clients_name_and_a_group_of_nobody_is_empty(settings: Settings) -> None:
    create_topics(settings)
    group = f"{settings.kafka.prefix}group"
    consumer = KafkaConsumer(
        topic(settings, Topic.REQUESTS), group_id=group, **client_options(settings) | {"client_id": "tocsin-abc"}
    )
    with closing(consumer), admin(settings) as client:
        while not consumer.assignment():
            consumer.poll(200)
        (name,) = members(client, group)
        assert name.startswith("tocsin-abc-")
        assert members(client, f"{group}-of-nobody") == {}
