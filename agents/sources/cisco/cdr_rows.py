"""The rows of a Cisco Unified Communications Manager's CDR, read by the column names in its first row.

The first row has the columns' names, the second their types. Concatenated files repeat both. Reference: Cisco, "Call
Detail Records Administration Guide", CDR field descriptions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from agents.sources.entry import Refused
from agents.sources.legs import fields, refused
from agents.sources.pseudonym import Pseudonymizer
from config.refusal import ConfigError, Mistake
from streams.decoding import Invalid
from streams.events import MAX_EPOCH, MIN_EPOCH
from streams.said import said

_FIRST: Final = b"cdrrecordtype"
_NEEDED: Final = (
    *("globalcallid_callmanagerid", "globalcallid_callid", "callingpartynumber", "originalcalledpartynumber"),
    *("finalcalledpartynumber", "datetimeorigination", "datetimeconnect", "datetimedisconnect"),
)
_KEPT: Final[tuple[str, ...]] = (
    *(*_NEEDED[:5], "globalcallid_clusterid", "huntpilotdn", "lastredirectdn", "destdevicename", "pkid"),
    *("origcause_value", "destcause_value", "wascallqueued", "totalwaittimeinqueue"),
    *("orignodeid", "origlegcallidentifier", "destnodeid", "destlegidentifier"),
)
_CALL_RECORD: Final = "1"  # the other kind, 2, is about speech quality


class CucmLeg(NamedTuple):
    """The needed columns of a row, by their names in lower case."""

    number: int
    values: Mapping[str, str]  # as `_KEPT`
    start: float  # epoch seconds
    connect: float | None  # None if it was not answered
    end: float

    def value(self, name: str) -> str:
        """Return a column's value, empty if the file lacks the column."""
        return self.values.get(name, "")

    @property
    def call(self) -> str:
        """Return the id of the call."""
        parts = (self.value(f"globalcallid_{part}") for part in ("clusterid", "callmanagerid", "callid"))
        return "-".join(filter(None, parts))

    @property
    def ends(self) -> list[str]:
        """Return the ids of the leg's two sides, by which legs of other calls may be joined to it."""
        sides = (("orignodeid", "origlegcallidentifier"), ("destnodeid", "destlegidentifier"))
        return [f"{self.value(node)}/{self.value(name)}" for node, name in sides if self.value(name) not in {"", "0"}]


class CucmRows:
    """The rows of a file in order; `aside` counts rows without a call."""

    def __init__(self, pseudonym: Pseudonymizer, aside: Counter[str], file: str) -> None:
        self._columns: list[str] = []
        self._pseudonym = pseudonym
        self._aside = aside
        self._file = file

    def whole(self, lines: Iterable[bytes]) -> Iterator[CucmLeg | Refused]:
        """Read a file from its first line to its end; raise `ConfigError`, before any row, if it has no header."""
        numbered = ((number, line) for number, line in enumerate(lines, 1) if line.strip())
        number, first = next(numbered, (0, b""))
        if number:
            self.begin(first, number)
        read = (self.read(number, line) for number, line in numbered)
        return (leg for leg in read if leg is not None)

    def begin(self, first: bytes, number: int = 1) -> None:
        """Take the first line, the header; raise `ConfigError` if it is none."""
        self._columns = self._header(first.split(b","), number)

    def read(self, number: int, line: bytes) -> CucmLeg | Refused | None:
        """Return the leg of a line, or why it is refused; None for a header, a blank, or a record of no call."""
        if not line.strip():
            return None
        if _FIRST in line[:20].lower():  # concatenated files repeat the header
            self.begin(line, number)
            return None
        try:
            return self._leg(number, self._columns, fields(line))
        except Invalid as why:
            return refused(number, line, why, self._pseudonym)

    def _header(self, names: list[bytes], number: int) -> list[str]:
        header = [name.strip(b'" \r\n').decode("utf-8", "replace").casefold() for name in names]
        if missing := set(_NEEDED) - set(header):
            found = f"{len(header)} fields in line {number}, without {', '.join(sorted(missing))}"
            raise ConfigError([Mistake(self._file, "", found, "the header of a CDR file of CUCM: cdrRecordType, ...")])
        return header

    def _leg(self, number: int, header: list[str], row: list[str]) -> CucmLeg | None:
        """Return the leg of a row, None if it is the row of types or of no call."""
        if row and row[0].casefold() == "integer":
            return None
        if len(row) != len(header):
            raise Invalid(
                "malformed",
                said("{count} fields; expected {count2}, as in the header", count=len(row), count2=len(header)),
            )
        values = dict(zip(header, row, strict=True))
        if values.get("cdrrecordtype", _CALL_RECORD) != _CALL_RECORD:
            self._aside["other-record"] += 1
            return None
        start, connect, end = (_epoch(values[f"datetime{name}"]) for name in ("origination", "connect", "disconnect"))
        if start is None:
            raise Invalid(
                "no-time", said("dateTimeOrigination is not a moment from 1990 to 2100; expected epoch seconds")
            )
        if not values["globalcallid_callid"]:
            raise Invalid("no-id", said("no value in globalCallID_callId; expected the id of the call"))
        kept = {name: values[name] for name in _KEPT if name in values}
        kept["callingpartynumber"] = self._pseudonym.of(values["callingpartynumber"]) or ""
        return CucmLeg(number, kept, start, connect, max(start, connect or 0, end or 0))


def _epoch(text: str) -> float | None:
    at = float(text) if text.isdecimal() and len(text) < 12 else 0.0  # noqa: PLR2004 -- no moment is longer
    return at if MIN_EPOCH <= at <= MAX_EPOCH else None
