"""A right is missing if the broker denies it. A broker without access control denies none."""

from __future__ import annotations

import pytest
from kafka.errors import KafkaConnectionError  # type: ignore[import-untyped]  # ships no types

from agents.kafka.client import KafkaError, Topic, topic
from agents.kafka.refusals import Right
from agents.kafka.rights import missing_rights
from agents.kafka.topics import create_topics
from config.settings import Settings

pytestmark = pytest.mark.broker


def test_where_everybody_may_do_everything_nothing_is_missing(settings: Settings) -> None:
    create_topics(settings)
    ledger = topic(settings, Topic.LEDGER)
    needed = [Right("Read", "topic", ledger), Right("Write", "topic", ledger), Right("Read", "group", "nobody")]
    assert missing_rights(settings, needed) == []


def test_a_broker_that_goes_away_while_it_is_asked_is_no_refusal(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(_client: object, _groups: object) -> None:
        raise KafkaConnectionError

    monkeypatch.setattr("agents.kafka.client.KafkaAdminClient.describe_groups", gone)
    with pytest.raises(KafkaError):
        missing_rights(settings, [Right("Read", "group", "nobody")])
