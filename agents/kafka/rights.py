"""Asks the broker which rights a client lacks, before work begins, while a refusal can still be reported."""

from __future__ import annotations

from collections.abc import Iterable

from kafka.errors import BrokerResponseError  # type: ignore[import-untyped]  # ships no types

from agents.kafka.client import KafkaAdminClient, admin
from agents.kafka.refusals import NO_GROUP_RIGHT, Right
from config.shared import Shared


def missing_rights(settings: Shared, needed: Iterable[Right]) -> list[Right]:
    """Return the needed rights that the broker denies to this client.

    A broker that reports no rights, like the embedded one, is assumed to grant them all. Raises `KafkaError` if no
    broker answers.
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
    return {("topic", each["name"]): _allowed(each) for each in described}


def _of_group(client: KafkaAdminClient, name: str) -> dict[tuple[str, str], set[str] | None]:
    try:
        allowed = _allowed(client.describe_groups([name])[name])
    except BrokerResponseError as error:  # the group never existed, or this client may not see it
        allowed = set() if error.errno == NO_GROUP_RIGHT else None
    except ValueError:  # the embedded broker allows operations that kafka-python does not know
        allowed = None
    return {("group", name): allowed}


def _allowed(described: dict[str, object]) -> set[str] | None:
    """Return the allowed operations; None if the broker does not report them."""
    operations = described.get("authorized_operations")
    allowed = {str(each).replace("_", "").lower() for each in operations} if isinstance(operations, list) else set()
    # The description has succeeded, so a list without `describe` is not a list of rights.
    return {each.capitalize() for each in allowed} if "describe" in allowed else None
