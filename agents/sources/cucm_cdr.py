"""From the rows of a Cisco Unified Communications Manager's CDR to call events.

A row is a leg; legs of one globalCallID are one call, and a transfer joins the call of the agent who asks first to that
of the caller. A call is an attempt on every line whose number or hunt pilot it reached. A human answered where a leg
was connected to a device that is neither voicemail nor what plays music and announcements to those who queue.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from typing import Final, NamedTuple

from agents.sources.chronology import in_time
from agents.sources.entry import Entry, Refused, short
from agents.sources.legs import Legs, accepted, fields, refused
from agents.sources.pseudonym import Pseudonymizer
from agents.sources.trace import Seen, Traced
from config.exchanges import Cucm
from config.refusal import ConfigError, Mistake
from streams.decoding import Invalid
from streams.events import MAX_EPOCH, MIN_EPOCH, CallEvent, CallType, Reason
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
_CALLED: Final = ("originalcalledpartynumber", "finalcalledpartynumber", "huntpilotdn", "lastredirectdn")
_CALL_RECORD: Final = "1"  # the other kind, 2, is of the quality of speech
# Music, announcements, conference bridges, menus: devices of the exchange itself.
_MEDIA = re.compile(r"(?:ANN|MOH|CFB|IVR|MTP|XCODE|VCB)_", re.IGNORECASE)
# What the ports and trunks to a voicemail are called, where nobody gave them a name of another sense.
_VOICEMAIL = re.compile(r"-VI\d+$|unity|voice[-_ ]?mail|\bCUC\b", re.IGNORECASE)
_CAUSES: Final[Mapping[str, Reason]] = {
    **dict.fromkeys(("17", "34", "42", "44", "46", "47"), "full"),
    **dict.fromkeys(("18", "19", "102"), "timeout"),
    **dict.fromkeys(("1", "3", "20", "27", "38", "41"), "no_agents"),
}
_CLEARED: Final = frozenset({"16", "31"})  # by the caller, where the other side gives no cause


class CucmLeg(NamedTuple):
    """Hold what is needed of a row of the file, by the names of its columns in small letters."""

    number: int
    values: Mapping[str, str]  # as `_KEPT`
    start: float  # epoch seconds
    connect: float | None  # None where nothing answered
    end: float

    def value(self, name: str) -> str:
        """Return what a column says, empty where the file lacks it."""
        return self.values.get(name, "")


class Reached(NamedTuple):
    """Tell that a leg reached a line, and to which line it went on from there."""

    leg: CucmLeg
    line: str
    to: str | None


class CucmLegs(Legs[CucmLeg]):
    """Hold the rows of calls of which further rows may come, without any number of a caller."""


class CucmCdr:
    """Turn rows into call events; `aside` counts the rows that tell of no call to a line.

    `legs` is the state: a new one that is given it goes on where this one stood.
    """

    def __init__(
        self,
        cucm: Cucm,
        line_of: Callable[[str], str | None],
        source: str,
        site: str,
        pseudonym: Pseudonymizer,
        aside: Counter[str],
        file: str = "",
        legs: CucmLegs | None = None,
    ) -> None:
        self._voicemail = frozenset(cucm.voicemail)
        self._line_of = line_of
        self._source = source
        self._site = site
        self._pseudonym = pseudonym
        self._aside = aside
        self._file = file
        self._legs = CucmLegs() if legs is None else legs
        self._columns: list[str] = []

    def read(self, lines: Iterable[bytes], traced: Traced[CucmLeg | Refused] = iter) -> Iterator[Entry]:
        """Read a file from its first line to its end; raise `ConfigError`, at once, where it has no header.

        Its rows go through `traced`.
        """
        numbered = ((number, line) for number, line in enumerate(lines, 1) if line.strip())
        number, first = next(numbered, (0, b""))
        self.begin(first, number)
        return in_time(self._read(traced(self._rows(numbered))), self._aside) if number else iter(())

    def begin(self, first: bytes, number: int = 1) -> None:
        """Take the first line, the header; raise `ConfigError` where it is none."""
        self._columns = self._header(first.split(b","), number)

    def _rows(self, lines: Iterable[tuple[int, bytes]]) -> Iterator[CucmLeg | Refused]:
        for number, line in lines:
            leg = self._row(number, line)
            if leg is not None:
                yield leg

    def _read(self, rows: Iterable[CucmLeg | Refused]) -> Iterator[Entry]:
        for leg in rows:
            if isinstance(leg, Refused):
                yield leg
                continue
            self._add(leg)
            yield from self._all_told(self._legs.closed())
        yield from self.finish()

    def take(self, number: int, line: bytes) -> Iterator[Entry]:
        """Yield the events of the calls that a line of a growing file shows to be over, or why it is refused."""
        leg = self._row(number, line)
        if isinstance(leg, Refused):
            yield leg
        elif leg is not None:
            self._add(self._without_numbers(leg))
        yield from self._all_told(chain(self._legs.ended(lambda leg: leg.end), self._legs.closed()))

    def finish(self) -> Iterator[Entry]:
        """Yield the events of the calls that are held: no further row comes."""
        yield from self._all_told(self._legs.closed(0))

    def _row(self, number: int, line: bytes) -> CucmLeg | Refused | None:
        """Return what a line tells, or why it is refused; None for a header, a blank, or what is of no call."""
        if not line.strip():
            return None
        if _FIRST in line[:20].lower():  # files joined: each begins with its own
            self.begin(line, number)
            return None
        try:
            return self._leg(number, self._columns, fields(line))
        except Invalid as why:
            return refused(number, line, why, self._pseudonym)

    def _without_numbers(self, leg: CucmLeg) -> CucmLeg:
        """Return a leg that may be stored: without any number that is no line's."""
        called = {name: leg.values[name] for name in _CALLED if name in leg.values}
        for name, number in called.items():
            if number not in self._voicemail and self._line_of(number) is None:
                called[name] = self._pseudonym.within(number)
        return leg._replace(values={**leg.values, **called})

    def _all_told(self, calls: Iterable[list[CucmLeg]]) -> Iterator[Entry]:
        return (entry for call in calls for entry in self._told(call))

    def _header(self, names: list[bytes], number: int) -> list[str]:
        header = [name.strip(b'\xef\xbb\xbf" \r\n').decode("utf-8", "replace").casefold() for name in names]
        if number and (missing := set(_NEEDED) - set(header)):
            found = f"{len(header)} fields in line {number}, without {', '.join(sorted(missing))}"
            raise ConfigError([Mistake(self._file, "", found, "the header of a CDR file of CUCM: cdrRecordType, ...")])
        return header

    def _leg(self, number: int, header: list[str], row: list[str]) -> CucmLeg | None:
        """Return the leg that a row tells of, None where it is the row of types, or no call's."""
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
            raise Invalid("no-time", said("dateTimeOrigination is no moment from 1990 to 2100; expected epoch seconds"))
        if not values["globalcallid_callid"]:
            raise Invalid("no-id", said("no value in globalCallID_callId; expected what names the call"))
        kept = {name: values[name] for name in _KEPT if name in values}
        kept["callingpartynumber"] = self._pseudonym.of(values["callingpartynumber"]) or ""
        return CucmLeg(number, kept, start, connect, max(start, connect or 0, end or 0))

    def _add(self, leg: CucmLeg) -> None:
        call = _name(leg)
        if any(leg[1:] == other[1:] for other in self._legs.of(call)):
            self._aside["repeated-row"] += 1
            return
        self._legs.add(leg, [call, *(name for name in _leg_names(leg) if self._meets(leg, name))])

    def _meets(self, leg: CucmLeg, name: str) -> bool:
        """Tell whether a leg of a name may be the one that is known by it: after a restart, names come again."""
        known = self._legs.of(name)
        return not known or any(other.start <= leg.end and leg.start <= other.end for other in known)

    def _told(self, rows: list[CucmLeg]) -> Iterator[Entry]:
        legs = sorted(rows, key=lambda leg: (leg.start, leg.end, leg.number))
        attempts: dict[str, list[Reached]] = {}
        for leg in legs:
            for reached in self._reached(leg):
                attempts.setdefault(reached.line, []).append(reached)
        if not attempts:
            self._aside["other-number"] += len(legs)
        for attempt in attempts.values():
            yield from accepted(attempt[0].leg.number, self._events(attempt))

    def _reached(self, leg: CucmLeg) -> list[Reached]:
        """Return the lines that a leg reached, one after the other."""
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
        call = _name(first)
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
        if leg.connect is None or self._is_voicemail(leg):
            return False
        device = leg.values.get("destdevicename")
        if not device:  # a file may lack the column; where it does not, who queued was connected to no device
            return device is None or leg.value("wascallqueued") != "1"
        return not _MEDIA.match(device)

    def _is_voicemail(self, leg: CucmLeg) -> bool:
        by_name = _VOICEMAIL.search(leg.value("destdevicename"))
        return by_name is not None or leg.value("finalcalledpartynumber") in self._voicemail

    def _event(self, line: str, call: str, kind: CallType, at: float) -> CallEvent:
        identity = short(f"{self._source}:{line}:{call}:{kind}:{at}")
        return CallEvent(
            line=line, call=short(call), type=kind, at=at, id=identity, source=self._source, site=self._site
        )


