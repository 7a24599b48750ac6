"""Turns the rows of a Cisco Unified Communications Manager's CDR into call events.

A row is a leg; legs with one globalCallID are one call, and an attended transfer joins the agent's consultation call to
the caller's. A call is an attempt on every line whose number or hunt pilot it reached. A human answered if a leg was
connected to a device that is neither voicemail nor a source of music and announcements, nor a port that queues.

>>> from agents.sources.pseudonym import Pseudonymizer
>>> lines = {"4000": "standard"}.get
>>> secret = Pseudonymizer(b"a key of an example")
>>> context = Context(source="cucm", site="mende", zone="UTC", pseudonym=secret, line_of=lines, dialled=lines)
>>> header = (
...     b"cdrRecordType,globalCallID_callManagerId,globalCallID_callId,callingPartyNumber,originalCalledPartyNumber,"
...     b"finalCalledPartyNumber,dateTimeOrigination,dateTimeConnect,dateTimeDisconnect"
... )
>>> row = b"1,1,7,0466496000,4000,4000,1362382200,0,1362382212"
>>> [(entry.row, entry.event.line, entry.event.type) for entry in CUCM_CDR.read([header, row], context)]
[(2, 'standard', 'offered'), (2, 'standard', 'lost')]

Reference: Cisco, "Call Detail Records Administration Guide".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from agents.sources.aside import WITHIN
from agents.sources.call_source import CallSource
from agents.sources.chronology import in_time
from agents.sources.cisco.cdr_rows import CucmLeg, CucmRows
from agents.sources.connector import Connector, Reader
from agents.sources.context import Context
from agents.sources.entry import Entry, Refused, short
from agents.sources.kind import FileKind
from agents.sources.legs import HELD, Legs, accepted
from agents.sources.trace import Seen
from streams.events import CallEvent, CallType, Reason

_CALLED: Final = ("originalcalledpartynumber", "finalcalledpartynumber", "huntpilotdn", "lastredirectdn")
# Music, announcements, conference bridges, menus: devices of the exchange itself.
_MEDIA = re.compile(r"(?:ANN|MOH|CFB|IVR|MTP|XCODE|VCB)_", re.IGNORECASE)
# The usual names of the ports and trunks to a voicemail.
_VOICEMAIL = re.compile(r"-VI\d+$|unity|voice[-_ ]?mail|\bCUC\b", re.IGNORECASE)
_CAUSES: Final[Mapping[str, Reason]] = {
    **dict.fromkeys(("17", "34", "42", "44", "46", "47"), "full"),
    **dict.fromkeys(("18", "19", "102"), "timeout"),
    **dict.fromkeys(("1", "3", "20", "27", "38", "41"), "no_agents"),
}
APART: Final = 86_400.0  # seconds between the starts of two legs of one call, at most; ids begin again much later
_CLEARED: Final = frozenset({"16", "31"})  # the caller hung up, if the other side gives no cause


class Reached(NamedTuple):
    """A line that a leg reached, and the line to which it went on from there."""

    leg: CucmLeg
    line: str
    to: str | None


class CucmLegs(Legs[CucmLeg]):
    """The rows of calls that may have further rows, without any number of a caller."""


class CucmCdr(Reader[CucmLeg | Refused]):
    """Turns rows into call events; the context's `aside` counts the rows that concern no call to a line.

    `legs` is the state of a growing file, from which a new `CucmCdr` resumes; its calls are released soon, as they
    delay the events. `first` is that file's first line, its header; raises `ConfigError` if it is none.
    """

    def __init__(self, context: Context, legs: CucmLegs | None = None, first: bytes = b"") -> None:
        cucm = context.exchanges.cucm
        self._voicemail = frozenset(cucm.voicemail)
        self._ports = frozenset(cucm.ports)
        self._line_of = context.line_of
        self._event = CallSource(context.source, context.site).event
        self._pseudonym = context.pseudonym
        self._aside = context.aside
        self._rows = CucmRows(context.pseudonym, context.aside, context.file)
        self._legs = CucmLegs() if legs is None else legs
        self._grows = legs is not None
        if first.strip():
            self._rows.begin(first)

    def rows(self, lines: Iterable[bytes]) -> Iterator[CucmLeg | Refused]:
        return self._rows.whole(lines)

    def line(self, number: int, line: bytes) -> Iterable[CucmLeg | Refused]:
        leg = self._rows.read(number, line)
        return [] if leg is None else [leg]

    def take(self, row: CucmLeg | Refused) -> Iterator[Entry]:
        """Yield the events of the calls that a row shows to be over, or why it is refused."""
        if isinstance(row, Refused):
            yield row
            return
        yield from self._events_of(self._add(self._without_numbers(row) if self._grows else row))
        if self._grows:
            yield from self._events_of(self._legs.ended(lambda leg: leg.end))
        yield from self._events_of(self._legs.closed())

    def finish(self) -> Iterator[Entry]:
        """Yield the events of the held calls: no further row comes."""
        yield from self._events_of(self._legs.closed(0))

    def entries(self, rows: Iterator[CucmLeg | Refused]) -> Iterator[Entry]:
        return in_time(super().entries(rows), self._aside)

    def _without_numbers(self, leg: CucmLeg) -> CucmLeg:
        """Return a leg that may be stored: numbers that belong to no line are replaced."""
        called = {name: leg.values[name] for name in _CALLED if name in leg.values}
        for name, number in called.items():
            if number not in self._voicemail | self._ports and self._line_of(number) is None:
                called[name] = self._pseudonym.within(number)
        return leg._replace(values={**leg.values, **called})

    def _events_of(self, calls: Iterable[list[CucmLeg]]) -> Iterator[Entry]:
        return (entry for call in calls for entry in self._entries(call))

    def _add(self, leg: CucmLeg) -> Iterator[list[CucmLeg]]:
        """Add a leg to its call. An id begins again after a time: first yield the earlier call of that id, if any."""
        call = leg.call
        known = self._legs.of(call)
        if any(leg[1:] == other[1:] for other in known):
            self._aside["repeated-row"] += 1
            return
        if known and all(abs(leg.start - other.start) > APART for other in known):
            yield self._legs.release(call)
        self._legs.add(leg, [call, *(name for name in leg.ends if self._meets(leg, name))])

    def _meets(self, leg: CucmLeg, name: str) -> bool:
        """Return whether a leg overlaps the known legs of this name: names are reused after a restart."""
        known = self._legs.of(name)
        return not known or any(other.start <= leg.end and leg.start <= other.end for other in known)

    def _entries(self, rows: list[CucmLeg]) -> Iterator[Entry]:
        legs = sorted(rows, key=lambda leg: (leg.start, leg.end, leg.number))
        attempts: dict[str, list[Reached]] = {}
        for leg in legs:
            for reached in self._reached(leg):
                attempts.setdefault(reached.line, []).append(reached)
        used = {attempt[0].leg.number for attempt in attempts.values()}
        self._aside.update(WITHIN if used else "other-number" for leg in legs if leg.number not in used)
        for attempt in attempts.values():
            yield from accepted(attempt[0].leg.number, self._events(attempt))

    def _reached(self, leg: CucmLeg) -> list[Reached]:
        """Return the lines that a leg reached, in order."""
        dialled, pilot = (self._line(leg.value(name)) for name in ("originalcalledpartynumber", "huntpilotdn"))
        last = self._line(leg.value("finalcalledpartynumber")) if pilot is None else pilot
        if last is None and dialled is None:
            last = self._line(leg.value("lastredirectdn"))
        if dialled is not None and last is not None and dialled != last:
            return [Reached(leg, dialled, last), Reached(leg, last, None)]
        line = dialled or last
        return [Reached(leg, line, None)] if line is not None else []

    def _line(self, number: str) -> str | None:
        return self._line_of(number) if number and number not in self._voicemail else None

    def _events(self, attempt: list[Reached]) -> list[CallEvent]:
        first, line, _ = attempt[0]
        call = short(first.call)
        offered = self._event(line, call, "offered", first.start)
        offered.caller = first.value("callingpartynumber") or None
        answers = [leg for leg, _, to in attempt if to is None and self._human(leg)]
        if not answers:
            return [offered, self._lost(attempt, call)]
        at = min(leg.connect for leg in answers if leg.connect is not None)
        answered = self._event(line, call, "answered", at)
        answered.wait = max(at - first.start, _number(first.value("totalwaittimeinqueue")))
        ended = self._event(line, call, "ended", max(leg.end for leg in answers))
        ended.talk = max(0.0, float(ended.at) - at)  # type: ignore[arg-type]
        return [offered, answered, ended]

    def _lost(self, attempt: list[Reached], call: str) -> CallEvent:
        leg, line, to = attempt[-1]
        kind, reason = self._exit(leg, to)
        left = self._event(line, call, kind, leg.end)
        left.reason, left.to, left.wait = reason, to, leg.end - attempt[0].leg.start
        return left

    def _exit(self, leg: CucmLeg, to: str | None) -> tuple[CallType, Reason]:
        if to is not None:
            return "diverted", "transfer"
        if leg.connect is not None and self._is_voicemail(leg):
            return "diverted", "voicemail"
        orig, dest = leg.value("origcause_value"), leg.value("destcause_value")
        cause = dest if dest not in {"", "0"} else orig
        if cause in _CAUSES:
            return "lost", _CAUSES[cause]
        if orig in _CLEARED:
            return "lost", "abandoned"
        return "lost", "timeout" if leg.value("wascallqueued") == "1" else "unknown"

    def _human(self, leg: CucmLeg) -> bool:
        if leg.connect is None or self._is_voicemail(leg) or not self._ports.isdisjoint(self._reached_by(leg)):
            return False
        device = leg.values.get("destdevicename")
        if not device:  # Older files lack this column. If it is present but empty, a queued call reached no device.
            return device is None or leg.value("wascallqueued") != "1"
        return not _MEDIA.match(device)

    def _reached_by(self, leg: CucmLeg) -> tuple[str, str]:
        return leg.value("destdevicename"), leg.value("finalcalledpartynumber")

    def _is_voicemail(self, leg: CucmLeg) -> bool:
        device, number = self._reached_by(leg)
        return _VOICEMAIL.search(device) is not None or number in self._voicemail


def seen(leg: CucmLeg | Refused) -> Seen | None:
    """Return a row's content without the caller."""
    if isinstance(leg, Refused):
        return None
    shown = ("originalcalledpartynumber", "finalcalledpartynumber", "huntpilotdn", "destdevicename")
    answered = "not connected" if leg.connect is None else f"connected after {leg.connect - leg.start:g} s"
    causes = f"causes {leg.value('origcause_value')}/{leg.value('destcause_value')}"
    words = (*map(leg.value, shown), f"{answered}, over after {leg.end - leg.start:g} s, {causes}")
    return Seen(leg.number, leg.start, words, (leg.call, *leg.ends))


def _number(text: str) -> float:
    return float(text) if text.isdecimal() and len(text) < 9 else 0.0  # noqa: PLR2004 -- no wait is longer


CUCM_CDR: Final = Connector(FileKind.CUCM_CDR, CucmCdr, CucmLegs, seen, joined=True, patience=HELD)
