"""The history of record: what was counted on one local day of a line, a service or a request channel.

One record of `tocsin.ledger` is a day, or a part of one: what was told of a day after it was closed stands in a
further part of its own, so that whoever writes never needs to read. A day is the sum of its parts, in which counts may
be below 0. Of two records of one key the one that was folded further counts, by (epoch, offset, others).
"""

from __future__ import annotations

from typing import TypeAlias, TypeVar

from msgspec import Struct, field, msgpack

from streams.kept.waits import Waits


class CallSlot(Struct, omit_defaults=True, gc=False):
    """Count the calls that entered a line in one quarter of an hour, by what they have come to.

    `open` have no outcome yet; `within` of the answered were answered in time. Of them, as far as laws name them:
    `talked` are lost with a conversation, `legs` overlap another call of their caller, `copies` repeat another call
    (`copies_lost` of them lost), `ghosts` are lost at no time and have no caller.
    """

    offered: int = 0
    answered: int = 0
    lost: int = 0
    diverted: int = 0
    unresolved: int = 0
    open: int = 0
    within: int = 0
    talked: int = 0
    legs: int = 0
    copies: int = 0
    copies_lost: int = 0
    ghosts: int = 0


class TicketSlot(Struct, omit_defaults=True, gc=False):
    """Count the tickets that were issued in one quarter of an hour, by what they have come to."""

    issued: int = 0
    served: int = 0
    no_show: int = 0
    cancelled: int = 0
    transferred: int = 0
    open: int = 0


class RequestSlot(Struct, omit_defaults=True):
    """Count the requests received in one quarter of an hour, by what they have come to.

    `days` sums the delays of the answered ones, in the channel's kind of days; `within` were answered in time.
    `open` are pending; `due` has them by the last day (ISO) on which they are still in time, "" without a target.
    """

    received: int = 0
    answered: int = 0
    withdrawn: int = 0
    within: int = 0
    days: int = 0
    open: int = 0
    due: dict[str, int] = {}


class Day(Struct, kw_only=True, omit_defaults=True, tag_field="of"):
    """Hold whose day it is and up to where it is folded, as `LineDay` says."""

    id: str
    day: str
    part: str = ""
    epoch: int = 0
    offset: int = -1
    others: int = 0


class LineDay(Day, kw_only=True, tag="line"):
    """Hold a line's day: slots by the moment (epoch ms) // 900000 at which calls entered; waits by outcome.

    `id` is `site/line`, `day` the local day (ISO). `part` is empty for the day itself, else it names a later part.
    `epoch`, `offset` and `others` say up to where the inputs are in it.
    """

    slots: dict[int, CallSlot] = {}
    answered_waits: Waits = field(default_factory=Waits)
    lost_waits: Waits = field(default_factory=Waits)


class ServiceDay(Day, kw_only=True, tag="service"):
    """Hold a service's day likewise: slots by the moment of issue; waits and times in service in ms."""

    slots: dict[int, TicketSlot] = {}
    waits: Waits = field(default_factory=Waits)
    times_in_service: Waits = field(default_factory=Waits)


class ChannelDay(Day, kw_only=True, tag="channel"):
    """Hold a request channel's day likewise: slots by the moment of receipt."""

    slots: dict[int, RequestSlot] = {}


LedgerDay: TypeAlias = LineDay | ServiceDay | ChannelDay
D = TypeVar("D", bound=LedgerDay)


def key(day: LedgerDay) -> str:
    """Return the key of a day's record: `site/line/YYYY-MM-DD`, with `#part` for a later part.

    That of a service or a channel says so at its end, for a line may have the same name.
    """
    kind = "" if isinstance(day, LineDay) else "/service" if isinstance(day, ServiceDay) else "/channel"
    return f"{day.id}/{day.day}{kind}" + (f"#{day.part}" if day.part else "")


def copied(day: D) -> D:
    """Return a copy of a day that shares nothing with it."""
    return msgpack.decode(msgpack.encode(day), type=type(day))
