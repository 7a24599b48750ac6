"""The call attempts of a line's days, from its events or, with less detail, from the ledger.

The ledger has the number of calls of each outcome in each quarter of an hour, and the distribution of each day's waits.
It has no callers, agents or talk times, and neither have calls rebuilt from it: laws that need these are not checked
on such calls.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from typing import Final, Literal, NamedTuple, TypeAlias

from streams.calls.rules import LineRules
from streams.events import CallEvent, CallType, Reason, milliseconds
from streams.kept.times import QUARTER_MS
from streams.kept.waits import Waits, middle
from streams.ledger.day import LineDay
from streams.simulation.attempt import Attempt
from streams.simulation.chance import chance

Outcome: TypeAlias = Literal["answered", "lost", "diverted"]
OUTCOMES: Final[tuple[Outcome, ...]] = ("answered", "lost", "diverted")
MOST: Final = 0.5  # more than this share of the calls is most of them


class LineCalls(NamedTuple):
    """A line's attempts by local day (an ordinal), and which fields most attempts have."""

    days: Mapping[int, Sequence[Attempt]]
    rebuilt: bool  # from the ledger: no attempt has a caller, an agent or a talk
    callers: bool = False
    talks: bool = False
    waits: bool = True


def rebuilt(days: Iterable[LineDay], ordinal: Callable[[str], int]) -> LineCalls:
    """Return the calls of a line's days in the ledger; `ordinal` turns a date (ISO 8601) into a day's number.

    Moments within a quarter of an hour, and each call's share of its day's waits, are pseudo-random but reproducible.
    """
    attempts: dict[int, list[Attempt]] = {}
    timed = ended = 0
    for day in days:
        attempts[ordinal(day.day)] = _day(day)
        timed += day.answered_waits.count + day.lost_waits.count
        ended += sum(slot.answered + slot.lost for slot in day.slots.values())
    return LineCalls(attempts, rebuilt=True, waits=timed > MOST * ended)


def told(events: Iterable[CallEvent], rules: LineRules) -> LineCalls:
    """Return the calls of a line's events, each with the outcome that the line counts for it, if any."""
    by_call: defaultdict[str, list[CallEvent]] = defaultdict(list)
    for event in events:
        by_call[event.call].append(event)
    attempts: defaultdict[int, list[Attempt]] = defaultdict(list)
    every = answered = callers = talks = timed = 0
    for name, said in by_call.items():
        attempt = _attempt(name, said, rules.lost_reasons)
        if attempt is None:
            continue
        attempts[rules.day(attempt.start)].append(attempt)
        every += 1
        callers += attempt.caller is not None
        answered += attempt.outcome == "answered" and not attempt.unsent
        talks += attempt.talk is not None and attempt.outcome == "answered"
        timed += any(each.type == "offered" or each.wait is not None for each in said)
    return LineCalls(
        attempts,
        rebuilt=False,
        callers=callers > MOST * every,
        talks=talks > MOST * answered,
        waits=timed > MOST * every,
    )


def _day(day: LineDay) -> list[Attempt]:
    """Return a day's calls in the order of their starts."""
    random = chance(day.id, day.day)
    waits = {"answered": _drawn(day.answered_waits), "lost": _drawn(day.lost_waits)}
    for each in waits.values():
        random.shuffle(each)
    line, attempts = day.id.partition("/")[2], list[Attempt]()
    for slot_no in sorted(day.slots):
        slot = day.slots[slot_no]
        counts: tuple[int, ...] = (slot.answered, slot.lost, slot.diverted)
        outcomes: list[Outcome | None] = [name for name, n in zip(OUTCOMES, counts, strict=True) for _ in range(n)]
        outcomes += [None] * max(0, slot.offered - len(outcomes))
        random.shuffle(outcomes)
        starts = sorted(random.randrange(QUARTER_MS) for _ in outcomes)
        for within, outcome in zip(starts, outcomes, strict=True):
            known = waits.get(outcome or "")
            attempts.append(
                _made(
                    line,
                    f"{slot_no}.{len(attempts)}",
                    slot_no * QUARTER_MS + within,
                    known.pop() if known else 0,
                    outcome,
                )
            )
    return attempts


def _drawn(waits: Waits) -> list[int]:
    """Return a day's individual waits (ms)."""
    return [min(round(middle(number)), waits.longest) for number, n in waits.bins.items() for _ in range(n)]


def _made(line: str, call: str, start: int, wait: int, outcome: Outcome | None) -> Attempt:
    reason: Reason | None = "abandoned" if outcome == "lost" else "key" if outcome == "diverted" else None
    unsent: frozenset[CallType] = frozenset() if outcome else frozenset({"answered"})
    return Attempt(
        line=line, call=call, start=start, wait=wait, outcome=outcome or "answered", reason=reason, unsent=unsent
    )


def _attempt(name: str, events: Sequence[CallEvent], lost_reasons: Container[Reason]) -> Attempt | None:
    """Return the attempt that a call's events describe, or None if only an agent's telephone rang."""
    first = {each.type: each for each in sorted(events, key=lambda each: milliseconds(each.at), reverse=True)}
    kind = next((kind for kind in OUTCOMES if kind in first), None)
    offered, decided, ended = first.get("offered"), first.get(kind or "ended"), first.get("ended")
    entered = offered or decided
    if entered is None:
        return None
    start, wait, talk = milliseconds(entered.at), 0, 0
    if kind is not None and decided is not None:
        talk = _ms(decided.talk)
        at = milliseconds(decided.at) - talk
        wait = _ms(decided.wait) if decided.wait is not None else at - start
        start = start if offered is not None else at - wait
        if ended is not None:
            talk = _ms(ended.talk) or milliseconds(ended.at) - at
    reason: Reason = (None if decided is None else decided.reason) or "unknown"
    return Attempt(
        line=entered.line,
        call=name,
        start=start,
        wait=max(0, wait),
        outcome="diverted" if kind == "lost" and reason not in lost_reasons else kind or "answered",
        caller=next((each.caller for each in events if each.caller is not None), None),
        agent=None if decided is None else decided.agent,
        talk=max(0, talk) or None,
        reason=reason if kind in {"lost", "diverted"} else None,
        to=None if decided is None else decided.to,
        legs=tuple(each.agent for each in events if each.type == "ringing" and each.agent is not None),
        unsent=frozenset() if kind else frozenset({"answered"}),
    )


def _ms(seconds: float | None) -> int:
    return 0 if seconds is None else round(1000 * seconds)
