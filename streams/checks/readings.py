"""Double entry: the counting software's own totals for a line, against what its events say.

Each reading's growth is compared with the growth of the events' own totals over the same stretch. The two may differ by
the calls in progress at the stretch's edges (many counters count an answered call when it ends) and, a little, by
definitions; what is more than `slack` calls and a `share` of the calls since the last fresh start, reading after
reading, is a mismatch. A total that falls was reset (or wrapped, at 2^16, 2^31 or 2^32); readings that repeat
while calls flow are stuck; totals that grow while no event is told say that events are missing.
Compare telecom billing's double entry and the sum check of electricity metering (VEE).
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct, field

TotalName: TypeAlias = Literal["offered", "answered", "lost"]
TOTALS: tuple[TotalName, ...] = ("offered", "answered", "lost")
WRAPS = (1 << 16, 1 << 31, 1 << 32)
REPEATS = 2  # a reading may equal the one before by chance


class CallTotals(Struct, frozen=True):
    """Hold totals of calls; None where the counter does not tell one."""

    offered: int | None = None
    answered: int | None = None
    lost: int | None = None


class Finding(Struct, frozen=True):
    """Say what is wrong with a counter, from `since` to `at` (epoch ms of readings).

    `by` is how many calls more the counter has than the events; for a `reset`, how far the total
    fell (negative); for interval readings that are `missing`, without a `total`, the milliseconds that none covers.
    """

    kind: Literal["reset", "stuck", "mismatch", "missing"]
    total: TotalName | None
    since: int
    at: int
    by: int


class Entry(Struct, array_like=True):
    """Hold one total: the last reading (-1 for none), and the counter's lead over the events in three runs.

    `lead` and `told` (the events' calls) run since the fresh start, `stuck` while readings repeat, `alone`
    while no event is told. `owed` was told as stuck or missing, and may be made up for yet. `beyond` counts readings
    outside the tolerance, `agreed` is the last one well inside.
    """

    last: int = -1
    lead: int = 0
    told: int = 0
    stuck: int = 0
    alone: int = 0
    owed: int = 0
    beyond: int = 0
    agreed: int = 0


class CounterState(Struct, array_like=True):
    """Hold the last reading's moment, the events' totals then, each total's entry, and where the runs began."""

    at: int = -1
    events: list[int] = field(default_factory=lambda: [0] * len(TOTALS))
    entries: list[Entry] = field(default_factory=lambda: [Entry() for _ in TOTALS])
    fresh: int = 0
    repeats: int = 0
    repeating: int = 0
    silent: int = 0


class CounterCheck(Struct, frozen=True):
    """Follow one line's counter.

    A fault that goes on is told again and again, each finding from where the last one ended.

    `slack` in calls: at least those that can be in progress at once; `persistence` in readings; `renew` in ms: a
    comparison within the tolerance begins anew after that long, so that the tolerated does not add up.

    >>> check, state = CounterCheck(slack=2), CounterState()
    >>> for minute, (counter, events) in enumerate([(0, 0), (5, 5), (9, 10), (9, 14), (9, 18)]):
    ...     findings = check.cumulative(state, CallTotals(answered=counter), CallTotals(0, events, 0), minute * 60_000)
    >>> findings
    [Finding(kind='stuck', total='answered', since=120000, at=240000, by=-8)]
    """

    slack: int = 10
    share: float = 0.05
    persistence: int = 3
    renew: int = 86_400_000

    def cumulative(self, state: CounterState, reading: CallTotals, events: CallTotals, at: int) -> list[Finding]:
        """Fold a reading of running totals; `events` are the line's own running totals at that moment (epoch ms).

        A reading that is not newer than the last is passed over.
        """
        if at <= state.at:
            return []
        if state.at < 0:
            return self._start(state, reading, events, at)
        grown: list[int | None] = []
        resets: list[Finding] = []
        for total, entry, told in zip(TOTALS, state.entries, self._told(state, events), strict=True):
            value: int | None = getattr(reading, total)
            if value is None or entry.last < 0:
                grown.append(None)
            elif value >= entry.last:
                grown.append(value - entry.last)
            elif (wrapped := self._wrapped(entry.last, value, told)) is not None:
                grown.append(wrapped)
            else:
                resets.append(Finding("reset", total, state.at, at, value - entry.last))
        if resets:
            self._start(state, reading, events, at)
            return resets
        return self._compare(state, reading, grown, events, at)

    def interval(
        self, state: CounterState, reading: CallTotals, events: CallTotals, since: int, at: int
    ) -> list[Finding]:
        """Fold a reading of the calls from `since` to `at` (epoch ms); `events` are the running totals at `at`.

        Readings follow each other; time that none covers is told as missing, and not compared.
        """
        if at <= state.at:
            return []
        if state.at < 0 or since != state.at:
            gap = [Finding("missing", None, state.at, since, since - state.at)] if 0 <= state.at < since else []
            self._start(state, reading, events, at)
            return gap
        return self._compare(state, reading, [getattr(reading, total) for total in TOTALS], events, at)

    def _compare(
        self, state: CounterState, reading: CallTotals, grown: list[int | None], events: CallTotals, at: int
    ) -> list[Finding]:
        """Compare the growth of counter and events since the last reading."""
        told = self._told(state, events)
        known = [(entry, more) for entry, more in zip(state.entries, grown, strict=True) if more is not None]
        repeated = bool(known) and all(
            getattr(reading, total) in {None, entry.last} for total, entry in zip(TOTALS, state.entries, strict=True)
        )
        if not repeated or not state.repeats:
            state.repeating = state.at
        state.repeats = state.repeats + 1 if repeated else 0
        flowing = any(told)
        if flowing or not any(entry.alone for entry in state.entries):
            state.silent = state.at
        for entry, more, own in zip(state.entries, grown, told, strict=True):
            lead = 0 if more is None else more - own
            entry.lead += lead
            entry.told += 0 if more is None else own
            entry.stuck = entry.stuck + lead if repeated else 0
            entry.alone = 0 if flowing else entry.alone + lead
        findings = self._runs(state, at)
        if findings:
            told_of = {finding.total: finding.by for finding in findings}
            owed = [entry.owed + told_of.get(total, 0) for total, entry in zip(TOTALS, state.entries, strict=True)]
            self._start(state, reading, events, at)
            for entry, lead in zip(state.entries, owed, strict=True):
                entry.owed = lead
            return findings
        self._remember(state, reading, events, at)
        if any(abs(entry.stuck) > self.slack or entry.alone > self.slack for entry in state.entries):
            return []  # too early to say, but one of the runs explains it
        findings = self._mismatches(state, at)
        if at - state.fresh >= self.renew and not any(abs(entry.lead) > self.slack for entry in state.entries):
            self._start(state, reading, events, at)
        return findings

    def _runs(self, state: CounterState, at: int) -> list[Finding]:
        """Return what repeats while calls flow, or what grows alone: every total of it, if one is sure."""
        pairs = list(zip(TOTALS, state.entries, strict=True))
        if state.repeats >= REPEATS and any(abs(entry.stuck) > self.slack for _, entry in pairs):
            return [Finding("stuck", total, state.repeating, at, entry.stuck) for total, entry in pairs if entry.stuck]
        if any(entry.alone > self.slack for _, entry in pairs):
            return [Finding("missing", total, state.silent, at, entry.alone) for total, entry in pairs if entry.alone]
        return []

    def _mismatches(self, state: CounterState, at: int) -> list[Finding]:
        """Return the totals that have been outside the tolerance for long enough."""
        findings: list[Finding] = []
        for total, entry in zip(TOTALS, state.entries, strict=True):
            tolerance = self.slack + self.share * entry.told
            lead = abs(entry.lead)
            if entry.lead * entry.owed < 0:  # a late feed, or a late counter, comes up
                lead = max(0, lead - abs(entry.owed))
            if lead <= tolerance / 2:
                entry.agreed = at
            entry.beyond = entry.beyond + 1 if lead > tolerance else 0
            if entry.beyond >= self.persistence:
                findings.append(Finding("mismatch", total, entry.agreed, at, entry.lead))
                entry.lead = entry.told = entry.owed = entry.beyond = 0
                entry.agreed = at
        return findings

    def _wrapped(self, last: int, value: int, told: int) -> int | None:
        """Return the growth of a total that went round at a power of two, if the events agree with that."""
        for size in WRAPS:
            grown = size - last + value
            if last < size and abs(grown - told) <= self.slack + self.share * told:
                return grown
        return None

    def _start(self, state: CounterState, reading: CallTotals, events: CallTotals, at: int) -> list[Finding]:
        """Begin the comparison anew from this reading."""
        state.entries = [Entry(agreed=at) for _ in TOTALS]
        state.repeats, state.repeating, state.silent, state.fresh = 0, at, at, at
        self._remember(state, reading, events, at)
        return []

    @staticmethod
    def _told(state: CounterState, events: CallTotals) -> list[int]:
        """Return how many calls the events told since the last reading."""
        return [(getattr(events, total) or 0) - then for total, then in zip(TOTALS, state.events, strict=True)]

    @staticmethod
    def _remember(state: CounterState, reading: CallTotals, events: CallTotals, at: int) -> None:
        state.at = at
        state.events = [getattr(events, total) or 0 for total in TOTALS]
        for total, entry in zip(TOTALS, state.entries, strict=True):
            value = getattr(reading, total)
            if value is not None:
                entry.last = value
