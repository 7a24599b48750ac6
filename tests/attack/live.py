"""Forged live figures, which the worker's own next record must replace."""

from __future__ import annotations

from typing import Final

import msgspec

from agents.kafka.client import Topic
from streams.status import LineStatus, ServiceStatus
from tests.attack.forgery import FAR, Forged, Forgery, Json, encoded
from tests.attack.stage import SITE, Honest, Row


def _status(honest: Honest, desk: str) -> tuple[bytes, Json]:
    key = f"{SITE}/{desk}"
    return key.encode(), msgspec.json.decode(honest.latest(Topic.STATUS)[key])


def _replaced(honest: Honest, desk: str) -> Forged:
    key, status = _status(honest, desk)
    forged = status | {"offset": FAR, "waiting": 999}
    return Forged([Row(Topic.STATUS, key, encoded(forged)), Row(Topic.STATUS, key, encoded(status))], desk)


def _other_key(honest: Honest) -> Forged:
    key, status = _status(honest, "circulation")
    forged = status | {"offset": FAR, "waiting": 999}
    return Forged([Row(Topic.STATUS, b"another-key", encoded(forged)), Row(Topic.STATUS, key, encoded(status))], "live")


LIVE: Final = (
    Forgery("status, offset 2^60", Topic.STATUS, LineStatus, lambda honest: _replaced(honest, "circulation")),
    Forgery("status under another key", Topic.STATUS, LineStatus, _other_key),
    Forgery("status of a counter", Topic.STATUS, ServiceStatus, lambda honest: _replaced(honest, "cards")),
)
