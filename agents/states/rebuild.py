"""Rebuild a line, service or channel from the events that are still in Kafka, without counting anything twice.

The topic keeps events for a limited time, so the first day that is still there may be incomplete. That day and all
earlier ones stay in the ledger unchanged: the fold skips the offsets that the ledger already covers and publishes later
events of those days as parts, which readers add to them. Later days are folded in full and replace the published
records under the same keys.
"""

from __future__ import annotations

from contextlib import closing
from datetime import date
from typing import Any, Final, NamedTuple

import msgspec

from agents.catalogue import catalogue, times
from agents.history.ledger import read_history
from agents.kafka.client import Topic, topic
from agents.kafka.reading import TopicReader
from agents.kafka.sending import sending
from agents.kafka.topics import topic_id
from config.offices import Offices
from config.settings import Settings
from streams.desks.channel_state import ChannelState
from streams.desks.line_state import LineState
from streams.desks.service_state import ServiceState
from streams.events import At, milliseconds
from streams.kept import record
from streams.ledger.day import ChannelDay, LineDay, ServiceDay
from streams.said import said
from streams.states import read_again


class _Kind(NamedTuple):
    """The topic, state and day record of one kind of desk."""

    topic: Topic
    state: type[LineState] | type[ServiceState] | type[ChannelState]
    day: type[LineDay] | type[ServiceDay] | type[ChannelDay]


_OF_TOTALS: Final = _Kind(Topic.LINE_READINGS, LineState, LineDay)  # a line known only by its readings
_KINDS: Final = {
    "line": _Kind(Topic.CALL_ATTEMPTS, LineState, LineDay),
    "service": _Kind(Topic.COUNTER_TICKETS, ServiceState, ServiceDay),
    "channel": _Kind(Topic.REQUESTS, ChannelState, ChannelDay),
}


class RebuildError(ValueError):
    """A state that cannot be rebuilt, with the reason and the expected key."""


class Rebuilt(NamedTuple):
    """Where the rebuilt state will begin to fold events."""

    partition: int
    first: int  # the first offset that the topic still has
    kept: date | None  # the last day that the ledger keeps unchanged; None if the topic still has all events
    kept_until: int  # the ledger covers the kept days up to this offset
    gone: int  # offsets whose events are in neither the topic nor the ledger


class _Event(msgspec.Struct):
    """The moment of any event."""

    at: At


def rebuild(settings: Settings, key: str) -> Rebuilt:
    """Rebuild a state: write a tombstone and a fresh record, from which its worker folds when it next starts.

    Raises `RebuildError` if the catalogue has no state with this key, and `KafkaError` if no broker answers.
    """
    kind, _, name = key.partition(" ")
    known = catalogue(Offices.alone(settings))
    desks = {"line": known.lines, "service": known.services, "channel": known.channels}.get(kind, {})
    if name.encode() not in desks:
        keys = [f"line {each.decode()}" for each in known.lines]
        raise RebuildError(
            said(
                "{key} is no line, service or channel of the catalogue; expected one such as {keys}",
                key=repr(key),
                keys=", ".join(keys[:3]),
            )
        )
    totals = kind == "line" and known.lines[name.encode()].lifecycle == "totals"
    of, number = _OF_TOTALS if totals else _KINDS[kind], known.home(name.encode())
    first, moment = _first_event(settings, of.topic, number, name.encode())
    days = [each for each in read_history(settings).days.of(settings.site) if each.id == name and type(each) is of.day]
    epoch = settings.kafka.epoch
    until = max((each.offset for each in days if each.epoch == epoch), default=-1)
    kept = None
    if days and (first > 0 or epoch > 0):
        # Without any event, nothing can be folded again, so the ledger keeps all its days.
        kept = times(settings).day(moment) if moment is not None else date.fromisoformat(days[-1].day).toordinal()
    state = of.state(name, epoch=epoch)
    mark = state.readings if totals and isinstance(state, LineState) else state
    mark.offset, mark.feed, mark.epoch = first - 1, topic_id(settings, of.topic) if first else "", epoch
    if kept is not None:
        state.book.kept, state.book.closed, state.book.kept_until = kept, kept, until
        state.book.parts_since = epoch, until  # the ledger keeps the parts of these days, too
    read_again(state)
    with sending(settings, "the state") as sender:
        for value in (None, record.encode(state)):
            sender.send_to(topic(settings, Topic.STATE), number, key.encode(), value)
    gone = max(0, first - 1 - until) if days else first
    return Rebuilt(number, first, None if kept is None else date.fromordinal(kept), until, gone)


def _first_event(settings: Settings, name: Topic, number: int, key: bytes) -> tuple[int, int | None]:
    """Return a partition's first offset, and the moment (ms) of the first event of a key, None if there is none."""
    with closing(TopicReader(settings, topic(settings, name), partitions={number})) as reader:
        (first,) = reader.starts().values()
        for each in reader.up_to(reader.ends()):
            if each.key == key and (moment := _moment(each.value)) is not None:
                return first, moment
        return first, None


def _moment(value: Any) -> int | None:  # noqa: ANN401 -- kafka-python's record, which has no type
    try:
        return milliseconds(msgspec.json.decode(value or b"", type=_Event).at)
    except (msgspec.MsgspecError, ValueError):
        return None
