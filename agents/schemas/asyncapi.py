"""The topics as AsyncAPI, for systems that write to Tocsin or read from it."""

from __future__ import annotations

from typing import Any, NamedTuple

from agents.kafka.client import Topic
from agents.kafka.topics import TopicPlan, topic_plans
from config.settings import Settings


class _Channel(NamedTuple):
    """The description of a topic's records."""

    kind: str  # name of the records' schema
    actions: tuple[str, ...]  # whether Tocsin sends or receives them
    summary: str


_CHANNELS: dict[Topic, _Channel] = {
    Topic.CALL_ATTEMPTS: _Channel("call-event", ("receive",), "What happens to each call on each line."),
    Topic.CALL_WITNESSES: _Channel(
        "call-event", ("receive",), "What happens to each call, by a second record of the line."
    ),
    Topic.COUNTER_TICKETS: _Channel("ticket-event", ("receive",), "What happens to each ticket at the counters."),
    Topic.LINE_READINGS: _Channel("reading", ("receive",), "Totals of a line by the counting software."),
    Topic.REQUESTS: _Channel("request-event", ("receive",), "What happens to each letter, e-mail and application."),
    Topic.REVIEWS: _Channel("review", ("receive", "send"), "Decisions of persons, and publications."),
    Topic.NOTES: _Channel(
        "note", ("send",), "Notes of decisions, outside the log so that each can be erased; also ticks and slips."
    ),
    Topic.LEDGER: _Channel("ledger-day", ("send",), "The slots of a day: the history of record."),
    Topic.INCIDENTS: _Channel("incident", ("send",), "The latest state of each incident, with its evidence."),
    Topic.STATUS: _Channel("status", ("send",), "Live figures, once a second while they change."),
    Topic.DEAD_LETTERS: _Channel("dead-letter", ("send",), "The records that could not be used, and why."),
}


def asyncapi() -> dict[str, Any]:
    """Return the AsyncAPI 3.0 document of the topics with the default settings."""
    settings = Settings(site="lozere")
    planned = [(name, plan) for name, plan in topic_plans(settings).items() if plan.topic in _CHANNELS]
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Tocsin",
            "version": "1.0.0",
            "description": "Telephony and counter events of public offices: what Tocsin reads and writes.\n"
            "The records of a key stay in one partition: producers use the murmur2 partitioner, as Kafka's own do.",
        },
        "defaultContentType": "application/json",
        "servers": {
            "local": {
                "host": settings.kafka.bootstrap,
                "protocol": "kafka",
                "description": "The embedded broker, or a Kafka on this machine.",
            }
        },
        "channels": {plan.topic.value: _channel(name, plan, settings.kafka.partitions) for name, plan in planned},
        "operations": dict(_operation(topic, action) for topic in _CHANNELS for action in _CHANNELS[topic].actions),
        "components": {"messages": {plan.topic.value: _message(plan) for _, plan in planned}},
    }


def _channel(name: str, plan: TopicPlan, partitions: int) -> dict[str, Any]:
    configs: dict[str, Any] = {
        what: int(value) if value.lstrip("-").isdecimal() else value for what, value in plan.configs.items()
    }
    return {
        "address": name,
        "description": _CHANNELS[plan.topic].summary,
        "messages": {plan.topic.value: {"$ref": f"#/components/messages/{plan.topic.value}"}},
        "bindings": {
            "kafka": {
                "topic": name,
                "partitions": partitions,
                "topicConfiguration": configs | {"cleanup.policy": [configs["cleanup.policy"]]},
                "bindingVersion": "0.5.0",
            }
        },
    }


def _operation(topic: Topic, action: str) -> tuple[str, dict[str, Any]]:
    return f"{action}-{topic}", {"action": action, "channel": {"$ref": f"#/channels/{topic}"}}


def _message(plan: TopicPlan) -> dict[str, Any]:
    channel = _CHANNELS[plan.topic]
    return {
        "name": channel.kind,
        "summary": channel.summary,
        "payload": {"$ref": f"./schemas/{channel.kind}.json"},
        "bindings": {
            "kafka": {"key": {"type": "string", "description": plan.key}, "bindingVersion": "0.5.0"},
        },
    }
