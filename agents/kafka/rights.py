"""Which rights a client lacks, as the broker itself tells: asked before the work, where a refusal can still be said."""

from __future__ import annotations

from collections.abc import Iterable

from kafka.errors import BrokerResponseError  # type: ignore[import-untyped]  # ships no types

from agents.kafka.client import KafkaAdminClient, admin
from agents.kafka.refusals import NO_GROUP_RIGHT, Right
from config.shared import Shared


def missing_rights(settings: Shared, needed: Iterable[Right]) -> list[Right]:
    """Return those of the needed rights that the broker does not give to this client.

    A broker that tells nothing of rights, as the embedded one, is taken to give them all. Raises `KafkaError` where
    none answers.
    """
    needed = list(needed)
    with admin(settings) as client:
        given = _of_topics(client, [each.name for each in needed if each.kind == "topic"])
        for group in dict.fromkeys(each.name for each in needed if each.kind == "group"):
            given |= _of_group(client, group)
    return [
        each
        for each in needed
        if (known := given.get((each.kind, each.name))) is not None and each.operation not in known
    ]


def _of_topics(client: KafkaAdminClient, names: list[str]) -> dict[tuple[str, str], set[str] | None]:
    described = client.describe_topics(list(dict.fromkeys(names)))
    return {("topic", each["name"]): _told(each) for each in described}


def _of_group(client: KafkaAdminClient, name: str) -> dict[tuple[str, str], set[str] | None]:
    try:
        told = _told(client.describe_groups([name])[name])
    except BrokerResponseError as error:  # no group was ever there, or this client may not see one
        told = set() if error.errno == NO_GROUP_RIGHT else None
    except ValueError:  # the embedded broker allows what kafka-python has no name for
        told = None
    return {("group", name): told}


def _told(described: dict[str, object]) -> set[str] | None:
    """Return the operations that are allowed; None where the broker does not tell."""
    told = described.get("authorized_operations")
    allowed = {str(each).replace("_", "").lower() for each in told} if isinstance(told, list) else set()
    # What could be described may be described: without that, the list says nothing.
    return {each.capitalize() for each in allowed} if "describe" in allowed else None
