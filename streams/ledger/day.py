"""The history of record: what was counted on one local day of a line, a service or a request channel.

A line that has a witness has a second record of each day: what it and its witness come to together.

One record of `tocsin.ledger` is a day, or a part of one: events that come after their day was closed are counted in a
part of it, so that a writer never needs to read. A day is the sum of its parts, and counts in a part may be below 0. Of
two records of one key, the one that was folded further counts: the one with the greater (epoch, offset, others).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias, TypeVar

from msgspec import Struct, field, json, msgpack

from streams.calls.counts import Counts
from streams.calls.definition import LineDefinition
from streams.kept.packing import form_of, pack, unpack
from streams.kept.waits import Waits
from streams.requests.definition import ChannelDefinition


class CallSlot(Struct, omit_defaults=True, gc=False):
    """Count the calls that entered a line in one quarter of an hour, by what they have come to.

    offered = answered + lost + diverted + unresolved + open. From `talked` to `ghosts` are those of them that a law
    names.
    """

    offered: int = 0
    answered: int = 0
    lost: int = 0
    diverted: int = 0
    unresolved: int = 0  # over, and no outcome was told
    open: int = 0  # no outcome yet
    within: int = 0  # answered in time
    talked: int = 0  # lost, with a conversation
    legs: int = 0  # overlap another call of their caller
    copies: int = 0  # repeat another call
    copies_lost: int = 0  # copies that are lost
    ghosts: int = 0  # lost at once, by nobody known
    reported: int = 0  # slots from this one on that a counter's reading covers, whose calls all count here
    # Why calls were lost or diverted, and how soon lost: `streams.ledger.reasons` tells whether it is known of a slot.
    lost_for: dict[str, int] = {}  # the lost ones, by reason
    diverted_for: dict[str, int] = {}  # the diverted ones, by reason
    lost_short: int = 0  # lost after less than the line's `short_call`
    lost_within: int = 0  # lost within the service level's limit


class TicketSlot(Struct, omit_defaults=True, gc=False):
    """Count the tickets that were issued in one quarter of an hour, by what they have come to."""

    issued: int = 0
    served: int = 0
    no_show: int = 0
    cancelled: int = 0
    transferred: int = 0
    open: int = 0  # none of these yet


class RequestSlot(Struct, omit_defaults=True):
    """Count the requests received in one quarter of an hour, by what they have come to."""

    received: int = 0
    answered: int = 0
    withdrawn: int = 0
    within: int = 0  # answered in time
    days: int = 0  # sum of the answered ones' delays, in the channel's kind of days
    open: int = 0  # neither answered nor withdrawn
    due: dict[str, int] = {}  # the open ones by their last day in time (ISO 8601), "" without a target
    delays: dict[int, int] = {}  # the answered ones by their delay; an earlier version kept only its sum


class Day(Struct, kw_only=True, omit_defaults=True, tag_field="of"):
    """Hold whose day it is, and how far its inputs are folded into it."""

    id: str  # site/line, site/service or site/channel
    day: str  # local day (ISO 8601)
    part: str = ""  # empty for the day itself; names a part that was opened after the day was closed
    epoch: int = 0  # which making of its inputs
    offset: int = -1  # of the last record of the first input
    others: int = 0  # sum of the offsets in the further inputs
    closed: bool = False  # nothing is added to it any more; a later event of it opens a part
    catalogues: list[str] = []  # by which versions of its office's configuration it was counted, as they came


class LineDay(Day, kw_only=True, tag="line"):
    """Hold a line's day."""

    slots: dict[int, CallSlot] = {}  # by slot number: the moment (epoch ms) // 900000 at which calls entered
    answered_waits: Waits = field(default_factory=Waits)  # ms
    lost_waits: Waits = field(default_factory=Waits)  # ms
    definitions: list[LineDefinition] = []  # by which its calls were counted, in the order of their coming


class BothSlot(Struct, omit_defaults=True, gc=False):
    """Count the calls of a quarter of an hour by what a line and its witness say of them together.

    offered = answered + lost + diverted + unresolved.
    """

    offered: int = 0
    answered: int = 0
    lost: int = 0
    diverted: int = 0
    unresolved: int = 0  # neither knows an outcome


class WitnessDay(Day, kw_only=True, tag="witness"):
    """Hold a line's day as it and its witness tell it together, as far as its calls have settled.

    How far that is, is its `offset`: the moment (epoch ms) before which all calls have settled.
    """

    source: str = ""  # of the witness
    # Stretches of slots, the first and the one after the last, in which the witness missed no call by being silent.
    covered: list[tuple[int, int]] = []
    slots: dict[int, BothSlot] = {}  # the covered ones in which calls entered, by slot number
    told: Counts = Counts()  # calls as the witness alone has them
    matched: int = 0
    only_here: int = 0
    only_there: int = 0
    contradicted: int = 0
    ambiguous: int = 0  # calls of either record that could be one of several of the other
    uncovered: int = 0  # calls of the line while the witness was silent


class ServiceDay(Day, kw_only=True, tag="service"):
    """Hold a service's day."""

    slots: dict[int, TicketSlot] = {}  # by slot number: the moment (epoch ms) // 900000 of issue
    waits: Waits = field(default_factory=Waits)  # ms, of every ticket that was called
    times_in_service: Waits = field(default_factory=Waits)  # ms


class ChannelDay(Day, kw_only=True, tag="channel"):
    """Hold a request channel's day."""

    slots: dict[int, RequestSlot] = {}  # by slot number: the moment (epoch ms) // 900000 of receipt
    definitions: list[ChannelDefinition] = []  # by which its requests were weighed, in the order of their coming


LedgerDay: TypeAlias = LineDay | ServiceDay | ChannelDay | WitnessDay
_KINDS: Final[Mapping[type[Day], str]] = {
    LineDay: "",
    ServiceDay: "/service",
    ChannelDay: "/channel",
    WitnessDay: "/witness",
}
D = TypeVar("D", bound=LedgerDay)


def day_key(day: LedgerDay) -> str:
    """Return the key of a day's record: `site/line/YYYY-MM-DD`, with `#part` for a part of it.

    Any other than a line's own names its kind after the date, as a service may have the name of a line.

    >>> day_key(LineDay(id="lozere/cards", day="2013-03-04", part="0.95"))
    'lozere/cards/2013-03-04#0.95'
    >>> day_key(ServiceDay(id="lozere/cards", day="2013-03-04"))
    'lozere/cards/2013-03-04/service'
    """
    return f"{day.id}/{day.day}{_KINDS[type(day)]}" + (f"#{day.part}" if day.part else "")


_form: Final = form_of(LedgerDay)
_decode: Final = json.Decoder(_form.kind).decode


def read_day(record: bytes) -> LedgerDay:
    """Return the day in a record of the ledger; raise `msgspec.MsgspecError` where it holds none.

    >>> read_day(b'{"of":"line","id":"lozere/standard","day":"2013-03-04","lost_waits":[{"3":1},1,50,50]}').lost_waits
    Waits(bins={3: 1}, count=1, total=50, longest=50)
    """
    assert _form.unpack is not None
    day: LedgerDay = _form.unpack(_decode(record))
    return day


def write_day(day: LedgerDay) -> bytes:
    """Return a day as a record of the ledger."""
    return json.encode(pack(day))


def copied(day: D) -> D:
    """Return a copy of a day that shares nothing with it."""
    return unpack(msgpack.encode(pack(day)), type(day))
