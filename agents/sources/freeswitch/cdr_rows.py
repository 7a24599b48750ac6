"""The rows of FreeSWITCH's mod_cdr_csv, read by a template or by the names in a first row.

A template in `cdr_csv.conf.xml` says how a row is written from the channel's variables. Reference:
developer.signalwire.com, mod_cdr_csv; FreeSWITCH's conf/vanilla/autoload_configs/cdr_csv.conf.xml.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from agents.sources.entry import Refused
from agents.sources.legs import fields, refused
from agents.sources.pseudonym import Pseudonymizer
from streams.decoding import Invalid
from streams.events import MAX_EPOCH, MIN_EPOCH
from streams.said import said

OUTBOUND: Final = "Outbound Call"  # FreeSWITCH's default name for the callee of its own calls
_VARIABLE = re.compile(r"\$\{([^}]+)\}")
# Patterns of values, by the end of the variable's name: strict, so that a quote in a caller's name does no harm.
_SHAPES: Final = {
    "_name": ".*",
    "caller_id": ".*",
    "last_arg": ".*",
    "_stamp": "[0-9 :.-]*",
    "epoch": "[0-9]*",
    "duration": "[0-9]*",
    "billsec": "[0-9]*",
    "uuid": "[0-9A-Za-z-]*",
    "_cause": "[A-Z0-9_]*",
    "_number": '[^",]*',
    "": '[^"]*',
}
_KEPT: Final[tuple[str, ...]] = (
    *("caller_id_name", "caller_id_number", "destination_number", "context", "hangup_cause", "uuid", "bleg_uuid"),
    *("last_app", "cc_queue", "cc_queue_answered_epoch", "cc_cancel_reason", "cc_side", "cc_agent"),
)
_ALIASES: Final[Mapping[str, str]] = {"xml_cdr_uuid": "uuid", "bridge_uuid": "bleg_uuid"}  # in FusionPBX's table


class CdrRow(NamedTuple):
    """The needed variables of a row, by their names in the template."""

    number: int
    values: Mapping[str, str]  # as `_KEPT`
    start: float  # epoch seconds, like the others
    answer: float | None  # None if it was not answered
    end: float

    def value(self, name: str) -> str:
        """Return a variable's value, empty if the template lacks it."""
        return self.values.get(name, "")

    @property
    def names(self) -> list[str]:
        """Return the uuids of the call and of its second leg."""
        return [name for name in (self.value("uuid"), self.value("bleg_uuid")) if name]


class FreeSwitchRows:
    def __init__(self, template: str, zone: str, pseudonym: Pseudonymizer) -> None:
        self._template = Template(template)
        self._header: list[str] = []  # of a table with the variables' names in its first row
        self._zone = ZoneInfo(zone)
        self._pseudonym = pseudonym

    def begin(self, first: bytes) -> bool:
        """Take a line as the header if it is one; return whether it is."""
        if b"destination_number" in first and all(map(str.isidentifier, names := fields(first))):
            self._header = [_ALIASES.get(name, name) for name in names]
            return True
        return False

    def read(self, number: int, line: bytes) -> CdrRow | Refused | None:
        """Return the row of a line, or why it is refused; None for a header or a blank."""
        if not line.strip():
            return None
        try:
            return self._parsed(number, line)
        except Invalid as why:
            return refused(number, line, why, self._pseudonym)

    def _values(self, line: bytes) -> dict[str, str] | None:
        """Return a row's values by the names of the variables, None if the row is a header."""
        if self.begin(line):
            return None
        if not self._header:
            text = line.decode("utf-8", "replace").rstrip("\r\n")
            values = self._template.values(text)
            if values is not None:
                return values
            expected = "one of exchanges.freeswitch.cdr_template"
            raise Invalid(
                "malformed",
                said("a row of {count} fields; expected {expected}", count=len(fields(line)), expected=expected),
            )
        found = fields(line)
        if len(found) != len(self._header):
            raise Invalid(
                "malformed",
                said("{count} fields; expected {count2}, as in the header", count=len(found), count2=len(self._header)),
            )
        return dict(zip(self._header, found, strict=True))

    def _parsed(self, number: int, line: bytes) -> CdrRow | None:
        values = self._values(line)
        if values is None:
            return None
        start = self._moment(values, "start", None)
        if start is None or not values.get("uuid"):
            raise Invalid("no-time" if start is None else "no-id", said("expected a start and a uuid in every row"))
        answer, end = self._moment(values, "answer", start), self._moment(values, "end", start)
        kept = {name: values[name] for name in _KEPT if name in values}
        kept["caller_id_number"] = self._pseudonym.of(kept.get("caller_id_number", "")) or ""
        kept["caller_id_name"] = OUTBOUND if kept.get("caller_id_name") == OUTBOUND else ""
        return CdrRow(number, kept, start, answer, start if end is None else end)

    def _moment(self, values: Mapping[str, str], name: str, before: float | None) -> float | None:
        for variable, unit in ((f"{name}_uepoch", 1e-6), (f"{name}_epoch", 1.0)):
            if values.get(variable, "").isdecimal():
                at = int(values[variable][:18]) * unit
                return at if MIN_EPOCH <= at <= MAX_EPOCH else None  # 0 if it did not happen
        try:
            written = datetime.fromisoformat(values.get(f"{name}_stamp", ""))
        except ValueError:
            return None
        local = written.replace(tzinfo=written.tzinfo or self._zone)
        at = local.timestamp()
        if before is not None and at < before:
            at = max(before, local.replace(fold=1).timestamp())  # the second of two equal hours
        return at if MIN_EPOCH <= at <= MAX_EPOCH else None


class Template:
    """The rows of a template; a caller's name, which may contain anything, absorbs stray quotes and commas."""

    def __init__(self, text: str) -> None:
        literals = _VARIABLE.split(text.strip())
        self._names = literals[1::2]
        shapes = [next(shape for end, shape in _SHAPES.items() if name.endswith(end)) for name in self._names]
        pattern = "".join(f"({shape}){re.escape(rest)}" for shape, rest in zip(shapes, literals[2::2], strict=True))
        self._row = re.compile(re.escape(literals[0]) + pattern)
        # Nearly every row has no quotes inside its values, so that it can be read in only one way and matches quickly.
        quoted = all('"' in between for between in literals[2:-1:2])
        self._plain = re.compile(self._row.pattern.replace("(.*)", '([^"]*)')) if quoted else self._row

    def values(self, text: str) -> dict[str, str] | None:
        """Return the values of a row by the names of the variables, None if it does not fit the template."""
        row = self._plain.fullmatch(text) or self._row.fullmatch(text)
        return None if row is None else dict(zip(self._names, row.groups(), strict=True))
