"""The manifests for operators make what Tocsin would: topics, rights, and a number of workers."""

from __future__ import annotations

from agents.kafka.client import topic
from agents.kafka.topics import INPUT_TOPICS, REPLICAS, topic_plans
from agents.worker.app import create
from agents.worker.roster import Roster
from config.offices import Offices
from config.settings import load
from tests.deploy.overlays import OFFICE, of, written
from tests.rights import rights_of

# The roles of each user, from the table in docs/security.md.
USERS = {
    "tocsin-topics": ["check"],
    "tocsin-worker": ["worker"],
    "tocsin-board": ["board"],
    "tocsin-ingest": ["ingest"],
    "tocsin-mail": ["mail"],
    "tocsin-desk": ["review", "publish", "certify", "callbacks", "audit", "dead-letters"],
}


def test_strimzi_makes_the_topics_as_tocsin_would() -> None:
    office = load(OFFICE, {})
    made = {name: each["spec"] for name, each in written("KafkaTopic").items()}
    assert made == {
        name: {"partitions": office.kafka.partitions, "replicas": REPLICAS, "config": plan.configs}
        for name, plan in topic_plans(office).items()
    }


def test_workers_are_scaled_on_their_groups_lag() -> None:
    office = load(OFFICE, {})
    group = create(Roster(Offices.alone(office))).app.conf.id
    (scaled,) = written("ScaledObject").values()
    (trigger,) = scaled["spec"]["triggers"]
    assert trigger["metadata"]["consumerGroup"] == group
    assert trigger["metadata"]["topic"] == topic(office, INPUT_TOPICS["calls"])
    assert scaled["spec"]["maxReplicaCount"] == office.kafka.partitions
    assert group in allowed("tocsin-worker", "group", "Read")


def test_nobody_else_says_how_many_workers_there_are() -> None:
    (scaled,) = written("ScaledObject").values()
    assert "replicas" not in of("operators", "Deployment")[scaled["spec"]["scaleTargetRef"]["name"]]["spec"]


def allowed(user: str, kind: str, operation: str) -> set[str]:
    """Return the names or prefixes on which a user has a right."""
    rules = written("KafkaUser")[user]["spec"]["authorization"]["acls"]
    return {
        rule["resource"]["name"]
        for rule in rules
        if rule["resource"]["type"] == kind and operation in rule["operations"]
    }


def test_users_may_do_what_their_roles_need_and_no_more() -> None:
    """`tests/agents/kafka/test_security.py` shows on a real Kafka that a role needs all rights in the table."""
    users = written("KafkaUser")
    assert users.keys() == {*USERS, "tocsin-scaler"}
    for user, roles in USERS.items():
        allowed = {
            (resource["type"], resource["name"], resource.get("patternType") == "prefix", operation)
            for rule in users[user]["spec"]["authorization"]["acls"]
            for resource in [rule["resource"]]
            for operation in rule["operations"]
        }
        assert allowed == {right[1:] for role in roles for right in rights_of(role, user)}, user
