"""Each member of a group has the name that its client chose."""

from __future__ import annotations

import asyncio

import pytest
from aiokafka import AIOKafkaConsumer

from agents.kafka.client import Topic, admin, topic
from agents.kafka.groups import members
from agents.kafka.topics import create_topics
from config.settings import Settings

pytestmark = pytest.mark.broker


def test_a_member_is_told_by_its_clients_name_and_a_group_of_nobody_is_empty(settings: Settings) -> None:
    group = f"{settings.kafka.prefix}group"
    create_topics(settings)
    asyncio.run(_join_and_read(settings, group))


async def _join_and_read(settings: Settings, group: str) -> None:
    # By the worker's own library: a kafka-python consumer with short polls may never finish joining.
    servers = settings.kafka.bootstrap.split(",")
    async with AIOKafkaConsumer(
        topic(settings, Topic.REQUESTS), bootstrap_servers=servers, group_id=group, client_id="tocsin-abc"
    ):
        await asyncio.to_thread(_read, settings, group)


def _read(settings: Settings, group: str) -> None:
    with admin(settings) as client:
        (name,) = members(client, group)
        assert name.startswith("tocsin-abc-")
        assert members(client, f"{group}-of-nobody") == {}
