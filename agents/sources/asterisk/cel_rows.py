"""The rows of Asterisk's channel event log (CEL) and the meaning of their columns, with or without a header."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from agents.sources.asterisk.rows import AsteriskRow, TableOrder, TornRow, endpoint, moment
from agents.sources.trace import Seen
from streams.decoding import Invalid
from streams.said import said

EVENTS: Final = frozenset({
    *("CHAN_START", "CHAN_END", "ANSWER", "HANGUP", "APP_START", "APP_END", "BRIDGE_ENTER", "BRIDGE_EXIT"),
    *("PARK_START", "PARK_END", "BLINDTRANSFER", "ATTENDEDTRANSFER", "PICKUP", "FORWARD", "LINKEDID_END"),
    *("BRIDGE_START", "LOCAL_OPTIMIZE", "LOCAL_OPTIMIZE_BEGIN", "STREAM_BEGIN", "STREAM_END", "DTMF", "USER_DEFINED"),
})  # fmt: skip
_TIME: Final = re.compile(r"[12]\d{9}|[12]\d{3}-\d\d-\d\d")
_EVENT: Final = re.compile(r"[A-Za-z]\w{1,79}")
_ID: Final = re.compile(r"(?:.*-)?\d{9,10}\.\d+")
_OF_EXTRA: Final = re.compile(r'"(\w+)":"((?:[^"\\]|\\.)*)"')

_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "event": ("eventtype", "event_type", "event"),
    "at": ("eventtime", "event_time", "time"),
    "caller": ("cid_num", "callerid_num", "cidnum", "num"),
    "dnid": ("cid_dnid", "callerid_dnid", "dnid"),
    "exten": ("exten", "channel_exten"),
    "context": ("context", "channel_context"),
    "channel": ("channame", "channel_name", "channel"),
    "app": ("appname", "app_name", "application_name"),
    "data": ("appdata", "app_data", "application_data"),
    "uniqueid": ("uniqueid", "unique_id"),
    "linkedid": ("linkedid", "linked_id"),
    "extra": ("extra", "eventextra", "event_extra"),
}


def _guess(fields: Sequence[str]) -> Mapping[str, int] | None:
    """Find the columns by the channel's name, around which Asterisk's sample file and its databases agree."""
    pairs = enumerate(pairwise(fields[:5]))
    event = next((i for i, (word, time) in pairs if _EVENT.fullmatch(word) and _TIME.match(time)), None)
    channel = next((i for i, field in enumerate(fields) if i > 6 and "/" in field), None)  # noqa: PLR2004 -- six columns
    if event is None or channel is None:
        return None
    after = range(channel + 3, len(fields) - 1)
    unique = next((i for i in after if _ID.fullmatch(fields[i]) and _ID.fullmatch(fields[i + 1])), channel + 5)
    if unique + 1 >= len(fields):
        return None
    around = ("caller", -6), ("dnid", -3), ("exten", -2), ("context", -1), ("channel", 0), ("app", 1), ("data", 2)
    ends = {"uniqueid": unique, "linkedid": unique + 1, "extra": len(fields) - 1}
    return {"event": event, "at": event + 1, **{what: channel + offset for what, offset in around}, **ends}


ORDER: Final = TableOrder(
    columns=_COLUMNS,
    needed=frozenset({"event", "at", "channel", "app", "uniqueid", "linkedid"}),
    guess=_guess,
    expected="a header with eventtype, eventtime, channame, appname, uniqueid, linkedid, or cel_custom's sample order",
)


class CelRow(NamedTuple):
    """The fields in the order of `ORDER`, with the moment in epoch seconds."""

    event: str
    at: float
    caller: str
    dnid: str
    exten: str
    context: str
    channel: str
    app: str
    data: str
    uniqueid: str
    linkedid: str
    extra: str

    @property
    def place(self) -> str:
        """Return the channel's place in the dialplan."""
        return f"{self.context}/{self.exten}"

    def extra_of(self, key: str) -> str:
        """Return a value of the row's extra field, empty if it is absent."""
        return next((value for name, value in _OF_EXTRA.findall(self.extra) if name == key), "")


def cel_row(row: AsteriskRow, zone: ZoneInfo, before: float) -> CelRow | Invalid:
    """Return a row's fields, or why they are wrong; an ambiguous local time is taken to be after `before` (epoch s)."""
    event, time, *rest = row.fields
    at = moment(time, zone, before)
    if at is None:
        return Invalid("malformed", said("the time is neither an epoch nor a date between 1990 and 2100"))
    found = CelRow(event, at, *rest)
    if not _EVENT.fullmatch(event) or not found.uniqueid or not found.linkedid:
        return Invalid("malformed", said("no event of CEL with its uniqueid and linkedid"))
    return found


def seen(row: AsteriskRow | TornRow) -> Seen | None:
    """Return a row's content without the caller."""
    if isinstance(row, TornRow):
        return None
    event, time, _, _, exten, _, channel, app, data, uniqueid, linkedid, _ = row.fields
    at = float(time) if time.replace(".", "", 1).isdecimal() else None
    words = ("" if at else time, event, endpoint(channel), exten, app, data)
    return Seen(row.number, at, words, (uniqueid, linkedid))
