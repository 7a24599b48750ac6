"""The topics that Tocsin needs: their settings, how the broker's settings differ, and how to repair a difference."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kafka.admin import ConfigResource, ConfigResourceType  # type: ignore[import-untyped]  # ships no types
from kafka.errors import TopicAuthorizationFailedError, for_code  # type: ignore[import-untyped]

from agents.handbook import page
from agents.kafka.client import MAX_REQUEST_BYTES, KafkaAdminClient, Topic, admin, topic
from agents.kafka.refusals import MissingTopicError, Right, explained
from streams.feed import Input
from streams.said import Said, said

if TYPE_CHECKING:
    from config.shared import Shared

INPUT_TOPICS: Final[Mapping[Input, Topic]] = {
    "calls": Topic.CALL_ATTEMPTS,
    "tickets": Topic.COUNTER_TICKETS,
    "readings": Topic.LINE_READINGS,
    "requests": Topic.REQUESTS,
    "reviews": Topic.REVIEWS,
    "witnesses": Topic.CALL_WITNESSES,
}
DAY_SECONDS = 86_400
REPLICAS = 3
# Of three copies, two must have a record before it is acknowledged: one broker may be away, and none is trusted alone.
IN_SYNC = {"min.insync.replicas": "2"}
# Some compacted topics keep every record for this long, so that a late write of a worker thought to be dead does not
# hide a newer one.
KEPT_SECONDS = 3_600
SETTLE_SECONDS = 15.0
READY_SECONDS = 60  # a busy broker takes long to elect the leaders of a topic that it has created
TOPIC_EXISTS, UNKNOWN_TOPIC = 36, 3  # Kafka's error codes
# Kafka deletes and compacts whole segments, but never the current one, which by default has 1 GiB or a week.
SEGMENTS = {
    "delete": {"segment.ms": "86400000"},  # a record is deleted within a day after its retention
    "compact": {"segment.ms": "600000", "segment.bytes": str(16 * 1024 * 1024)},
}


class TopicPlan(NamedTuple):
    topic: Topic
    key: str  # the form of its records' keys, in words
    configs: dict[str, str]  # by Kafka's own names


def topic_plans(settings: Shared) -> dict[str, TopicPlan]:
    """Return the plan of each topic by its full name."""
    named = settings.retention.pseudonyms  # for records that may identify a caller, as call ids and letters can
    month = _kept(min(30 * DAY_SECONDS, named))
    buried = min(90 * DAY_SECONDS, named)
    latest = {"cleanup.policy": "compact"} | SEGMENTS["compact"]
    whole = {"min.compaction.lag.ms": _ms(KEPT_SECONDS)}
    wide = {"max.message.bytes": str(MAX_REQUEST_BYTES)}
    every = (
        TopicPlan(Topic.CALL_ATTEMPTS, "site/line", _kept(settings.retention.calls)),
        TopicPlan(Topic.CALL_WITNESSES, "site/line", _kept(settings.retention.calls)),
        TopicPlan(Topic.COUNTER_TICKETS, "site/service", month),
        TopicPlan(Topic.LINE_READINGS, "site/line", month),
        TopicPlan(Topic.REQUESTS, "site/channel", month),
        # The audit log of decisions: compaction would keep only the last decision of each line.
        TopicPlan(Topic.REVIEWS, "site/line", {"cleanup.policy": "delete", "retention.ms": "-1"}),
        # Separate from the log, which has the notes' hashes: only a compacted topic can erase a single note.
        # An erased note leaves the broker's files a day later, and its tombstone another day later.
        TopicPlan(
            Topic.NOTES,
            "site/hash of the note; of a tick site/called-back/caller; of a mail site/mail/kind/period/hash",
            latest | {"max.compaction.lag.ms": str(DAY_SECONDS * 1000)},
        ),
        TopicPlan(Topic.LEDGER, "site/line/YYYY-MM-DD", latest | whole),
        TopicPlan(Topic.INCIDENTS, "incident id", latest | whole),
        TopicPlan(Topic.STATUS, "site/line or site/service", latest),
        TopicPlan(Topic.DEAD_LETTERS, "the original record's key", _kept(buried) | wide),
        # A replaced record is deleted after a week, as a day's records name the callers of that day.
        TopicPlan(
            Topic.STATE,
            "line, service or channel site/name; intake INPUT N",
            latest | whole | {"max.compaction.lag.ms": _ms(min(7 * DAY_SECONDS, named))},
        ),
    )
    return {topic(settings, plan.topic): plan for plan in every}


def _kept(seconds: float) -> dict[str, str]:
    return {"cleanup.policy": "delete", "retention.ms": _ms(seconds)} | SEGMENTS["delete"]


def _ms(seconds: float) -> str:
    return str(round(seconds * 1000))


class Difference(NamedTuple):
    """One way in which a topic differs from its plan."""

    topic: str
    what: str  # "topic" if it is missing, "partitions", "replicas", or the name of one of Kafka's settings
    expected: str
    found: str | None  # None if the topic is missing

    def __str__(self) -> str:
        return self.sentence()

    @property
    def harmless(self) -> bool:
        """Return whether repairing it loses nothing."""
        return self.what.startswith(("segment.", "min.compaction.")) or self.what in IN_SYNC

    def sentence(self) -> Said:
        """Return the difference in one sentence, with how to repair it."""
        facts = self._asdict()
        if self.what == "topic":
            return said("{topic} is missing; `tocsin topics` creates it with {expected}", **facts)
        if self.what == "partitions":
            # The partition of a line's events and state follows from this number: it cannot be changed later.
            return said(
                "{topic} has {what} {found}, expected {expected}; if nothing was counted yet, set kafka.partitions "
                "to {found}, otherwise delete and recreate the topic ({page})",
                page=page("operations/alerts.md#partitionsunread"),
                **facts,
            )
        if self.what == "replicas":
            return said(
                "{topic} has {what} {found}, expected {expected} for this number of brokers; add replicas with "
                "kafka-reassign-partitions.sh ({page})",
                page=page("operations/install.md#brokers"),
                **facts,
            )
        facts["command"] = f"kafka-configs.sh --alter --topic {self.topic} --add-config {self.what}={self.expected}"
        if self.harmless:
            return said(
                "{topic} has {what} {found}, expected {expected}; run `tocsin topics` with the right AlterConfigs, or "
                "{command}",
                **facts,
            )
        return said("{topic} has {what} {found}, expected {expected}; {command}", **facts)


class TopicReport(NamedTuple):
    """The state of the broker's topics.

    A broker may not report all settings: the embedded one knows only those given when a topic was created, and Apache
    Kafka reports none to a user without the right DescribeConfigs.
    """

    created: tuple[str, ...]  # just now
    differences: tuple[Difference, ...]
    unverified: tuple[str, ...]  # topics whose settings the broker does not report in full


def check_topics(settings: Shared, needed: Collection[Topic] = frozenset(Topic)) -> TopicReport:
    """Compare the needed topics of the broker with `topic_plans`; change nothing.

    Raises `KafkaError` if the broker does not answer.
    """
    with admin(settings) as client:
        return _check(client, settings, needed)


def create_topics(settings: Shared) -> TopicReport:
    """Create missing topics; change harmless settings of the others: segments and in-sync replicas.

    Each topic gets the configured number of partitions, on three brokers, or on all if there are fewer. Of three
    replicas, two must have a record before it is acknowledged. Raises `KafkaError` if the broker does not answer or
    refuses.
    """
    with admin(settings) as client:
        found = _check(client, settings).differences
        absent = {each for each in found if each.what == "topic"}
        missing = {each.topic for each in absent}
        if missing:
            _create(client, settings, missing)
        repaired = absent | _set(client, [each for each in found if each.harmless])
        end = time.monotonic() + SETTLE_SECONDS
        while True:  # a change reaches a broker from the controller a moment later
            report = _check(client, settings)
            if not repaired & set(report.differences) or time.monotonic() > end:
                return report._replace(created=tuple(sorted(missing)))
            time.sleep(0.1)


class Described(NamedTuple):
    """A broker's description of a topic."""

    id: str  # given by the broker at its creation
    partitions: int


