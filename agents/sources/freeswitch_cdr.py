"""From the rows of FreeSWITCH's mod_cdr_csv to call events.

A call is a uuid that dialled a line's number. Queue, menu, voicemail and echo answer it too: a human did only where it
has a second leg. A second leg's own row, or the queue's variables where the template has them, tell the true wait.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import chain
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from agents.sources.chronology import in_time
from agents.sources.entry import Entry, Refused, short
from agents.sources.legs import Legs, accepted, fields, refused
from agents.sources.pseudonym import Pseudonymizer
from agents.sources.trace import Seen, Traced
from config.exchanges import FreeSwitch
from streams.decoding import Invalid
from streams.events import MAX_EPOCH, MIN_EPOCH, CallEvent, CallType, Reason
from streams.said import said

MACHINE_WITHIN: Final = 1.0  # seconds: a phone rings longer than that before it is answered

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
_MACHINES: Final = frozenset({"voicemail", "conference", "echo", "delay_echo", "playback", "park", "ivr", "rxfax"})
_OUTBOUND: Final = "Outbound Call"  # what FreeSWITCH calls whom it calls itself, where nobody gave it a name
_REASONS: Final[Mapping[str, Reason]] = {
    "USER_BUSY": "full",
    "NORMAL_CIRCUIT_CONGESTION": "full",
    "SWITCH_CONGESTION": "full",
    **dict.fromkeys(("NO_ANSWER", "ALLOTTED_TIMEOUT", "NO_USER_RESPONSE", "RECOVERY_ON_TIMER_EXPIRE"), "timeout"),
    **dict.fromkeys(("UNALLOCATED_NUMBER", "USER_NOT_REGISTERED", "SUBSCRIBER_ABSENT"), "no_agents"),
    **dict.fromkeys(("NO_ROUTE_DESTINATION", "DESTINATION_OUT_OF_ORDER", "NORMAL_TEMPORARY_FAILURE"), "no_agents"),
    **dict.fromkeys(("NORMAL_CLEARING", "ORIGINATOR_CANCEL", ""), "abandoned"),
}
_CANCELLED: Final[Mapping[str, tuple[CallType, Reason]]] = {
    "TIMEOUT": ("lost", "timeout"),
    "NO_AGENT_TIMEOUT": ("lost", "no_agents"),
    "EXIT_WITH_KEY": ("diverted", "key"),
}


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


class FreeSwitchLegs(Legs[CdrRow]):
    """Hold the rows of calls of which further rows may come, without any number of a caller."""


class FreeSwitchCdr:
    """Turn rows into call events; `aside` counts the rows that tell of no call to a line.

    `legs` is the state: a new one that is given it goes on where this one stood.
    """

    def __init__(
        self,
        freeswitch: FreeSwitch,
        line_of: Callable[[str], str | None],
        source: str,
        site: str,
        zone: str,
        pseudonym: Pseudonymizer,
        aside: Counter[str],
        legs: FreeSwitchLegs | None = None,
    ) -> None:
        self._template = Template(freeswitch.cdr_template)
        self._header: list[str] = []  # of a table that has the variables' names in its first row
        self._machines = frozenset(freeswitch.machines)
        self._line_of = line_of
        self._source = source
        self._site = site
        self._zone = ZoneInfo(zone)
        self._pseudonym = pseudonym
        self._aside = aside
        self._legs = FreeSwitchLegs() if legs is None else legs

    def read(self, lines: Iterable[bytes], traced: Traced[CdrRow | Refused] = iter) -> Iterator[Entry]:
        """Read a file from its first line to its end; its rows go through `traced`."""
        return in_time(self._read(traced(self._rows(lines))), self._aside)

    def _rows(self, lines: Iterable[bytes]) -> Iterator[CdrRow | Refused]:
        for number, line in enumerate(lines, 1):
            row = self._row(number, line)
            if row is not None:
                yield row

    def _read(self, rows: Iterable[CdrRow | Refused]) -> Iterator[Entry]:
        for row in rows:
            if isinstance(row, Refused):
                yield row
                continue
            self._add(row)
            yield from self._all_told(self._legs.closed())
        yield from self.finish()

    def begin(self, first: bytes) -> bool:
        """Take a line for the header of a table; tell whether it is one."""
        if b"destination_number" in first and all(map(str.isidentifier, names := fields(first))):
            self._header = names
            return True
        return False

    def take(self, number: int, line: bytes) -> Iterator[Entry]:
        """Yield the events of the calls that a line of a growing file shows to be over, or why it is refused."""
        row = self._row(number, line)
        if isinstance(row, Refused):
            yield row
        elif row is not None:
            self._add(self._without_numbers(row))
        yield from self._all_told(chain(self._legs.ended(lambda row: row.end), self._legs.closed()))

    def finish(self) -> Iterator[Entry]:
        """Yield the events of the calls that are held: no further row comes."""
        yield from self._all_told(self._legs.closed(0))

    def _row(self, number: int, line: bytes) -> CdrRow | Refused | None:
        """Return what a line tells, or why it is refused; None for a header or a blank."""
        if not line.strip():
            return None
        try:
            return self._parsed(number, line)
        except Invalid as why:
            return refused(number, line, why, self._pseudonym)

    def _add(self, row: CdrRow) -> None:
        if not self._repeated(row):
            self._legs.add(row, _names(row))

    def _without_numbers(self, row: CdrRow) -> CdrRow:
        """Return a row that may be stored: without any number that is no line's."""
        dialled = row.value("destination_number")
        if self._line_of(dialled) is None and dialled not in self._machines:
            dialled = self._pseudonym.within(dialled)
        return row._replace(values={**row.values, "destination_number": dialled})

    def _all_told(self, calls: Iterable[list[CdrRow]]) -> Iterator[Entry]:
        return (entry for call in calls for entry in self._told(call))

    def _values(self, line: bytes) -> dict[str, str] | None:
        """Return a row's values by the names of the variables, None where it is the header of a table."""
        if self.begin(line):
            return None
        if not self._header:
            text = line.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace").rstrip("\r\n")
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
        kept["caller_id_name"] = _OUTBOUND if kept.get("caller_id_name") == _OUTBOUND else ""
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

    def _repeated(self, row: CdrRow) -> bool:
        """Tell whether a row stands there already: a rotation can write it twice, even changed."""
        before = [other for other in self._legs.of(row.value("uuid")) if other.value("uuid") == row.value("uuid")]
        if any(row[1:] == other[1:] for other in before):
            self._aside["repeated-row"] += 1
            return True
        if before:
            self._aside["changed-row"] += 1
        return False

    def _told(self, rows: list[CdrRow]) -> Iterator[Entry]:
        calls: dict[str, CdrRow] = {}
        for row in rows:
            uuid = row.value("uuid")
            calls[uuid] = max(calls.get(uuid, row), row, key=_telling)
        seconds = {row.value("bleg_uuid") for row in calls.values()}
        for uuid, row in calls.items():
            line = self._line(row, second=uuid in seconds)
            if line is not None:
                yield from accepted(row.number, self._events(row, line, calls.get(row.value("bleg_uuid"))))

    def _line(self, row: CdrRow, *, second: bool) -> str | None:
        """Return the line that a call is for; count it aside where there is none."""
        queue, dialled = row.value("cc_queue"), row.value("destination_number")
        if row.value("caller_id_name") == _OUTBOUND and not queue:
            self._aside["placed-by-exchange"] += 1
            return None
        names = (queue.partition("@")[0], queue, dialled) if queue else (dialled,)
        line = next((line for line in map(self._line_of, filter(None, names)) if line is not None), None)
        if line is None:
            scanned = row.answer is None and row.end <= row.start and row.value("context") == "public"
            what = "machine" if dialled in self._machines else "scanner" if scanned else "other-number"
            self._aside["second-leg" if second else what] += 1
        return line

    def _events(self, row: CdrRow, line: str, second: CdrRow | None) -> list[CallEvent]:
        kind, reason, at = self._outcome(row, second)
        caller = row.value("caller_id_number") or None
        if kind == "answered" and at - row.start < MACHINE_WITHIN:
            # A queue or a menu answered first: nobody tells how long the caller waited for a human.
            answered = self._event(row, line, kind, row.start)
            answered.caller = caller
            self._aside["wait-unknown"] += 1
            return [answered]
        outcome = self._event(row, line, kind, at)
        outcome.reason, outcome.wait = reason, round(at - row.start, 3)
        offered = self._event(row, line, "offered", row.start)
        offered.caller = caller
        if kind != "answered":
            return [offered, outcome]
        ended = self._event(row, line, "ended", row.end)
        ended.talk = round(max(0.0, row.end - at), 3)
        return [offered, outcome, ended]

    def _outcome(self, row: CdrRow, second: CdrRow | None) -> tuple[CallType, Reason | None, float]:
        """Return what became of a call, why, and when."""
        cancelled = _CANCELLED.get(row.value("cc_cancel_reason"))
        if cancelled is not None:
            return *cancelled, row.end
        bridged = row.value("cc_queue_answered_epoch")
        if bridged.isdecimal() and int(bridged):
            return "answered", None, min(max(row.start, float(bridged)), row.end)
        if row.answer is None:
            return "lost", _REASONS.get(row.value("hangup_cause"), "unknown"), row.end
        apps = {row.value("last_app")}
        if second is not None:
            apps = {second.value("last_app"), second.value("destination_number")}
        if "voicemail" in apps:
            return "diverted", "voicemail", row.end
        if not row.value("bleg_uuid") or apps & _MACHINES or (second is not None and second.answer is None):
            return "lost", "abandoned", row.end
        answer = row.answer if second is None or second.answer is None else second.answer
        return "answered", None, min(max(row.answer, answer), row.end)

    def _event(self, row: CdrRow, line: str, kind: CallType, at: float) -> CallEvent:
        call = short(row.value("uuid"))
        identity = short(f"{self._source}:{line}:{call}:{kind}:{at}")
        return CallEvent(line=line, call=call, type=kind, at=at, id=identity, source=self._source, site=self._site)


