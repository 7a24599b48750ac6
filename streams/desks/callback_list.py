"""The callback list of a day: callers whom a line of the office lost and whom no line has reached since.

It is folded from the call events of all lines together: a caller whom one line lost and another answered was reached.
Events may come in any order and repeatedly. Callers whose lost calls are doubted (`streams.watch.lost_calls`) are
listed separately, and so are callers who called while the office was closed, since it closed before that day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Final, NamedTuple, assert_never

from msgspec import Struct

from streams.calls.call import ANSWERED, LOST, OFFERED, OPEN, REASON_INDEX, REASON_MASK, SEEN_BIT, Call
from streams.calls.callers import FOLLOWED_BY, of_one_key
from streams.calls.rules import LineRules
from streams.events import CallEvent, milliseconds
from streams.kept.times import NO_MOMENT, NOT_TOLD
from streams.watch.incident import Incident
from streams.watch.lost_calls import Doubt, doubted

MAX_DAY_CALLS: Final = 50_000  # calls of one day, on all lines together


class LostCaller(Struct, frozen=True, kw_only=True):
    """A caller's lost calls since the caller was last reached; moments in epoch ms."""

    caller: str  # the pseudonym
    since: int  # when the first of these calls was lost
    last: int  # when the latest was lost
    line: str  # of the latest one
    wait: int | None  # ms, of the latest; None if unknown
    tries: int  # how many calls were lost
    doubt: Doubt | None = None  # the probable miscount of these calls; None if any of them is believed lost


class ToCallBack(NamedTuple):
    """The number of callers that one line should call back, and the number of doubted ones."""

    callers: int = 0
    doubted: int = 0


class ClosedHours(Struct, frozen=True, kw_only=True):
    """The callers of closed hours whom no line has reached since. Their calls were diverted or lost."""

    since: int  # epoch ms: when the office closed before the day of the list
    callers: list[LostCaller] = []  # longest wait first
    called: list[LostCaller] = []  # callers who have been called back
    unknown: int = 0  # unanswered calls from unknown callers
    crossed: bool = False  # the pseudonyms have two keys, as in `CallbackList`
    full: bool = False  # there were more calls than can be followed


class CallbackList(Struct, frozen=True, kw_only=True):
    """The callers to call back, longest wait first."""

    callers: list[LostCaller] = []
    doubted: list[LostCaller] = []  # callers without a single believed lost call
    called: list[LostCaller] = []  # callers who have been called back
    unknown: int = 0  # believed lost calls from unknown callers
    crossed: bool = False  # the pseudonyms have two keys: callers who were reached under the other key stay on the list
    full: bool = False  # there were more calls than can be followed
    closed: ClosedHours | None = None  # none of its callers is in the lists above; None if not requested

    @property
    def listed(self) -> list[LostCaller]:
        """Return the callers to call back, then the doubted callers, then the callers of closed hours."""
        return [*self.callers, *self.doubted, *(() if self.closed is None else self.closed.callers)]

    @property
    def ticked(self) -> list[LostCaller]:
        """Return the callers whom a person has called back."""
        return [*self.called, *(() if self.closed is None else self.closed.called)]

    def of_line(self, line: str) -> ToCallBack:
        """Return how many callers to call back were lost last by a line."""
        return ToCallBack(*(sum(each.line == line for each in part) for part in (self.callers, self.doubted)))