def described(settings: Shared, client: KafkaAdminClient, names: Collection[str]) -> dict[str, Described]:
    """Return the description of each of these topics that exists; raise `KafkaError` if the broker does not answer."""
    found = client.describe_topics(list(names))
    there = [each for each in found if _exists(settings, each)]
    return {each["name"]: Described(str(each["topic_id"]), len(each["partitions"])) for each in there}


def topic_id(settings: Shared, name: str) -> str:
    """Return the id that the broker gave to a topic at its creation; raise `KafkaError` if it does not exist."""
    with admin(settings) as client:
        (described,) = require_topics(settings, client, [topic(settings, name)])
        return str(described["topic_id"])


def require_topics(settings: Shared, client: KafkaAdminClient, names: Sequence[str]) -> list[dict[str, Any]]:
    """Return the broker's descriptions of topics, by their full names.

    Raises `KafkaError` if one is missing, `RefusalError` if the client may not see it.
    """
    described: list[dict[str, Any]] = client.describe_topics(list(names))
    for each in described:
        if not _exists(settings, each):
            raise MissingTopicError(said("{topic} is missing; `tocsin topics` creates it", topic=each["name"]))
    return described


def _create(client: KafkaAdminClient, settings: Shared, missing: set[str]) -> None:
    replicas = _replicas(client)
    wanted = {
        name: {
            "num_partitions": settings.kafka.partitions,
            "replication_factor": replicas,
            "configs": plan.configs | _in_sync(replicas),
        }
        for name, plan in topic_plans(settings).items()
        if name in missing
    }
    answer = client.create_topics(wanted, raise_errors=False)
    for created in answer["topics"]:
        # Another process may create them at the same time.
        if created["error_code"] not in {0, TOPIC_EXISTS}:
            error = for_code(created["error_code"])(f"{created['name']}: {created['error_message']}")
            raise explained(settings, error, Right("Create", "topic", created["name"]))
    client.wait_for_topics(list(wanted), timeout_ms=1000 * READY_SECONDS)


