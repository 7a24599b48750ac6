"""The AsyncAPI document has every topic, and its references resolve."""

from __future__ import annotations

from typing import Any

import yaml

from agents.kafka.client import Topic
from agents.schemas.asyncapi import asyncapi
from agents.schemas.documents import documents


def references(node: Any) -> set[str]:
    if isinstance(node, dict):
        own = {node["$ref"]} if "$ref" in node else set()
        return own.union(*(references(value) for value in node.values()))
    return set().union(*(references(item) for item in node)) if isinstance(node, list) else set()


def test_every_reference_of_the_asyncapi_document_leads_somewhere() -> None:
    document = yaml.safe_load(documents()["asyncapi.yaml"])
    assert document == asyncapi()
    for reference in references(document):
        path, _, pointer = reference.partition("#/")
        if path:
            assert path.removeprefix("./") in documents()
            continue
        node = document
        for step in pointer.split("/"):
            node = node[step]


def test_the_asyncapi_document_has_every_topic_and_the_default_address() -> None:
    document = asyncapi()
    assert set(document["channels"]) == set(Topic) - {Topic.STATE}  # internal to the worker
    assert document["channels"]["ledger"]["address"] == "tocsin.ledger"
    assert document["channels"]["ledger"]["bindings"]["kafka"] == {
        "topic": "tocsin.ledger",
        "partitions": 8,
        "topicConfiguration": {
            "cleanup.policy": ["compact"],
            "segment.ms": 600_000,
            "segment.bytes": 16_777_216,
            "min.compaction.lag.ms": 3_600_000,
        },
        "bindingVersion": "0.5.0",
    }
    assert document["servers"]["local"]["host"] == "127.0.0.1:9092"
