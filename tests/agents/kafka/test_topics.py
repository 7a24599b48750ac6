"""`tocsin topics` applies the published settings, and every remaining difference is reported."""

from __future__ import annotations

from typing import Any

import pytest

from agents.kafka import topics
from agents.kafka.client import KafkaError, Topic, admin, topic
from agents.kafka.topics import Difference, check_topics, create_topics, topic_plans
from config.settings import Retention, Settings

COMPACT = "cleanup.policy=compact, segment.ms=600000, segment.bytes=16777216"
Configs = dict[str, dict[str, str]]


class Broker:
    """A fake admin client of a broker with these topics, their partitions and policies."""

    def __init__(
        self, partitions: dict[str, int], configs: Configs, code: int = 3, brokers: int = 1, copies: int = 1
    ) -> None:
        self.partitions, self.configs, self.code = partitions, configs, code
        self.brokers, self.copies = brokers, copies

    def __enter__(self) -> Broker:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def describe_topics(self, names: list[str]) -> list[dict[str, Any]]:
        return [
            {
                "name": name,
                "error_code": 0 if name in self.partitions else self.code,
                "partitions": [{"replica_nodes": [*range(self.copies)]}] * self.partitions.get(name, 0),
            }
            for name in names
        ]

    def describe_cluster(self) -> dict[str, Any]:
        return {"brokers": [{}] * self.brokers}

    def describe_configs(self, resources: list[Any], **_: str) -> dict[str, Any]:
        told = {
            resource.name: {what: {"value": value} for what, value in self.configs[resource.name].items()}
            for resource in resources
        }
        return {"topic": told}


@pytest.fixture
def lozere() -> Settings:
    return Settings(site="lozere")


def as_planned(settings: Settings) -> tuple[dict[str, int], Configs]:
    wanted = topic_plans(settings)
    return dict.fromkeys(wanted, settings.kafka.partitions), {
        name: {"index.interval.bytes": "4096", **plan.configs} for name, plan in wanted.items()
    }


def use(monkeypatch: pytest.MonkeyPatch, broker: Broker) -> None:
    monkeypatch.setattr(topics, "admin", lambda _settings: broker)


def test_the_plan_is_the_contract(lozere: Settings) -> None:
    wanted = topic_plans(lozere)
    assert [plan.topic for plan in wanted.values()] == list(Topic)
    assert {name for name, plan in wanted.items() if plan.configs["cleanup.policy"] == "compact"} == {
        "tocsin.notes",
        "tocsin.ledger",
        "tocsin.incidents",
        "tocsin.status",
        "tocsin.worker-state-changelog",
    }
    days = {name: int(plan.configs.get("retention.ms", 0)) / 86_400_000 for name, plan in wanted.items()}
    assert days["tocsin.call-attempts"] == days["tocsin.requests"] == 30
    assert days["tocsin.dead-letters"] == 90


def test_calls_are_kept_as_long_as_is_configured() -> None:
    settings = Settings(site="lozere", retention=Retention(calls=7 * 86400.0))
    assert topic_plans(settings)["tocsin.call-attempts"].configs["retention.ms"] == "604800000"


@pytest.mark.parametrize("kept", [31.0, 60.0, 90.0, 365.0])
def test_no_topic_keeps_what_may_name_a_caller_for_longer_than_is_configured(kept: float) -> None:
    settings = Settings(site="lozere", retention=Retention(pseudonyms=kept * 86400))
    plans = topic_plans(settings)
    for name in ("call-attempts", "counter-tickets", "line-readings", "requests", "dead-letters"):
        configs = plans[f"tocsin.{name}"].configs
        assert int(configs["retention.ms"]) <= kept * 86_400_000
        assert configs["segment.ms"] == "86400000"  # Kafka deletes by segments
    assert int(plans["tocsin.worker-state-changelog"].configs["max.compaction.lag.ms"]) <= kept * 86_400_000