def _replicas(client: KafkaAdminClient) -> int:
    """Return the number of replicas of each record; a broker that is away for now counts."""
    return min(REPLICAS, len(client.describe_cluster()["brokers"]))


def _in_sync(replicas: int) -> dict[str, str]:
    return IN_SYNC if replicas >= REPLICAS else {}


def _set(client: KafkaAdminClient, differences: list[Difference]) -> set[Difference]:
    """Set harmless settings that an older version, or a lack of brokers, left out; return those that were accepted."""
    done = set()
    for each in differences:
        resource = ConfigResource(ConfigResourceType.TOPIC, each.topic, {each.what: each.expected})
        with suppress(TopicAuthorizationFailedError):
            client.alter_configs([resource])
            done.add(each)
    return done


def _check(client: KafkaAdminClient, settings: Shared, needed: Collection[Topic] = frozenset(Topic)) -> TopicReport:
    planned = {name: plan for name, plan in topic_plans(settings).items() if plan.topic in needed}
    described = {found["name"]: found for found in client.describe_topics(list(planned))}
    there = [name for name in planned if _exists(settings, described[name])]
    configs = _configs(client, there)
    replicas = _replicas(client)
    differences = []
    for name, plan in planned.items():
        partitions = str(settings.kafka.partitions)
        if name not in there:
            words = ", ".join(f"{what}={value}" for what, value in (plan.configs | _in_sync(replicas)).items())
            differences.append(Difference(name, "topic", f"{partitions} partitions, {words}", None))
            continue
        copies = min(len(each["replica_nodes"]) for each in described[name]["partitions"])
        if copies < replicas:
            differences.append(Difference(name, "replicas", str(replicas), str(copies)))
        expected = {"partitions": partitions, **plan.configs, **_in_sync(copies)}
        found = {"partitions": str(len(described[name]["partitions"])), **configs[name]}
        differences += [
            Difference(name, what, value, found[what])
            for what, value in expected.items()
            if what in found and found[what] != value
        ]
    unverified = tuple(name for name in there if not planned[name].configs.keys() <= configs[name].keys())
    return TopicReport((), tuple(differences), unverified)


def _exists(settings: Shared, described: dict[str, Any]) -> bool:
    code, name = described["error_code"], described["name"]
    if code not in {0, UNKNOWN_TOPIC}:
        error = for_code(code)(f"the broker does not describe {name}")
        raise explained(settings, error, Right("Describe", "topic", name))
    return bool(code == 0)


def _configs(client: KafkaAdminClient, names: list[str]) -> dict[str, dict[str, str]]:
    # Ask for all settings, as the embedded broker closes the connection if some are named. Do not filter out defaults,
    # as that broker calls every setting a default. A refusal comes back empty: kafka-python drops its error code.
    if not names:
        return {}
    resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
    described = client.describe_configs(resources, config_filter="all")["topic"]
    return {name: {what: entry["value"] for what, entry in described[name].items()} for name in names}
