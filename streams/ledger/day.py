"""The records of the ledger: one local day of a line, a service or a request channel.

A line with a witness also has a second record of each day: the combined counts of both.

One record of `tocsin.ledger` is a day, or a part of one. Events that come after their day was closed are counted in a
part, so that a writer never needs to read. A day is the sum of its parts; counts in a part may be negative. Of two
records with one key, the one with the greater position (epoch, offset, others) counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias, TypeVar

from msgspec import Struct, field, json, msgpack

from streams.calls.counts import Counts
from streams.calls.definition import LineDefinition
from streams.kept.packing import form_of, pack, unpack
from streams.kept.waits import Waits
from streams.requests.rules import ChannelDefinition


class CallSlot(Struct, omit_defaults=True, gc=False):
    """The calls that entered a line in one quarter of an hour, by outcome.

    offered = answered + lost + diverted + unresolved + open. The fields from `talked` to `ghosts` count the calls of
    these that break a law. Days of an earlier version lack the last two fields.
    """

    offered: int = 0
    answered: int = 0
    lost: int = 0
    diverted: int = 0
    unresolved: int = 0  # finished, but without an outcome
    open: int = 0  # no outcome yet
    within: int = 0  # answered in time
    talked: int = 0  # lost, with a conversation
    legs: int = 0  # overlap another call of their caller
    copies: int = 0  # repeat another call
    copies_lost: int = 0  # copies that are lost
    ghosts: int = 0  # lost at once, caller unknown
    reported: int = 0  # slots from this one on in the period of a reading, whose calls all count here
    # Reasons of lost and diverted calls, and early losses, if known (`streams.ledger.reasons`).
    lost_for: dict[str, int] = {}  # the lost ones, by reason
    diverted_for: dict[str, int] = {}  # the diverted ones, by reason
    lost_short: int = 0  # lost after less than the line's `short_call`
    lost_within: int = 0  # lost within the service level's limit
    known_answered: int = 0  # answered, of a known caller, with half an hour to call again
    called_again: int = 0  # of the known_answered, those whose caller did


class TicketSlot(Struct, omit_defaults=True, gc=False):
    """The tickets issued in one quarter of an hour, by outcome."""

    issued: int = 0
    served: int = 0
    no_show: int = 0
    cancelled: int = 0
    transferred: int = 0
    open: int = 0  # none of these yet
    booked: int = 0  # with an appointment
    booked_served: int = 0
    booked_no_show: int = 0
    late: int = 0  # called over an hour after closing, so that their wait does not count
    unticketed: int = 0  # served without a ticket


class RequestSlot(Struct, omit_defaults=True):
    """The requests received in one quarter of an hour, by outcome."""

    received: int = 0
    answered: int = 0
    withdrawn: int = 0
    within: int = 0  # answered in time
    days: int = 0  # sum of the delays of answered requests, in the channel's kind of days
    open: int = 0  # neither answered nor withdrawn
    due: dict[str, int] = {}  # the open requests by their last day in time (ISO 8601), "" without a target
    delays: dict[int, int] = {}  # the answered requests by delay; an earlier version only stored the sum
    reasons: dict[str, int] = {}  # the received requests by reason, if known


class Day(Struct, kw_only=True, omit_defaults=True, tag_field="of"):
    """A desk's day, and how far its inputs were folded into it."""

    id: str  # site/line, site/service or site/channel
    day: str  # local day (ISO 8601)
    part: str = ""  # empty for the day itself; otherwise names a part that was opened after the day was closed
    epoch: int = 0  # of its inputs
    offset: int = -1  # of the last record of the first input
    others: int = 0  # sum of the offsets in the other inputs
    closed: bool = False  # final: a later event opens a part
    catalogues: list[str] = []  # versions of its office's configuration, in the order of their use


class LineDay(Day, kw_only=True, tag="line"):
    """A line's day."""

    slots: dict[int, CallSlot] = {}  # by slot number: the moment (epoch ms) // 900000 at which calls entered
    answered_waits: Waits = field(default_factory=Waits)  # ms
    lost_waits: Waits = field(default_factory=Waits)  # ms
    talks: Waits | None = None  # ms, of answered calls; None if no talk time is known, as in an earlier version
    definitions: list[LineDefinition] = []  # of its calls, in the order of their use


class BothSlot(Struct, omit_defaults=True, gc=False):
    """A quarter of an hour's calls, by the combined records of a line and its witness.

    offered = answered + lost + diverted + unresolved.
    """

    offered: int = 0
    answered: int = 0
    lost: int = 0
    diverted: int = 0
    unresolved: int = 0  # no outcome in either record


class WitnessDay(Day, kw_only=True, tag="witness"):
    """A line's day by the combined records of the line and its witness, for settled calls.

    Its `offset` is the moment (epoch ms) before which all calls have settled.
    """

    source: str = ""  # of the witness
    # Ranges of slots, the first and the one after the last, in which the witness missed no call through silence.
    covered: list[tuple[int, int]] = []
    slots: dict[int, BothSlot] = {}  # the covered slots with calls, by slot number
    told: Counts = Counts()  # counts by the witness alone
    matched: int = 0
    only_here: int = 0
    only_there: int = 0
    contradicted: int = 0
    ambiguous: int = 0  # calls of either record with several candidates in the other
    uncovered: int = 0  # calls of the line during the witness's silence


class ServiceDay(Day, kw_only=True, tag="service"):
    """A service's day."""

    slots: dict[int, TicketSlot] = {}  # by slot number: the moment (epoch ms) // 900000 of issue
    waits: Waits = field(default_factory=Waits)  # ms, of all called tickets
    times_in_service: Waits = field(default_factory=Waits)  # ms
    booked_waits: Waits | None = None  # ms, of called tickets with an appointment; None without any
    recounted: Waits | None = None  # ms, the true waits if a fault of them is undone


class ChannelDay(Day, kw_only=True, tag="channel"):
    """A request channel's day."""

    slots: dict[int, RequestSlot] = {}  # by slot number: the moment (epoch ms) // 900000 of receipt
    definitions: list[ChannelDefinition] = []  # of its requests, in the order of their use


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

    Days other than a line's own have their kind after the date, as a service may share its name with a line.

    >>> day_key(LineDay(id="lozere/cards", day="2013-03-04", part="0.95"))
    'lozere/cards/2013-03-04#0.95'
    >>> day_key(ServiceDay(id="lozere/cards", day="2013-03-04"))
    'lozere/cards/2013-03-04/service'
    """
    return f"{day.id}/{day.day}{_KINDS[type(day)]}" + (f"#{day.part}" if day.part else "")


_form: Final = form_of(LedgerDay)
_decode: Final = json.Decoder(_form.kind).decode


def read_day(record: bytes) -> LedgerDay:
    """Return the day in a record of the ledger; raise `msgspec.MsgspecError` if there is none.

    >>> read_day(b'{"of":"line","id":"lozere/standard","day":"2013-03-04","lost_waits":[{"3":1},1,50,50]}').lost_waits
    Waits(bins={3: 1}, count=1, total=50, longest=50)
    """
    assert _form.unpack is not None
    day: LedgerDay = _form.unpack(_decode(record))
    return day


def write_day(day: LedgerDay) -> bytes:
    return json.encode(pack(day))


def copied(day: D) -> D:
    """Return a deep copy of a day."""
    return unpack(msgpack.encode(pack(day)), type(day))