def seen(leg: CucmLeg | Refused) -> Seen | None:
    """Return what a row says; the caller is left out."""
    if isinstance(leg, Refused):
        return None
    shown = ("originalcalledpartynumber", "finalcalledpartynumber", "huntpilotdn", "destdevicename")
    answered = "not connected" if leg.connect is None else f"connected after {leg.connect - leg.start:g} s"
    causes = f"causes {leg.value('origcause_value')}/{leg.value('destcause_value')}"
    words = (*map(leg.value, shown), f"{answered}, over after {leg.end - leg.start:g} s, {causes}")
    return Seen(leg.number, leg.start, words, (_name(leg), *_leg_names(leg)))


def _leg_names(leg: CucmLeg) -> list[str]:
    legs = (("orignodeid", "origlegcallidentifier"), ("destnodeid", "destlegidentifier"))
    return [f"{leg.value(node)}/{leg.value(name)}" for node, name in legs if leg.value(name) not in {"", "0"}]


def _name(leg: CucmLeg) -> str:
    parts = (leg.value(f"globalcallid_{part}") for part in ("clusterid", "callmanagerid", "callid"))
    return "-".join(filter(None, parts))


def _epoch(text: str) -> float | None:
    at = float(text) if text.isdecimal() and len(text) < 12 else 0.0  # noqa: PLR2004 -- no moment is longer
    return at if MIN_EPOCH <= at <= MAX_EPOCH else None


def _number(text: str) -> float:
    return float(text) if text.isdecimal() and len(text) < 9 else 0.0  # noqa: PLR2004 -- no wait is longer
