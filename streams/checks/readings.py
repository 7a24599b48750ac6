"""Double entry: the counting software's own totals for a line, compared with the totals of the line's events.

The growth of each reading is compared with the growth of the events' own totals over the same stretch. The two may
differ by the calls in progress at the stretch's edges (many counters count an answered call when it ends) and, a
little, because their definitions differ. A mismatch is a larger difference in reading after reading: more than `slack`
calls plus a `share` of the calls since the last fresh start. A total that falls was reset (or wrapped at 2^16, 2^31 or
2^32). A counter whose readings repeat while calls come is stuck. Totals that grow without any event show that events
are missing. Compare the double entry of telecom billing and the sum check of electricity metering (VEE).
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct, field

TotalName: TypeAlias = Literal["offered", "answered", "lost"]
CounterKind: TypeAlias = Literal["reset", "stuck", "mismatch", "missing"]
TOTALS: tuple[TotalName, ...] = ("offered", "answered", "lost")
WRAPS = (1 << 16, 1 << 31, 1 << 32)
REPEATS = 2  # readings in a row equal to the one before; a single one may be equal by chance


class CallTotals(Struct, frozen=True):
    """Totals of calls; None for a total that the counter does not report."""

    offered: int | None = None
    answered: int | None = None
    lost: int | None = None


class Finding(Struct, frozen=True):
    """A fault of a counter.

    `by` is the number of calls that the counter has beyond the events. For a `reset` it is the fall of the total
    (negative); for interval readings that are `missing`, without a `total`, the milliseconds that none covers.
    """

    kind: CounterKind
    total: TotalName | None
    since: int  # epoch ms of a reading
    at: int  # epoch ms of a reading
    by: int


class TotalAgreement(Struct, array_like=True):
    """One total of a counter, and its lead over the events, in calls."""

    last: int = -1  # value of the last reading; -1 for none
    lead: int = 0  # since the fresh start
    counted: int = 0  # calls of the events since the fresh start
    stuck: int = 0  # lead while readings repeat
    alone: int = 0  # lead while no event comes
    owed: int = 0  # lead found stuck or missing, which may still be made up for
    beyond: int = 0  # readings in a row outside the tolerance
    agreed: int = 0  # epoch ms of the last reading well inside it


class CounterState(Struct, array_like=True):
    """The agreement of a counter with the events; `events` and `entries` follow `TOTALS`."""

    at: int = -1  # epoch ms of the last reading
    events: list[int] = field(default_factory=lambda: [0] * len(TOTALS))  # the events' totals then
    entries: list[TotalAgreement] = field(default_factory=lambda: [TotalAgreement() for _ in TOTALS])
    fresh: int = 0  # epoch ms of the fresh start
    repeats: int = 0  # readings in a row equal to the one before
    repeating: int = 0  # epoch ms of the first of them
    silent: int = 0  # epoch ms of the last event


class CounterCheck(Struct, frozen=True):
    """The check of one line's counter.

    A lasting fault is found again and again; each finding starts at the end of the last one.

    >>> check, state = CounterCheck(slack=2), CounterState()
    >>> for minute, (counter, events) in enumerate([(0, 0), (5, 5), (9, 10), (9, 14), (9, 18)]):
    ...     findings = check.cumulative(state, CallTotals(answered=counter), CallTotals(0, events, 0), minute * 60_000)
    >>> findings
    [Finding(kind='stuck', total='answered', since=120000, at=240000, by=-8)]
    """

    slack: int = 10  # calls tolerated: at least as many as can be in progress at once
    share: float = 0.05  # of the calls since the fresh start, also tolerated
    persistence: int = 3  # readings in a row outside the tolerance for a mismatch
    renew: int = 86_400_000  # ms after which a comparison within the tolerance restarts, so that leads do not add up

    def cumulative(self, state: CounterState, reading: CallTotals, events: CallTotals, at: int) -> list[Finding]:
        """Add a reading of running totals; `events` are the line's own running totals at that moment (epoch ms).

        A reading that is not newer than the last is ignored.
        """
        if at <= state.at:
            return []
        if state.at < 0:
            return self._start(state, reading, events, at)
        grown: list[int | None] = []
        resets: list[Finding] = []
        for total, entry, own in zip(TOTALS, state.entries, self._grown(state, events), strict=True):
            value: int | None = getattr(reading, total)
            if value is None or entry.last < 0:
                grown.append(None)
            elif value >= entry.last:
                grown.append(value - entry.last)
            elif (wrapped := self._wrapped(entry.last, value, own)) is not None:
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
        """Add a reading of the calls from `since` to `at` (epoch ms); `events` are the running totals at `at`.

        Readings follow each other; time that none covers is reported as missing, and not compared.
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
        ours = self._grown(state, events)
        known = [(entry, more) for entry, more in zip(state.entries, grown, strict=True) if more is not None]
        repeated = bool(known) and all(
            getattr(reading, total) in {None, entry.last} for total, entry in zip(TOTALS, state.entries, strict=True)
        )
        if not repeated or not state.repeats:
            state.repeating = state.at
        state.repeats = state.repeats + 1 if repeated else 0
        flowing = any(ours)
        if flowing or not any(entry.alone for entry in state.entries):
            state.silent = state.at
        for entry, more, own in zip(state.entries, grown, ours, strict=True):
            lead = 0 if more is None else more - own
            entry.lead += lead
            entry.counted += 0 if more is None else own
            entry.stuck = entry.stuck + lead if repeated else 0
            entry.alone = 0 if flowing else entry.alone + lead
        findings = self._runs(state, at)
        if findings:
            lead_of = {finding.total: finding.by for finding in findings}
            owed = [entry.owed + lead_of.get(total, 0) for total, entry in zip(TOTALS, state.entries, strict=True)]
            self._start(state, reading, events, at)
            for entry, lead in zip(state.entries, owed, strict=True):
                entry.owed = lead
            return findings
        self._remember(state, reading, events, at)
        if any(abs(entry.stuck) > self.slack or entry.alone > self.slack for entry in state.entries):
            return []  # a run explains the lead, but it is too early to say of which kind
        findings = self._mismatches(state, at)
        if at - state.fresh >= self.renew and not any(abs(entry.lead) > self.slack for entry in state.entries):
            self._start(state, reading, events, at)
        return findings

    def _runs(self, state: CounterState, at: int) -> list[Finding]:
        """Return the totals that repeat while calls come, or that grow alone. If one is certain, return all of them."""
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
            tolerance = self.slack + self.share * entry.counted
            lead = abs(entry.lead)
            if entry.lead * entry.owed < 0:  # a late feed, or a late counter, catches up
                lead = max(0, lead - abs(entry.owed))
            if lead <= tolerance / 2:
                entry.agreed = at
            entry.beyond = entry.beyond + 1 if lead > tolerance else 0
            if entry.beyond >= self.persistence:
                findings.append(Finding("mismatch", total, entry.agreed, at, entry.lead))
                entry.lead = entry.counted = entry.owed = entry.beyond = 0
                entry.agreed = at
        return findings

    def _wrapped(self, last: int, value: int, own: int) -> int | None:
        """Return the growth of a total that wrapped at a power of two, if the events agree with that."""
        for size in WRAPS:
            grown = size - last + value
            if last < size and abs(grown - own) <= self.slack + self.share * own:
                return grown
        return None

    def _start(self, state: CounterState, reading: CallTotals, events: CallTotals, at: int) -> list[Finding]:
        """Restart the comparison from this reading."""
        state.entries = [TotalAgreement(agreed=at) for _ in TOTALS]
        state.repeats, state.repeating, state.silent, state.fresh = 0, at, at, at
        self._remember(state, reading, events, at)
        return []

    @staticmethod
    def _grown(state: CounterState, events: CallTotals) -> list[int]:
        """Return the calls that the events have counted since the last reading."""
        return [(getattr(events, total) or 0) - then for total, then in zip(TOTALS, state.events, strict=True)]

    @staticmethod
    def _remember(state: CounterState, reading: CallTotals, events: CallTotals, at: int) -> None:
        state.at = at
        state.events = [getattr(events, total) or 0 for total in TOTALS]
        for total, entry in zip(TOTALS, state.entries, strict=True):
            value = getattr(reading, total)
            if value is not None:
                entry.last = value