def seen(row: CdrRow | Refused) -> Seen | None:
    """Return what a row says; the caller is left out."""
    if isinstance(row, Refused):
        return None
    shown = ("destination_number", "context", "last_app", "cc_queue", "cc_cancel_reason", "hangup_cause")
    answered = "not answered" if row.answer is None else f"answered after {row.answer - row.start:g} s"
    words = (*map(row.value, shown), f"{answered}, over after {row.end - row.start:g} s")
    return Seen(row.number, row.start, words, tuple(_names(row)))


def _names(row: CdrRow) -> list[str]:
    return [name for name in (row.value("uuid"), row.value("bleg_uuid")) if name]


def _telling(row: CdrRow) -> tuple[bool, bool, float]:
    """Return what makes one of several rows of a uuid the one that tells of its caller."""
    return row.value("caller_id_name") != _OUTBOUND, bool(row.value("bleg_uuid")), row.end


class Template:
    """Read rows of a template; a caller's name, which may hold anything, takes stray quotes and commas."""

    def __init__(self, text: str) -> None:
        literals = _VARIABLE.split(text.strip())
        self._names = literals[1::2]
        shapes = [next(shape for end, shape in _SHAPES.items() if name.endswith(end)) for name in self._names]
        pattern = "".join(f"({shape}){re.escape(rest)}" for shape, rest in zip(shapes, literals[2::2], strict=True))
        self._row = re.compile(re.escape(literals[0]) + pattern)

    def values(self, text: str) -> dict[str, str] | None:
        """Return the values of a row by the names of the variables, None where it is not of the template."""
        row = self._row.fullmatch(text)
        return None if row is None else dict(zip(self._names, row.groups(), strict=True))
