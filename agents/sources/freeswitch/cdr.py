"""Turns the rows of FreeSWITCH's mod_cdr_csv into call events.

A call is a uuid that dialled a line's number. Queue, menu, voicemail and echo answer it too: a human answered only if
there is a second leg. The true wait comes from the second leg's own row, or from the queue's variables if the template
has them.

>>> from agents.sources.pseudonym import Pseudonymizer
>>> lines = {"4000": "standard"}.get
>>> secret = Pseudonymizer(b"a key of an example")
>>> context = Context(source="fs", site="mende", zone="Europe/Paris", pseudonym=secret, line_of=lines, dialled=lines)
>>> header = b"uuid,destination_number,start_stamp,end_stamp,hangup_cause"
>>> row = b"c1,4000,2013-03-04 08:30:00,2013-03-04 08:30:12,ORIGINATOR_CANCEL"
>>> [(entry.row, entry.event.line, entry.event.type) for entry in FREESWITCH_CDR.read([header, row], context)]
[(2, 'standard', 'offered'), (2, 'standard', 'lost')]

Reference: developer.signalwire.com, mod_cdr_csv.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from agents.sources.call_source import CallSource
from agents.sources.chronology import in_time
from agents.sources.connector import Connector, Reader
from agents.sources.context import Context
from agents.sources.entry import Entry, Refused, short
from agents.sources.freeswitch.cdr_rows import OUTBOUND, CdrRow, FreeSwitchRows
from agents.sources.kind import FileKind
from agents.sources.legs import HELD, Legs, accepted
from agents.sources.trace import Seen
from streams.events import CallEvent, CallType, Reason

MACHINE_WITHIN: Final = 1.0  # seconds: a phone rings longer before a human answers it

_MACHINES: Final = frozenset({"voicemail", "conference", "echo", "delay_echo", "playback", "park", "ivr", "rxfax"})
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


class FreeSwitchLegs(Legs[CdrRow]):
    """The rows of calls that may have further rows, without any number of a caller."""


class FreeSwitchCdr(Reader[CdrRow | Refused]):
    """Turns rows into call events; the context's `aside` counts the rows that concern no call to a line.

    `legs` is the state of a growing file, from which a new `FreeSwitchCdr` resumes; its calls are released soon, as
    they delay the events. `first` is that file's first line, which may be a header.
    """

    def __init__(self, context: Context, legs: FreeSwitchLegs | None = None, first: bytes = b"") -> None:
        freeswitch = context.exchanges.freeswitch
        self._rows = FreeSwitchRows(freeswitch.cdr_template, context.zone, context.pseudonym)
        self._rows.begin(first)
        self._machines = frozenset(freeswitch.machines)
        self._line_of = context.line_of
        self._source = CallSource(context.source, context.site)
        self._pseudonym = context.pseudonym
        self._aside = context.aside
        self._legs = FreeSwitchLegs() if legs is None else legs
        self._grows = legs is not None

    def line(self, number: int, line: bytes) -> Iterable[CdrRow | Refused]:
        row = self._rows.read(number, line)
        return [] if row is None else [row]

    def take(self, row: CdrRow | Refused) -> Iterator[Entry]:
        """Yield the events of the calls that a row shows to be over, or why it is refused."""
        if isinstance(row, Refused):
            yield row
            return
        self._add(self._without_numbers(row) if self._grows else row)
        if self._grows:
            yield from self._events_of(self._legs.ended(lambda row: row.end))
        yield from self._events_of(self._legs.closed())

    def finish(self) -> Iterator[Entry]:
        """Yield the events of the held calls: no further row comes."""
        yield from self._events_of(self._legs.closed(0))

    def entries(self, rows: Iterator[CdrRow | Refused]) -> Iterator[Entry]:
        return in_time(super().entries(rows), self._aside)

    def _add(self, row: CdrRow) -> None:
        if not self._repeated(row):
            self._legs.add(row, row.names)

    def _without_numbers(self, row: CdrRow) -> CdrRow:
        """Return a row that may be stored: numbers that belong to no line are replaced."""
        dialled = row.value("destination_number")
        if self._line_of(dialled) is None and dialled not in self._machines:
            dialled = self._pseudonym.within(dialled)
        return row._replace(values={**row.values, "destination_number": dialled})

    def _events_of(self, calls: Iterable[list[CdrRow]]) -> Iterator[Entry]:
        return (entry for call in calls for entry in self._entries(call))

    def _repeated(self, row: CdrRow) -> bool:
        """Return whether a row is a duplicate: a rotation can write it twice, even with changes."""
        before = [other for other in self._legs.of(row.value("uuid")) if other.value("uuid") == row.value("uuid")]
        if any(row[1:] == other[1:] for other in before):
            self._aside["repeated-row"] += 1
            return True
        if before:
            self._aside["changed-row"] += 1
        return False

    def _entries(self, rows: list[CdrRow]) -> Iterator[Entry]:
        calls: dict[str, CdrRow] = {}
        for row in rows:
            uuid = row.value("uuid")
            calls[uuid] = max(calls.get(uuid, row), row, key=_completeness)
        seconds = _seconds(calls)
        for uuid, row in calls.items():
            line = self._line(row, second=uuid in seconds)
            if line is not None:
                yield from accepted(row.number, self._events(row, line, calls.get(row.value("bleg_uuid"))))

    def _line(self, row: CdrRow, *, second: bool) -> str | None:
        """Return the line of a call; count the call aside if there is none."""
        queue, dialled = row.value("cc_queue"), row.value("destination_number")
        if queue and (second or _is_agents(row)):
            self._aside["second-leg"] += 1
            return None
        if row.value("caller_id_name") == OUTBOUND and not queue:
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
            # A queue or a menu answered first: the wait for a human is unknown.
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
        """Return a call's outcome, its reason and its moment.

        A queue's reason for giving the caller up stays in the row even if another queue or a phone answers later.
        """
        apps = {row.value("last_app")}
        if second is not None:
            apps = {second.value("last_app"), second.value("destination_number")}
        answer = self._answer(row, second, apps)
        if answer is not None:
            return "answered", None, min(max(row.start, answer), row.end)
        cancelled = _CANCELLED.get(row.value("cc_cancel_reason"))
        if cancelled is not None:
            return *cancelled, row.end
        if row.answer is None:
            return "lost", _REASONS.get(row.value("hangup_cause"), "unknown"), row.end
        return ("diverted", "voicemail", row.end) if "voicemail" in apps else ("lost", "abandoned", row.end)

    def _answer(self, row: CdrRow, second: CdrRow | None, apps: set[str]) -> float | None:
        """Return when a human answered, None if none did."""
        bridged = row.value("cc_queue_answered_epoch")
        if bridged.isdecimal() and bridged.strip("0"):
            return float(bridged)
        if row.answer is None or not row.value("bleg_uuid") or apps & _MACHINES:
            return None
        if second is None or second.answer is None:
            return row.answer if second is None else None
        return max(row.answer, second.answer)

    def _event(self, row: CdrRow, line: str, kind: CallType, at: float) -> CallEvent:
        return self._source.event(line, short(row.value("uuid")), kind, at)


def seen(row: CdrRow | Refused) -> Seen | None:
    """Return a row's content without the caller."""
    if isinstance(row, Refused):
        return None
    shown = ("destination_number", "context", "last_app", "cc_queue", "cc_cancel_reason", "hangup_cause")
    answered = "not answered" if row.answer is None else f"answered after {row.answer - row.start:g} s"
    words = (*map(row.value, shown), f"{answered}, over after {row.end - row.start:g} s")
    return Seen(row.number, row.start, words, tuple(row.names))


def _seconds(calls: Mapping[str, CdrRow]) -> set[str]:
    """Return the uuids of second legs; of two rows that name each other, as in FusionPBX's table, the later is one."""
    named = {uuid: row.value("bleg_uuid") for uuid, row in calls.items()}
    order = {uuid: (_is_agents(row), row.start, row.number) for uuid, row in calls.items()}
    return {second for uuid, second in named.items() if named.get(second) != uuid or order[uuid] <= order[second]}


def _is_agents(row: CdrRow) -> bool:
    """Return whether mod_callcenter made a leg to an agent's phone: it gives that leg the queue's name too."""
    answered = row.values.get("cc_queue_answered_epoch")  # of the caller's own row, which has an agent once answered
    return row.value("cc_side") == "agent" or bool(row.value("cc_agent") and answered == "")


def _completeness(row: CdrRow) -> tuple[bool, bool, float]:
    """Return the sort key by which the most complete of a uuid's rows is chosen."""
    return row.value("caller_id_name") != OUTBOUND, bool(row.value("bleg_uuid")), row.end


FREESWITCH_CDR: Final = Connector(
    FileKind.FREESWITCH_CDR, FreeSwitchCdr, FreeSwitchLegs, seen, joined=True, patience=HELD
)
