"""A forgery: records written or removed in an office's topics, and the subject of the breach about them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, Final, NamedTuple, TypeAlias

import msgspec

from agents.kafka.client import Topic
from streams.ledger.day import LineDay
from tests.attack.stage import Honest, Row

FAR: Final = 2**60  # an offset that no topic has reached
LINE: Final = "circulation"
Json: TypeAlias = dict[str, Any]


class Forged(NamedTuple):
    """The records of a forgery, and the subject by which a breach must name it."""

    rows: list[Row]
    subject: str
    without: Collection[Row] = ()  # honest records that are gone


class Forgery(NamedTuple):
    """One kind of forgery of one kind of record."""

    name: str
    topic: Topic
    kind: object  # of the record, as the code names it
    forge: Callable[[Honest], Forged]
    published: bool = False  # it needs a publication
    worker: bool = False  # a worker must read it before its effect shows
    unshown: str = ""  # why nothing shows it, as docs/integrity.md says
    gone: str = ""  # the same, once its events are gone


def encoded(record: Json) -> bytes:
    return msgspec.json.encode(record)


def key_of(day: Json) -> bytes:
    """Return the key of a day's record in the ledger."""
    kind = "" if day["of"] == "line" else f"/{day['of']}"
    return f"{day['id']}/{day['day']}{kind}{'#' + day['part'] if day.get('part') else ''}".encode()


def subject_of(day: Json) -> str:
    return f"{day['id'].partition('/')[2]} {day['day']}"


def closed_day(honest: Honest) -> Json:
    """Return a closed day of a line with lost calls, another one for each turn."""
    found = [each for each in honest.days(LineDay, LINE) if any("lost" in slot for slot in each["slots"].values())]
    return found[honest.turn]


def without_losses(day: Json) -> Json:
    """Return a day of a line with its lost calls counted as answered."""
    slots = {}
    for number, slot in day["slots"].items():
        kept = {name: count for name, count in slot.items() if name not in {"lost", "lost_for", "lost_short"}}
        slots[number] = kept | {"answered": slot.get("answered", 0) + slot.get("lost", 0)}
    return day | {"slots": slots}


def written(day: Json, **fields: Any) -> Forged:
    """Return the forgery that writes a day, with these fields, under its key."""
    told = day | fields
    return Forged([Row(Topic.LEDGER, key_of(told), encoded(told))], subject_of(day))
