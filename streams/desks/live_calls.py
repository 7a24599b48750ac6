"""The live calls of one line: how calls become live, how they settle, and the sums over settled calls."""

from __future__ import annotations

from heapq import heapify, heappop, heappush

from streams.calls.call import ENDED, OPEN, UNRESOLVED, Call
from streams.calls.definition import Definitions
from streams.calls.rules import LineRules
from streams.desks.line_state import MAX_LIVE_CALLS, LineState
from streams.kept import memory
from streams.kept.digest import digest
from streams.kept.times import QUARTER_MS
from streams.ledger.book import Ledger
from streams.ledger.calls import count, stamp
from streams.ledger.day import LineDay
from streams.watch.watch import Watch


class LiveCalls:
    """A queue of one line's live calls by start, which settles them.

    `queue` has pairs (start, key), earliest first. A call whose start has moved is in the queue twice; only the entry
    with its present start counts. No timely event of a call comes later than `horizon` (ms) after its start.
    """

    def __init__(
        self, rules: LineRules, state: LineState, watch: Watch, ledger: Ledger[LineDay], definitions: Definitions
    ) -> None:
        self.horizon = rules.max_call + rules.lateness
        self.queue: list[tuple[int, str]] = []
        self._rules = rules
        self._state = state
        self._watch = watch
        self._ledger = ledger
        self._pages = ledger.pages
        self._definitions = definitions
        self._line_up()

    def find(self, name: str, implied: int, *, ends: bool) -> tuple[str, Call]:
        """Return the call of an event with its key, and make it live: a new call, or a settled one.

        The event is as for `key`.
        """
        state = self._state
        if not state.again:  # hot: the digest of a new call is needed once
            digested = digest(name)
            known = self._known(name, digested)
            if known is None or self._near(known, implied):
                return name, state.live.get(name) or self._recall(name, digested, implied)
        key = self.key(name, implied, ends=ends)
        return key, state.live.get(key) or self._recall(key, digest(key), implied, again=key != name)

    def key(self, name: str, implied: int, *, ends: bool) -> str:
        """Return the key of the call to which an event with the id `name` belongs.

        The event implies that its call started at `implied` (ms). An exchange may use an id again: two calls with one
        id start further apart than a call can last, and the key of the second one names its time too. An end alone
        (`ends`) implies no start, so it belongs to any call of its id.
        """
        number = implied // self._rules.max_call
        # The start of a call may have moved by `max_call` since its key was made.
        others = [f"{name}#{number + step}" for step in (0, -1, 1, -2, 2)]
        for key in (name, *others):
            call = self.known(key)
            if call is not None and self._near(call, implied):
                return key
        return name if ends or self.known(name) is None else others[0]

    def known(self, key: str) -> Call | None:
        """Return a call that is live or remembered."""
        return self._known(key, digest(key))

    def _known(self, key: str, digested: int) -> Call | None:
        return self._state.live.get(key) or memory.find(self._state, digested)

    def _near(self, call: Call, implied: int) -> bool:
        """Return whether an event that implies this start (ms) may belong to a call."""
        return abs(implied - call.start) <= self._rules.max_call or call.types == ENDED

    def _recall(self, key: str, name: int, implied: int, *, again: bool = False) -> Call:
        """Make a call live: a new call, or a settled one, which is then removed from the sums and the memory.

        `name` is the digest of its key; `again` counts a new call whose id an earlier one had.
        """
        state = self._state
        call = memory.recall(state, name)
        if call is None:
            state.again += again
            call = Call(implied)
            call.name = name
            call.by = self._definitions.now
        else:
            call.name = name
            self._sum(call, -1)
            if call.caller or call.agent or call.to:
                state.depth.recall(call)
            self._watch.come_back(call)
        if len(state.live) >= MAX_LIVE_CALLS:
            self._cut()
        state.live[key] = call
        heappush(self.queue, (call.start, key))
        return call

    def move(self, key: str, call: Call, start: int, *, shown: bool) -> None:
        """Move a live call to another start (ms); `shown` says whether the ledger may show it at the previous start."""
        slot_no = call.start // QUARTER_MS
        if shown and slot_no != start // QUARTER_MS:
            self._ledger.page(slot_no)  # otherwise a call that was alone on that day would stay there
        call.start = start
        heappush(self.queue, (start, key))
        if len(self.queue) > 2 * MAX_LIVE_CALLS:
            self._line_up()

    def settle_before(self, limit: int) -> None:
        """Settle the calls that started before a moment (ms)."""
        queue = self.queue
        while queue and queue[0][0] < limit:
            self._settle(*heappop(queue))

    def settle_days(self, last: int) -> None:
        """Settle the calls that entered up to a local day (an ordinal)."""
        for key, call in list(self._state.live.items()):
            if self._rules.day(call.start) <= last:
                self._settle(call.start, key)

    def shed(self) -> bool:
        """Shrink the state: settle half of the live calls early. Return whether it shrank."""
        state = self._state
        if state.live:
            for _ in range((len(state.live) + 1) // 2):
                self._cut()
            return True
        return False

    def _line_up(self) -> None:
        """Rebuild the queue without the outdated entries of moved calls."""
        self.queue[:] = [(call.start, key) for key, call in self._state.live.items()]
        heapify(self.queue)

    def _cut(self) -> None:
        """Settle the live call that entered first, to make room."""
        state = self._state
        state.cut += 1
        full = len(state.live)
        while len(state.live) == full:
            self._settle(*heappop(self.queue), watched=False)

    def _settle(self, start: int, key: str, *, watched: bool = True) -> None:
        state = self._state
        call = state.live.get(key)
        if call is None or call.start != start:
            return  # the call's start has moved, so another entry of the queue counts
        del state.live[key]
        if not call.attempted:
            return
        if watched:
            self._watch.leave(key, call)
        else:
            state.watch.missed += 1
        self._sum(call, 1)
        if call.caller or call.agent or call.to or state.depth.following.calls:
            state.depth.settle(call, self._rules)
        call.identities = []
        memory.keep(state, call.name, call)
        call.name = 0  # in the memory the name is the key

    def _sum(self, call: Call, times: int) -> None:
        """Add a settled call to the sums, or remove it if `times` is -1."""
        state = self._state
        slot_no = call.start // QUARTER_MS
        page = self._pages.get(slot_no) or self._ledger.page(slot_no)
        by = self._definitions.of[call.by]
        count(page, call, by, times)
        stamp(page, self._definitions.said[call.by])
        if call.outcome == OPEN:
            if times > 0:
                state.counts[UNRESOLVED] = state.counts.get(UNRESOLVED, 0) + 1
            else:
                state.uncount(UNRESOLVED)
            return
        state.rings.add(call, by, state.high, times)

    def check(self) -> None:
        """Raise AssertionError if the calls contradict themselves."""
        state = self._state
        assert len(state.live) <= MAX_LIVE_CALLS
        memory.check(state)
        assert {(call.start, key) for key, call in state.live.items()} <= set(self.queue)
