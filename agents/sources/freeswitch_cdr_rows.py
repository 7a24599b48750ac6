"""The rows of FreeSWITCH's mod_cdr_csv: what stands where, by a template or by a first row of names.

A template is that of `cdr_csv.conf.xml`, which writes a row as the channel's variables say.
Reference: developer.signalwire.com, mod_cdr_csv; FreeSWITCH's conf/vanilla/autoload_configs/cdr_csv.conf.xml.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from agents.sources.entry import Refused
from agents.sources.legs import fields, refused
from agents.sources.pseudonym import Pseudonymizer
from streams.decoding import Invalid
from streams.events import MAX_EPOCH, MIN_EPOCH
from streams.said import said

OUTBOUND: Final = "Outbound Call"  # what FreeSWITCH calls whom it calls itself, where nobody gave it a name
_VARIABLE = re.compile(r"\$\{([^}]+)\}")
# How values look, by the end of the variable's name: so exactly that a quote in a caller's name misleads nobody.
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
    *("last_app", "cc_queue", "cc_queue_answered_epoch", "cc_cancel_reason"),
)


class CdrRow(NamedTuple):
    """Hold what is needed of a row of the file, by the names of the template's variables."""

    number: int
    values: Mapping[str, str]  # as `_KEPT`
    start: float  # epoch seconds, as the others; None where it did not come to that
    answer: float | None
    end: float

    def value(self, name: str) -> str:
        """Return what a variable says, empty where the template lacks it."""
        return self.values.get(name, "")

    @property
    def names(self) -> list[str]:
        """Return the uuids of the call and of its second leg."""
        return [name for name in (self.value("uuid"), self.value("bleg_uuid")) if name]


class FreeSwitchRows:
    """Read the rows of a file, one after the other."""

    def __init__(self, template: str, zone: str, pseudonym: Pseudonymizer) -> None:
        self._template = Template(template)
        self._header: list[str] = []  # of a table that has the variables' names in its first row
        self._zone = ZoneInfo(zone)
        self._pseudonym = pseudonym

    def whole(self, lines: Iterable[bytes]) -> Iterator[CdrRow | Refused]:
        """Read a file from its first line to its end."""
        read = (self.read(number, line) for number, line in enumerate(lines, 1))
        return (row for row in read if row is not None)

    def begin(self, first: bytes) -> bool:
        """Take a line for the header of a table; tell whether it is one."""
        if b"destination_number" in first and all(map(str.isidentifier, names := fields(first))):
            self._header = names
            return True
        return False

    def read(self, number: int, line: bytes) -> CdrRow | Refused | None:
        """Return what a line tells, or why it is refused; None for a header or a blank."""
        if not line.strip():
            return None
        try:
            return self._parsed(number, line)
        except Invalid as why:
            return refused(number, line, why, self._pseudonym)

    def _values(self, line: bytes) -> dict[str, str] | None:
        """Return a row's values by the names of the variables, None where it is the header of a table."""
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
                return at if MIN_EPOCH <= at <= MAX_EPOCH else None  # it is 0 where it did not come to that
        try:
            told = datetime.fromisoformat(values.get(f"{name}_stamp", ""))
        except ValueError:
            return None
        local = told.replace(tzinfo=told.tzinfo or self._zone)
        at = local.timestamp()
        if before is not None and at < before:
            at = max(before, local.replace(fold=1).timestamp())  # the hour that comes twice
        return at if MIN_EPOCH <= at <= MAX_EPOCH else None


class Template:
    """Read rows of a template; a caller's name, which may hold anything, takes stray quotes and commas."""

    def __init__(self, text: str) -> None:
        literals = _VARIABLE.split(text.strip())
        self._names = literals[1::2]
        shapes = [next(shape for end, shape in _SHAPES.items() if name.endswith(end)) for name in self._names]
        pattern = "".join(f"({shape}){re.escape(rest)}" for shape, rest in zip(shapes, literals[2::2], strict=True))
        self._row = re.compile(re.escape(literals[0]) + pattern)
        # A row whose values hold no quote can be read in one way alone, and nearly every row is such: it is found soon.
        quoted = all('"' in between for between in literals[2:-1:2])
        self._plain = re.compile(self._row.pattern.replace("(.*)", '([^"]*)')) if quoted else self._row

    def values(self, text: str) -> dict[str, str] | None:
        """Return the values of a row by the names of the variables, None where it is not of the template."""
        row = self._plain.fullmatch(text) or self._row.fullmatch(text)
        return None if row is None else dict(zip(self._names, row.groups(), strict=True))
