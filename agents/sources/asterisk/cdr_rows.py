"""The rows of Asterisk's call detail records (CDR): the meaning of columns, and the moments of calls."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from agents.sources.asterisk.cdr_calls import CdrCalls
from agents.sources.asterisk.rows import TableOrder, moment
from streams.events import MAX_EPOCH, MAX_SECONDS, MIN_EPOCH

NEAR = 2.0  # seconds from a channel's creation to the beginning of its call, at most

DISPOSITIONS: Final = frozenset({"ANSWERED", "NO ANSWER", "BUSY", "FAILED", "CONGESTION", "CANCEL"})
_EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001 - of times written without a zone
_ID: Final = re.compile(r"(?:.*-)?(\d{9,10})\.\d+")
_DATES: Final = ("%d/%m/%Y %H:%M:%S", "%m/%d/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M", "%Y/%m/%d %H:%M:%S")

_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "start": ("start", "calldate", "start_time", "starttime"),
    "source": ("src", "cnum"),
    "number": ("dst",),
    "did": ("did",),
    "context": ("dcontext",),
    "channel": ("channel",),
    "peer": ("dstchannel",),
    "app": ("lastapp",),
    "data": ("lastdata",),
    "duration": ("duration",),
    "billed": ("billsec",),
    "disposition": ("disposition",),
    "uniqueid": ("uniqueid",),
    "linkedid": ("linkedid",),
}
# fmt: off
_MASTER: Final = (
    "accountcode", "source", "number", "context", "clid", "channel", "peer", "app", "data",
    "start", "answer", "end", "duration", "billed", "disposition", "amaflags", "uniqueid", "userfield", "linkedid",
)
_DATABASE: Final = (
    "start", "clid", "source", "number", "context", "channel", "peer", "app", "data",
    "duration", "billed", "disposition", "amaflags", "accountcode", "uniqueid", "userfield", "did",
    "recordingfile", "cnum", "cnam", "outbound_cnum", "outbound_cnam", "dst_cnam", "linkedid",
)
_CUSTOM: Final = (
    "clid", "source", "number", "context", "channel", "peer", "app", "data",
    "start", "answer", "end", "duration", "billed", "disposition", "amaflags", "accountcode", "uniqueid", "userfield",
)
# fmt: on


def _guess(fields: Sequence[str]) -> Mapping[str, int] | None:
    """Recognise the order of the columns from the position of the disposition."""
    for order in (_MASTER, _DATABASE, _CUSTOM):
        at = order.index("disposition")
        if len(fields) <= at or fields[at] not in DISPOSITIONS:
            continue
        found = {name: index for index, name in enumerate(order[: len(fields)]) if name in _COLUMNS}
        if "linkedid" in found and not _ID.fullmatch(fields[found["linkedid"]]):
            del found["linkedid"]  # other tables of the same order have another column there
        return found
    return None


ORDER: Final = TableOrder(
    columns=_COLUMNS,
    needed=frozenset({"start", "number", "channel", "peer", "app", "duration", "disposition"}),
    guess=_guess,
    expected="a header with start or calldate, dst, channel, dstchannel, lastapp, duration, disposition, "
    "or rows in the order of Master.csv or of FreePBX",
)


class CdrClock:
    """The beginnings of calls, in a table that does not state its time zone.

    Asterisk writes the machine's local time, or UTC with `usegmtime`. A unique id begins with the epoch at which its
    channel was created: most calls began then, so the difference gives the zone.
    """

    def __init__(self, zone: ZoneInfo, calls: CdrCalls) -> None:
        self._zone = zone
        self._calls = calls  # stores the zone found

    def read(self, text: str, uniqueid: str) -> float | None:
        """Return the epoch of a time, None if it is no moment from 1990 to 2100."""
        made = _ID.fullmatch(uniqueid)
        epoch = float(made[1]) if made else None
        if text.replace(".", "", 1).isdecimal():
            return moment(text, self._zone)
        written, pattern = self._written(text, epoch)
        if written is None or epoch is None or written.tzinfo is not None:
            return moment(text, self._zone, epoch or 0.0, pattern)
        ahead = (written - _EPOCH).total_seconds() - epoch
        if ahead != self._calls.ahead:
            self._learn(ahead)
        if self._calls.ahead is None:
            return moment(text, self._zone, epoch, pattern)
        at = epoch + ahead - self._calls.ahead
        return at if MIN_EPOCH <= at <= MAX_EPOCH else None

    def _learn(self, ahead: float) -> None:
        """Take the zone from a time that is `ahead` (s) of its channel's creation, unless its leg began later."""
        known, quarters = self._calls.ahead, round(ahead / 900) * 900
        late = ahead - known if known is not None else -1.0
        # A greater difference shows a leg that began long after its channel; a whole hour is a change of the clock.
        shifted = late < -NEAR or abs(late - round(late / 3600) * 3600) <= NEAR
        if abs(ahead - quarters) <= NEAR and shifted:
            self._calls.ahead = quarters

    def _written(self, text: str, epoch: float | None) -> tuple[datetime | None, str | None]:
        """Return a time as written, and its pattern; ambiguous days and months take the order that fits the id."""
        try:
            return datetime.fromisoformat(text), None
        except ValueError:
            pass
        found: list[tuple[float, int, datetime, str | None]] = []
        for pattern in _DATES:
            try:
                read = datetime.strptime(text, pattern)  # noqa: DTZ007
            except ValueError:
                continue
            away = abs((read - _EPOCH).total_seconds() - epoch) if epoch is not None else 0.0
            found.append((away, len(found), read, pattern))
        return (min(found)[2], min(found)[3]) if found else (None, None)


def count(text: str) -> float | None:
    """Return a column's seconds, None if it has none."""
    try:
        number = float(text) if text else None
    except ValueError:
        return None
    return number if number is None or 0 <= number <= MAX_SECONDS else None
