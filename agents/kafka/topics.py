"""The topics that Tocsin needs: what each must be, how the broker's differ, and how to mend that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from kafka.admin import ConfigResource, ConfigResourceType  # type: ignore[import-untyped]  # ships no types
from kafka.errors import for_code  # type: ignore[import-untyped]

from agents.kafka.client import MAX_REQUEST_BYTES, KafkaAdminClient, KafkaError, Topic, admin, topic

if TYPE_CHECKING:
    from config.settings import Settings

DAY_SECONDS = 86_400
REPLICAS = 3
TOPIC_EXISTS, UNKNOWN_TOPIC = 36, 3  # Kafka's error codes


class TopicPlan(NamedTuple):
    """Say what one topic must be."""

    topic: Topic
    key: str  # what its records' keys are, in words
    configs: dict[str, str]  # by Kafka's own names


def topic_plans(settings: Settings) -> dict[str, TopicPlan]:
    """Return what each topic must be, under its full name."""
    month = _kept(30 * DAY_SECONDS)
    buried = min(90 * DAY_SECONDS, settings.retention.pseudonyms)  # for a dead letter may name a caller
    latest = {"cleanup.policy": "compact"}
    wide = {"max.message.bytes": str(MAX_REQUEST_BYTES)}
    every = (
        TopicPlan(Topic.CALL_ATTEMPTS, "site/line", _kept(settings.retention.calls)),
        TopicPlan(Topic.COUNTER_TICKETS, "site/service", month),
        TopicPlan(Topic.LINE_READINGS, "site/line", month),
        TopicPlan(Topic.REQUESTS, "site/channel", month),
        # The audit log of who decided what: if it were compacted, only the last decision of each line would stay.
        TopicPlan(Topic.REVIEWS, "site/line", {"cleanup.policy": "delete", "retention.ms": "-1"}),
        # Apart from the log, which keeps their hashes: only a compacted topic forgets one of them.
        # What is erased is gone from the broker's files a day later, and its tombstone another day later.
        TopicPlan(Topic.NOTES, "site/hash of the note", latest | {"max.compaction.lag.ms": str(DAY_SECONDS * 1000)}),
        TopicPlan(Topic.LEDGER, "site/line/YYYY-MM-DD", latest),
        TopicPlan(Topic.INCIDENTS, "incident id", latest),
        TopicPlan(Topic.STATUS, "site/line or site/service", latest),
        TopicPlan(Topic.DEAD_LETTERS, "the original record's key", _kept(buried) | wide),
        # For an hour every record stays, so that a late write of a worker that was thought dead hides no newer one.
        TopicPlan(
            Topic.STATE,
            "line, service or channel site/name; intake INPUT N",
            latest | {"min.compaction.lag.ms": "3600000"},
        ),
    )
    return {topic(settings, plan.topic): plan for plan in every}


def _kept(seconds: float) -> dict[str, str]:
    return {"cleanup.policy": "delete", "retention.ms": str(round(seconds * 1000))}


class Difference(NamedTuple):
    """Tell one way in which a topic differs from what it must be."""

    topic: str
    what: str  # "topic" where it is missing, "partitions", or the name of one of Kafka's settings
    expected: str
    found: str | None  # None where the topic is missing

    def __str__(self) -> str:
        """Say it in one sentence, with how to mend it."""
        if self.what == "topic":
            return f"{self.topic} is missing; `tocsin topics` creates it with {self.expected}"
        found = f"{self.topic} has {self.what} {self.found}, expected {self.expected}"
        if self.what == "partitions":
            return f"{found}; set kafka.partitions to {self.found}, or delete the topic and create it again"
        return f"{found}; kafka-configs.sh --alter --topic {self.topic} --add-config {self.what}={self.expected}"


class TopicReport(NamedTuple):
    """Tell how the broker's topics are.

    A broker may not tell every setting of a topic: the embedded one knows only those that the topic was created with,
    and Apache Kafka tells none to a user without the right DescribeConfigs.
    """

    created: tuple[str, ...]  # just now
    differences: tuple[Difference, ...]
    unverified: tuple[str, ...]  # the topics whose settings the broker does not tell in full


def check_topics(settings: Settings) -> TopicReport:
    """Compare the broker's topics with `topic_plans` and change nothing.

    Raises `KafkaError` where the broker does not answer.
    """
    with admin(settings) as client:
        return _check(client, settings)


def create_topics(settings: Settings) -> TopicReport:
    """Create the topics that are missing, and change none of the others.

    Each gets the configured number of partitions, replicated on three brokers, or on all where there are fewer.
    Raises `KafkaError` where the broker does not answer, or refuses.
    """
    with admin(settings) as client:
        missing = {found.topic for found in _check(client, settings).differences if found.what == "topic"}
        if missing:
            _create(client, settings, missing)
        return _check(client, settings)._replace(created=tuple(sorted(missing)))


def topic_id(settings: Settings, name: str) -> str:
    """Return the id that the broker gave to a topic when it was created; raise `KafkaError` where there is none."""
    with admin(settings) as client:
        (described,) = client.describe_topics([topic(settings, name)])
        if described["error_code"]:
            refusal: KafkaError = for_code(described["error_code"])(f"{described['name']}; `tocsin topics` creates it")
            raise refusal
        return str(described["topic_id"])


def _create(client: KafkaAdminClient, settings: Settings, missing: set[str]) -> None:
    brokers = len(client.describe_cluster()["brokers"])
    wanted = {
        name: {
            "num_partitions": settings.kafka.partitions,
            "replication_factor": min(REPLICAS, brokers),
            "configs": plan.configs,
        }
        for name, plan in topic_plans(settings).items()
        if name in missing
    }
    answer = client.create_topics(wanted, raise_errors=False)
    for created in answer["topics"]:
        # Another process may create them at the same moment.
        if created["error_code"] not in {0, TOPIC_EXISTS}:
            refusal: KafkaError = for_code(created["error_code"])(f"{created['name']}: {created['error_message']}")
            raise refusal
    client.wait_for_topics(list(wanted))


def _check(client: KafkaAdminClient, settings: Settings) -> TopicReport:
    planned = topic_plans(settings)
    described = {found["name"]: found for found in client.describe_topics(list(planned))}
    there = [name for name in planned if _exists(described[name])]
    configs = _configs(client, there)
    differences = []
    for name, plan in planned.items():
        partitions = str(settings.kafka.partitions)
        if name not in there:
            words = ", ".join(f"{what}={value}" for what, value in plan.configs.items())
            differences.append(Difference(name, "topic", f"{partitions} partitions, {words}", None))
            continue
        expected = {"partitions": partitions, **plan.configs}
        found = {"partitions": str(len(described[name]["partitions"])), **configs[name]}
        differences += [
            Difference(name, what, value, found[what])
            for what, value in expected.items()
            if what in found and found[what] != value
        ]
    unverified = tuple(name for name in there if not planned[name].configs.keys() <= configs[name].keys())
    return TopicReport((), tuple(differences), unverified)


def _exists(described: dict[str, Any]) -> bool:
    code: int = described["error_code"]
    if code not in {0, UNKNOWN_TOPIC}:
        refusal: KafkaError = for_code(code)(f"the broker does not describe {described['name']}")
        raise refusal
    return code == 0


def _configs(client: KafkaAdminClient, names: list[str]) -> dict[str, dict[str, str]]:
    # All settings are asked for, as the embedded broker hangs up where some are named. Defaults are not filtered out,
    # as that broker calls every setting a default. A refusal comes back empty: kafka-python drops its error code.
    if not names:
        return {}
    resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
    described = client.describe_configs(resources, config_filter="all")["topic"]
    return {name: {what: entry["value"] for what, entry in described[name].items()} for name in names}