class CallDays:
    """An office's call events by local day, folded for its `lines`.

    >>> days = CallDays({"standard": LineRules(site="lozere", line="standard")})
    >>> for call, kind, at in (("1", "lost", 60), ("2", "lost", 90), ("2", "ended", 90)):
    ...     days.take(CallEvent(line="standard", call=call, type=kind, at=at, caller="hmac:0123456789abcdef"))
    >>> [(each.since, each.last, each.tries) for each in days.callbacks(days.last, {}).callers]
    [(60000, 90000, 2)]
    """

    def __init__(self, lines: Mapping[str, LineRules]) -> None:
        self._lines = {name: rules for name, rules in lines.items() if rules.lifecycle != "totals"}
        self._days: dict[int, dict[tuple[str, str], Call]] = {}
        self._full: set[int] = set()
        self._first = 0  # earlier days are closed

    @property
    def last(self) -> int:
        """Return the last day (an ordinal) with an event, or 0 if there is none."""
        return max(self._days, default=0)

    def forget(self, day: int) -> None:
        """Delete the days before a day (an ordinal) for good."""
        self._first = day
        self._days = {known: calls for known, calls in self._days.items() if known >= day}
        self._full = {known for known in self._full if known >= day}

    def take(self, event: CallEvent) -> None:
        """Fold an event, unless its line is not one of the office's."""
        rules = self._lines.get(event.line)
        if rules is None or event.site not in {None, rules.site}:
            return
        at = milliseconds(event.at)
        day = rules.day(at)
        if day < self._first:
            return
        calls = self._days.setdefault(day, {})
        key = event.line, event.call
        if key not in calls and len(calls) >= MAX_DAY_CALLS:
            self._full.add(day)
            return
        _note(calls.setdefault(key, Call(at)), event, at, rules)

    def callbacks(
        self,
        day: int,
        ticks: Mapping[str, int],
        incidents: Mapping[str, Sequence[Incident]] | None = None,
        since: int | None = None,
    ) -> CallbackList:
        """Return the list of a day (an ordinal), and the callers of closed hours since a moment (epoch ms).

        `ticks` maps the `FOLLOWED_BY` part of a pseudonym to the moment (epoch ms) up to which its lost calls were
        returned; `incidents` has, by line, the incidents that may cast doubt on lost calls.
        """
        by_line = defaultdict[str, list[Call]](list)
        for (line, _), call in self._days.get(day, {}).items():
            by_line[line].append(call)
        named = [(call.caller, call) for calls in by_line.values() for call in calls if call.caller]
        reached = _reached_at(named)
        lost, unknown = defaultdict[str, list[_Loss]](list), 0
        for line, calls in by_line.items():
            doubts = doubted(calls, (incidents or {}).get(line, ()), self._lines[line].open)
            for place, call in enumerate(calls):
                if _kind(call) != LOST:
                    continue
                if not call.caller:
                    unknown += place not in doubts
                elif call.moment > reached.get(call.caller, NO_MOMENT):
                    lost[call.caller].append(_Loss(call.moment, line, call, doubts.get(place)))
        callers, doubtful, called = list[LostCaller](), list[LostCaller](), list[LostCaller]()
        for caller, losses in lost.items():
            made_good = ticks.get(caller[FOLLOWED_BY], NO_MOMENT)
            left = [each for each in losses if each.at > made_good]
            believed = [each for each in left if each.doubt is None]
            group = callers if believed else doubtful if left else called
            group.append(_lost_caller(caller, believed or left or losses))
        closed = None if since is None else self._closed(day, since, ticks, lost.keys())
        return CallbackList(
            callers=sorted(callers, key=_first_lost),
            doubted=sorted(doubtful, key=_first_lost),
            called=sorted(called, key=_first_lost),
            unknown=unknown,
            crossed=not of_one_key(caller for caller, _ in named),
            full=day in self._full,
            closed=closed,
        )

    def _closed(self, last: int, since: int, ticks: Mapping[str, int], listed: Container[str]) -> ClosedHours:
        """Return the callers who called while the office was closed, up to the day `last`, and are not `listed`."""
        every = [each for day, calls in self._days.items() if day <= last for each in calls.items()]
        calls = [(line, call) for (line, _), call in every if call.start >= since]
        named = [(call.caller, call) for _, call in calls if call.caller]
        reached, unknown = _reached_at(named), 0
        missed = defaultdict[str, list[_Loss]](list)
        for line, call in calls:
            if _kind(call) in {ANSWERED, OPEN} or self._lines[line].open(call.start):
                continue
            if not call.caller:
                unknown += 1
            elif call.caller not in listed and call.moment > reached.get(call.caller, NO_MOMENT):
                missed[call.caller].append(_Loss(call.moment, line, call, None))
        callers, called = list[LostCaller](), list[LostCaller]()
        for caller, losses in missed.items():
            left = [each for each in losses if each.at > ticks.get(caller[FOLLOWED_BY], NO_MOMENT)]
            (callers if left else called).append(_lost_caller(caller, left or losses))
        return ClosedHours(
            since=since,
            callers=sorted(callers, key=_first_lost),
            called=sorted(called, key=_first_lost),
            unknown=unknown,
            crossed=not of_one_key(caller for caller, _ in named),
            full=any(day <= last for day in self._full),
        )


class _Loss(NamedTuple):
    at: int  # epoch ms
    line: str
    call: Call
    doubt: Doubt | None


def _reached_at(calls: Iterable[tuple[str, Call]]) -> dict[str, int]:
    """Return, by caller, the last moment (epoch ms) of a conversation.

    If one line answers a call, another line may record the same call as lost, but only after the conversation.
    """
    found: dict[str, int] = {}
    for caller, call in calls:
        if _kind(call) == ANSWERED:
            found[caller] = max(found.get(caller, NO_MOMENT), call.answered, call.ended)
    return found


def _kind(call: Call) -> int:
    return call.outcome & ~REASON_MASK


def _first_lost(caller: LostCaller) -> tuple[int, str]:
    return caller.since, caller.caller


def _lost_caller(caller: str, losses: list[_Loss]) -> LostCaller:
    last = max(losses, key=lambda each: (each.at, each.line))
    doubts = {each.doubt for each in losses}
    doubt: Doubt | None = None if None in doubts else "miscount" if len(doubts) > 1 else last.doubt
    return LostCaller(
        caller=caller,
        since=min(each.at for each in losses),
        last=last.at,
        line=last.line,
        wait=last.call.wait if last.call.wait >= 0 else None,
        tries=len(losses),
        doubt=doubt,
    )


def _note(call: Call, event: CallEvent, at: int, rules: LineRules) -> None:
    """Update a call with an event, as `Line.fold` does."""
    wait, talk = (NOT_TOLD if each is None else round(each * 1000) for each in (event.wait, event.talk))
    if event.type == "offered":
        call.start = min(call.start, at) if call.types & OFFERED else at
    call.types |= SEEN_BIT[event.type]
    call.caller = max(call.caller, event.caller or "")
    reason = event.reason or "unknown"
    match event.type:
        case "answered":
            call.answer(at if talk < 0 else max(0, at - talk), wait)
        case "lost" if reason in rules.lost_reasons:
            call.lose(at, wait, REASON_INDEX[reason])
        case "lost" | "diverted":
            call.divert(at, wait, REASON_INDEX[reason], event.to or "")
        case "offered" | "ringing" | "ended":
            pass
        case never:
            assert_never(never)
    if event.type == "ended" or talk >= 0:
        call.end(at, talk)
