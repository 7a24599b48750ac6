"""Turns the rows of Asterisk's channel event log (CEL) into call events.

A call is a linkedid. Its callers are the channels that enter a queue or dialled a line's number; the human who answers
is a phone that enters a bridge. Callers turned away by a queue are in the log, as the queue begins and ends at once.
The meaning of a queue's end depends on the next step of the caller's channel, so it waits for that channel's next row.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from zoneinfo import ZoneInfo

from agents.sources.aside import WITHIN
from agents.sources.asterisk.cel_calls import CAP, CelCalls, Linked, Party, Visit
from agents.sources.asterisk.cel_exits import DOOR, by_key, changed, let_go, ran_out
from agents.sources.asterisk.cel_rows import EVENTS, CelRow, cel_row
from agents.sources.asterisk.cel_visits import CelVisits
from agents.sources.asterisk.rows import (
    MACHINES,
    VOICEMAIL,
    AsteriskRow,
    TornRow,
    base,
    entry,
    kept,
    queue_limit,
    queue_name,
)
from agents.sources.context import Context
from agents.sources.entry import Entry
from streams.decoding import Invalid
from streams.events import CallEvent
from streams.number import ENOUGH
from streams.said import said

INSTANT = 1.0  # a caller who hangs up within these seconds of the pick-up was connected, even without a row for it
BACK = 60.0  # seconds: rows are often milliseconds out of order; larger differences are counted

_ENDS: Final = frozenset({"HANGUP", "CHAN_END", "LINKEDID_END"})
_STARTS: Final = frozenset({"APP_START", "STREAM_BEGIN"})
# Such a row is about the previous step, but has the names of the next one.
_LEAVES: Final = _ENDS | {"APP_END", "BRIDGE_EXIT", "STREAM_END"}


class Cel:
    """Turns rows, in the order of the log, into call events.

    The context's `aside` counts rows without an event. `calls` is the state, from which a new `Cel` resumes.
    """

    def __init__(self, context: Context, calls: CelCalls | None = None) -> None:
        self.calls = calls or CelCalls()
        self._aside = context.aside
        self._line_of = context.line_of
        self._dialled = context.dialled
        self._visits = CelVisits(context.source, context.site, context.pseudonym)
        self._zone = ZoneInfo(context.zone)
        self._pseudonym = context.pseudonym

    def take(self, row: AsteriskRow | TornRow) -> Iterator[Entry]:
        """Yield the events that follow from a row; yield why a row cannot be used, once for each visit to a queue."""
        for told in [row.why] if isinstance(row, TornRow) else self._read(row):
            yield entry(row, told, self._pseudonym)

    def _read(self, read: AsteriskRow) -> list[CallEvent | Invalid]:
        row = cel_row(read, self._zone, self.calls.high)
        if isinstance(row, Invalid):
            return [row]
        if row.event not in EVENTS:  # the dialplan writes any word
            self._aside["rows of other events"] += 1
            return []
        if row.at < self.calls.high - BACK:
            self._aside["rows out of order"] += 1
        self._visits.told = []
        if self._take(self._without_numbers(row)) and not self._visits.told:
            self._aside[WITHIN] += 1
        self.calls.high = max(self.calls.high, row.at)
        return self._visits.told

    def _without_numbers(self, row: CelRow) -> CelRow:
        """Return a row that may be stored, except for its caller: numbers that belong to no line are replaced."""
        exten = row.exten
        if len(exten) >= ENOUGH and self._dialled(exten) is None:
            exten = self._pseudonym.within(exten)
        return row._replace(channel=kept(row.channel, self._pseudonym), exten=exten)

    def _take(self, row: CelRow) -> bool:
        """Follow the call of a row; return whether that call is known."""
        if row.event == "CHAN_START" and self.calls.restarted(row.uniqueid):
            self._restart()
        if row.event == "LINKEDID_END":
            gone = self.calls.drop(row.linkedid) or Linked()
            for each in gone.parties.values():
                self._hang_up(gone, each, row)
            return True
        call, party = self.calls.find(row.uniqueid, row.linkedid) or (None, None)
        if call is None or party is None:
            if row.event in _ENDS or row.event == "BRIDGE_EXIT" or row.uniqueid in self.calls.gone:
                self._aside["rows of channels whose start is in no row before"] += 1
                return False
            call, party = self._join(row)
        if row.event == "CHAN_START":
            self._begin(call, party, row)
        app = row.app.casefold()
        self._follow(call, party, row, app)
        if row.event == "BRIDGE_ENTER":
            self._bridged(call, party, row, app)
        party.last, party.app, party.channel = row.at, app or party.app, row.channel
        if row.event == "CHAN_END":
            self.calls.end(row.uniqueid)
        return True

    def _join(self, row: CelRow) -> tuple[Linked, Party]:
        while len(self.calls.calls) >= CAP:
            self.calls.drop(next(iter(self.calls.calls)))
            self._aside["calls dropped because too many were open"] += 1
        party = Party(row.uniqueid, row.channel, row.at, since=row.at)
        return self.calls.join(row.linkedid, party), party

    def _begin(self, call: Linked, party: Party, row: CelRow) -> None:
        """Take a channel's beginning; if it begins a call too, its number may be a line's."""
        party.told, party.since = True, row.at
        first = call.parties.get(row.linkedid)
        # The second half of a Local channel that began a call is the caller, as it runs the dialplan.
        second = row.channel.endswith(";2") and first is not None and base(first.channel) == base(row.channel)
        if second or (row.uniqueid == row.linkedid and not row.channel.endswith(";1")):
            party.line = self._dialled(row.exten) or self._dialled(row.dnid) or ""

    def _follow(self, call: Linked, party: Party, row: CelRow, app: str) -> None:
        call.voicemail |= app in VOICEMAIL
        if party.caller is None and row.caller:
            party.caller = self._pseudonym.of(row.caller)
        if row.event in _ENDS:
            self._hang_up(call, party, row)
        elif row.event in {"DTMF", "PICKUP", "ATTENDEDTRANSFER", "BRIDGE_START"}:
            self._note(call, party, row)
        elif row.event == "APP_END" and party.visit is not None and party.visit.answered:
            self._visits.close(party, row.at)
        elif app == "queue":
            self._in_queue(call, party, row)
        elif app:
            self._elsewhere(party, row, app)

    def _note(self, call: Linked, party: Party, row: CelRow) -> None:
        """Take an action on a telephone: a key, a pick-up, a transfer or a bridge."""
        if row.event == "BRIDGE_START":  # before Asterisk 12, only the caller's row has the bridge
            call.human, call.agent, call.rung = row.at, "", row.at
            if party.visit is not None:
                self._visits.meet(call, party.visit)
        elif row.event == "PICKUP":  # the phone that picks up stays in its own call for a moment
            call.human, call.agent, call.rung = row.at, kept(row.extra_of("pickup_channel"), self._pseudonym), row.at
        elif row.event == "ATTENDEDTRANSFER":
            if row.extra_of("app").casefold() == "queue":
                self._replace(call, row)
        else:
            if row.app.casefold() == "queue":
                self._in_queue(call, party, row)
            if party.visit is not None:
                party.visit.digit, party.visit.pressed = row.extra_of("digit"), row.at

    def _elsewhere(self, party: Party, row: CelRow, app: str) -> None:
        """Follow a channel in an application other than a queue."""
        visit = party.visit
        if visit is None:
            if app == "dial" and party.line and not party.placed and "Local/" not in row.data:
                self._visits.enter(party, party.line, party.since)
        elif visit.queue and not visit.answered:
            visit.left = visit.left or party.last
            visit.reason = visit.reason or let_go(visit, row, self.calls)
            if app in VOICEMAIL:
                self._visits.close(party, row.at)

    def _in_queue(self, call: Linked, party: Party, row: CelRow) -> None:
        """Follow a channel in a queue, which it enters, or has left for another or for the same."""
        queue = queue_name(row.data) or row.exten
        visit = party.visit
        self.calls.starts |= row.event == "APP_START"
        if row.event == "BRIDGE_EXIT" and visit is not None and visit.answered:
            visit.bridged = False
        if visit is not None and visit.queue == queue:
            if not self._again(call, visit, row):
                return
        elif row.event in _LEAVES and (row.event != "APP_END" or (visit is None and party.told)):
            return
        since = row.at if row.event in _STARTS or not party.told else changed(call, party, row)
        line = self._line_of(queue) or ""
        if visit is not None and not visit.queue and not visit.answered and visit.line == line:
            visit.queue, visit.place, visit.limit = queue, row.place, queue_limit(row.data)
            return
        if visit is not None and visit.overflows(line, queue, since):
            visit.queue, visit.place, visit.limit = queue, row.place, queue_limit(row.data)
            visit.left, visit.reason = 0.0, ""
            return
        if visit is not None:
            visit.left = visit.left or since
            visit.reason = visit.reason or let_go(visit, row, self.calls)
            if line and visit.goes_on(line, since):
                visit.reason = "transfer"
            self._visits.close(party, since, to=line)
        elif party.told and (row.event == "BRIDGE_ENTER" or (row.event == "STREAM_BEGIN" and not self.calls.starts)):
            self._aside["queues whose start is in no row: `apps` in cel.conf must name queue"] += 1
        self._enter_queue(call, party, row, queue, since)

    def _enter_queue(self, call: Linked, party: Party, row: CelRow, queue: str, since: float) -> None:
        line = self._line_of(queue) or ""
        if not line:
            self._visits.told.append(
                Invalid(
                    "unknown-line",
                    said("queue {queue} belongs to no line; add it to a line's `queues`", queue=repr(queue)),
                )
            )
        visit = self._visits.enter(party, line, since)
        if row.channel.endswith(";2"):  # the caller in the queue is the channel that dialled this Local channel
            for other in call.parties.values():
                other.placed |= other.app == "dial"
        visit.queue, visit.place, visit.limit = queue, row.place, queue_limit(row.data)
        if row.event == "APP_END":
            visit.left = row.at

    def _again(self, call: Linked, visit: Visit, row: CelRow) -> bool:
        """Return whether a row begins another visit to the caller's queue; set the end of the current visit."""
        moved = visit.place != row.place
        if visit.answered:
            back = moved or not (visit.bridged or self.calls.starts)
            return row.event == "APP_START" or (back and row.event == "STREAM_BEGIN")
        if row.event == "APP_START":
            return bool(visit.left) or row.at > visit.since  # rows of one moment may be swapped
        if moved and not visit.left:
            # If the log has no key, the caller came back at the latest when the phone that now answers was rung.
            latest = call.rung if visit.since < call.rung <= call.human else row.at
            left = visit.pressed if row.exten == visit.digit else latest
            reason = by_key(visit, row, left)
            if reason or row.event != "APP_END":
                visit.left, visit.reason = left, reason or "transfer"
        if row.event == "APP_END":
            visit.left = visit.left or row.at
            return row.at > visit.left + DOOR  # it left long before, and has come back since
        return bool(visit.left) and row.event not in _LEAVES

    def _bridged(self, call: Linked, party: Party, row: CelRow, app: str) -> None:
        """Take a connected phone as the human who answers, unless it is a caller's own channel."""
        if app in MACHINES:
            return
        if app == "dial" and party.line and not party.placed:  # connected by a Local channel that is in no queue
            self._visits.enter(party, party.line, party.since)
        if party.visit is not None:
            party.visit.bridged = True
            self._visits.meet(call, party.visit)
        is_caller = row.uniqueid == row.linkedid or party.placed or party.line
        if is_caller or not call.is_phone(row.channel):
            return
        if app != "appqueue":  # a phone called by a queue answers that queue's callers
            for other in call.parties.values():
                if other.line and not other.placed:
                    self._visits.enter(other, other.line, other.since)
        call.human, call.agent, call.rung = row.at, row.channel, party.since
        for other in call.parties.values():
            if other.visit is not None and other.visit.bridged:
                self._visits.meet(call, other.visit)

    def _replace(self, call: Linked, row: CelRow) -> None:
        """Replace an agent's own call to a queue by the caller whom the agent transferred into that queue."""
        uniqueid = row.extra_of("channel2_uniqueid")
        home = self.calls.calls.get(self.calls.homes.get(uniqueid, ""))
        agent = home.parties.get(uniqueid) if home else None
        caller = call.parties.get(row.extra_of("transferee_channel_uniqueid"))
        if agent is not None and caller is not None and agent.visit is not None:
            self._visits.close(caller, row.at)
            caller.visit, agent.visit = agent.visit, None
            caller.placed = True

    def _hang_up(self, call: Linked, party: Party, row: CelRow) -> None:
        if party.visit is None and party.line and not party.placed:
            self._visits.enter(party, party.line, party.since)
        visit = party.visit
        if visit is None:
            return
        # A phone that hears an announcement first is not connected to the caller yet.
        if row.at <= call.human + INSTANT:
            self._visits.meet(call, visit)
        visit.left = visit.left or row.at
        by_dialplan = row.extra_of("hangupsource").startswith("dialplan")
        if not visit.answered and not visit.reason:
            if not visit.queue:
                visit.reason = "voicemail" if call.voicemail else "unknown" if by_dialplan else "abandoned"
            elif by_dialplan or (not row.extra and ran_out(visit)):
                visit.reason = let_go(visit, row, self.calls)
            else:
                visit.reason = "abandoned"
        # Without queue starts in the log, a call without a queue proves nothing.
        early = not visit.queue and visit.reason == "abandoned" and self.calls.starts
        self._visits.close(party, row.at, early=early)

    def _restart(self) -> None:
        """End every call: after a restart of the exchange, calls without an outcome get none."""
        self._aside["restarts of the exchange"] += 1
        for linkedid in list(self.calls.calls):
            gone = self.calls.drop(linkedid) or Linked()
            for party in gone.parties.values():
                if party.visit is not None:
                    self._aside["callers cut by a restart"] += 1
                    self._visits.close(party, self.calls.high)