@pytest.mark.parametrize(("kept", "days"), [(60.0, 60), (365.0, 90)])
def test_dead_letters_are_kept_no_longer_than_what_names_a_caller(kept: float, days: int) -> None:
    settings = Settings(site="lozere", retention=Retention(pseudonyms=kept * 86400))
    assert topic_plans(settings)["tocsin.dead-letters"].configs["retention.ms"] == str(days * 86_400_000)


def test_a_broker_as_planned_has_no_difference(monkeypatch: pytest.MonkeyPatch, lozere: Settings) -> None:
    use(monkeypatch, Broker(*as_planned(lozere)))
    assert check_topics(lozere) == ((), (), ())


def test_each_difference_is_told_and_how_to_mend_it(monkeypatch: pytest.MonkeyPatch, lozere: Settings) -> None:
    partitions, configs = as_planned(lozere)
    partitions["tocsin.requests"] = 3
    del partitions["tocsin.status"]
    configs["tocsin.ledger"]["cleanup.policy"] = "delete"
    configs["tocsin.call-attempts"]["retention.ms"] = "604800000"
    use(monkeypatch, Broker(partitions, configs))
    report = check_topics(lozere)
    assert set(report.differences) == {
        Difference("tocsin.requests", "partitions", "8", "3"),
        Difference("tocsin.status", "topic", f"8 partitions, {COMPACT}", None),
        Difference("tocsin.ledger", "cleanup.policy", "compact", "delete"),
        Difference("tocsin.call-attempts", "retention.ms", "2592000000", "604800000"),
    }
    told = {difference.topic: str(difference) for difference in report.differences}
    assert told["tocsin.requests"] == (
        "tocsin.requests has partitions 3, expected 8; "
        "if nothing was counted yet, set kafka.partitions to 3, otherwise delete and recreate the topic "
        "(docs/operations/alerts.md#partitionsunread)"
    )
    assert told["tocsin.status"] == (
        "tocsin.status is missing; `tocsin topics` creates it with 8 partitions, " + COMPACT
    )
    assert told["tocsin.ledger"] == (
        "tocsin.ledger has cleanup.policy delete, expected compact; "
        "kafka-configs.sh --alter --topic tocsin.ledger --add-config cleanup.policy=compact"
    )


def test_of_three_copies_two_must_hold_a_record(monkeypatch: pytest.MonkeyPatch, lozere: Settings) -> None:
    partitions, configs = as_planned(lozere)
    for each in configs.values():
        each["min.insync.replicas"] = "1"
    use(monkeypatch, Broker(partitions, configs))
    assert check_topics(lozere).differences == ()  # with one copy
    use(monkeypatch, Broker(partitions, configs, brokers=5, copies=3))
    report = check_topics(lozere)
    assert set(report.differences) == {Difference(name, "min.insync.replicas", "2", "1") for name in partitions}
    assert "run `tocsin topics` with the right AlterConfigs" in str(report.differences[0])
    use(monkeypatch, Broker(partitions, configs, brokers=3, copies=1))
    report = check_topics(lozere)
    assert set(report.differences) == {Difference(name, "replicas", "3", "1") for name in partitions}
    assert "add replicas with kafka-reassign-partitions.sh" in str(report.differences[0])


def test_a_broker_that_hears_of_a_new_topic_a_moment_later_is_waited_for(
    monkeypatch: pytest.MonkeyPatch, lozere: Settings
) -> None:
    class Slow(Broker):
        asked = 0

        def create_topics(self, wanted: dict[str, Any], **_: bool) -> dict[str, Any]:
            return {"topics": [{"name": name, "error_code": 0} for name in wanted]}

        def wait_for_topics(self, _names: list[str], timeout_ms: int) -> None:
            """Return at once: one of the brokers has them."""

        def describe_topics(self, names: list[str]) -> list[dict[str, Any]]:
            self.asked += 1
            known, self.partitions = self.partitions, self.partitions if self.asked > 3 else {}
            try:
                return super().describe_topics(names)
            finally:
                self.partitions = known

    broker = Slow(*as_planned(lozere))
    use(monkeypatch, broker)
    report = create_topics(lozere)
    assert (set(report.created), report.differences, broker.asked) == (set(topic_plans(lozere)), (), 4)


