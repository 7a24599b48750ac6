"""Security events for a collector of logs: with `TOCSIN_LOG=ecs`, all lines have the field names of ECS.

ECS is the Elastic Common Schema 8. Sign-ins, refusals, decisions and publications are written only then; without it,
pages, commands and the chained log show them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, MutableMapping
from typing import Any, Final, Literal, TypeAlias

import structlog

from config.environment import Variable

log = structlog.get_logger()

Action: TypeAlias = Literal["sign-in", "sign-out", "access", "decide", "erase", "publish"]

VARIABLE: Final = Variable.LOG
ECS: Final = "ecs"
_VERSION: Final = "8.11.0"
# The names of ECS for our facts; any other is a label.
_NAMES: Final[Mapping[str, str]] = {
    "timestamp": "@timestamp",
    "level": "log.level",
    "event": "message",
    "exception": "error.stack_trace",
    "error": "error.message",
    "reason": "event.reason",
    "action": "event.action",
    "outcome": "event.outcome",
    "category": "event.category",
    "who": "user.name",
    "by": "user.name",
    "subject": "user.id",
    "client": "client.address",
    "path": "url.path",
    "status": "http.response.status_code",
}
_CATEGORIES: Final[Mapping[Action, str]] = {
    "sign-in": "authentication",
    "sign-out": "authentication",
    "access": "web",
    "decide": "configuration",
    "erase": "configuration",
    "publish": "configuration",
}


def in_ecs() -> bool:
    """Return whether lines have the field names of ECS."""
    return os.environ.get(VARIABLE) == ECS


def security_event(action: Action, *, succeeded: bool = True, **facts: object) -> None:
    """Log an action of a person or a program, or its refusal."""
    if in_ecs():
        outcome = "success" if succeeded else "failure"
        log.info(action, action=action, outcome=outcome, category=[_CATEGORIES[action]], **facts)


def as_ecs(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Give a log event the field names of ECS: a processor of structlog.

    >>> as_ecs(None, "info", {"event": "sign-in", "who": "Anne", "site": "lozere"})["user.name"]
    'Anne'
    """
    named = {_NAMES.get(name, f"labels.{name}"): value for name, value in event.items() if value is not None}
    return {"ecs.version": _VERSION, "service.name": "tocsin", **named}