def test_no_topic_keeps_a_week_or_a_gigabyte_that_it_could_drop(lozere: Settings) -> None:
    """Kafka deletes and compacts only whole segments, and never the active one."""
    for name, plan in topic_plans(lozere).items():
        if plan.configs["cleanup.policy"] == "compact":
            assert int(plan.configs["segment.bytes"]) <= 16 * 1024**2, name
            assert int(plan.configs["segment.ms"]) <= 600_000, name
        elif plan.configs["retention.ms"] != "-1":
            assert int(plan.configs["segment.ms"]) <= 86_400_000, name


def test_what_a_broker_does_not_tell_is_not_taken_for_right(monkeypatch: pytest.MonkeyPatch, lozere: Settings) -> None:
    partitions, configs = as_planned(lozere)
    del configs["tocsin.call-attempts"]["retention.ms"]
    use(monkeypatch, Broker(partitions, configs | {"tocsin.ledger": {}}))
    assert check_topics(lozere) == ((), (), ("tocsin.call-attempts", "tocsin.ledger"))


def test_a_broker_that_refuses_to_describe_is_no_missing_topic(
    monkeypatch: pytest.MonkeyPatch, lozere: Settings
) -> None:
    use(monkeypatch, Broker({}, {}, code=29))
    with pytest.raises(KafkaError, match=r"the right Describe on the topic tocsin\.call-attempts; grant it"):
        check_topics(lozere)


@pytest.mark.broker
def test_a_check_changes_nothing(settings: Settings) -> None:
    for _ in range(2):
        report = check_topics(settings)
        assert {difference.what for difference in report.differences} == {"topic"}
        assert len(report.differences) == len(Topic)
    with admin(settings) as client:
        assert not [name for name in client.list_topics() if name.startswith(settings.kafka.prefix)]


@pytest.mark.broker
def test_what_is_missing_is_created_once(settings: Settings) -> None:
    first = create_topics(settings)
    assert set(first.created) == set(topic_plans(settings))
    assert not first.differences
    assert create_topics(settings) == ((), (), first.unverified)
    with admin(settings) as client:
        for found in client.describe_topics(list(topic_plans(settings))):
            assert len(found["partitions"]) == settings.kafka.partitions


@pytest.mark.broker
def test_what_exists_is_left_as_it_is(settings: Settings) -> None:
    ledger = topic(settings, Topic.LEDGER)
    with admin(settings) as client:
        client.create_topics(
            {ledger: {"num_partitions": 1, "replication_factor": 1, "configs": {"cleanup.policy": "delete"}}},
            wait_for_metadata=True,
        )
    report = create_topics(settings)
    assert ledger not in report.created
    assert len(report.created) == len(Topic) - 1
    assert Difference(ledger, "partitions", "4", "1") in report.differences
    assert Difference(ledger, "cleanup.policy", "compact", "delete") in report.differences


@pytest.mark.broker
def test_a_topic_made_with_nothing_said_is_found_out_or_unverified(settings: Settings) -> None:
    status = topic(settings, Topic.STATUS)
    with admin(settings) as client:
        embedded = client.describe_cluster()["cluster_id"].startswith("tocsin-")
        client.create_topics({status: {"num_partitions": 4, "replication_factor": 1}}, wait_for_metadata=True)
    report = create_topics(settings)
    if embedded:
        assert report == (report.created, (), (status,))
    else:
        assert report == (
            report.created,
            (Difference(status, "cleanup.policy", "compact", "delete"),),
            (),
        )


@pytest.mark.broker
def test_a_refusal_of_the_broker_is_passed_on(settings: Settings) -> None:
    kafka = settings.kafka.model_copy(update={"prefix": "x" * 245})
    with pytest.raises(KafkaError):
        create_topics(settings.model_copy(update={"kafka": kafka}))
