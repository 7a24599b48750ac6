"""The judgement on one call of two records: whether they agree, why they do not, and which record is believed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal, NamedTuple, TypeAlias

from streams.calls.call import ANSWERED, DIVERTED, OPEN
from streams.reconcile.matching import Pairing
from streams.reconcile.sighting import Sight, Sighting

Standing: TypeAlias = Literal["matched", "contradicted", "only_first", "only_second"]
Why: TypeAlias = Literal[
    "turned-away", "before-queue", "no-row", "false-answer", "cut-by-restart", "transfer", "clock", "unknown"
]

TOLERANCE: Final = 5_000  # ms: maximum difference of one call's moments once the clocks are aligned
MENU: Final = 120_000  # ms: this maximum for records of rows, which begin with the call, before a menu


class Judged(NamedTuple):
    standing: Standing
    why: Why | None  # None where the records agree
    outcome: int  # the believed one, as in `Call.outcome`


def judge(pairing: Pairing, sights: tuple[Sight, Sight], day: Callable[[int], int]) -> Judged:
    """Judge a call; `sights` say what each record can see, `day` gives the local day of a moment (ms)."""
    first, second = pairing.first, pairing.second
    if first is not None and second is not None:
        return of_both(first, second, sights, pairing.ahead, day)
    side, seen = pairing.seen
    return of_one(seen, side, sights, elsewhere=pairing.elsewhere)


def of_both(
    first: Sighting, second: Sighting, sights: tuple[Sight, Sight], ahead: int, day: Callable[[int], int]
) -> Judged:
    """Judge a call in both records; `ahead` (ms) is by how much the second clock is ahead of the first."""
    if first.kind == second.kind:
        limit = TOLERANCE if sights[0].rows == sights[1].rows else MENU
        other_day = day(first.start) != day(second.start) and abs(second.start - first.start) > limit
        away = other_day or _away(first, second, ahead) > limit
        return Judged("contradicted" if away else "matched", "clock" if away else None, first.outcome)
    believed, other = _believed(first, second, sights)
    return Judged("contradicted", _why(believed, other), believed.outcome)


def of_one(seen: Sighting, side: int, sights: tuple[Sight, Sight], *, elsewhere: bool) -> Judged:
    """Judge a call that only the record `side` (0 or 1) has. `elsewhere`: the other record has another attempt.

    A call in one record counts once: records omit calls, but never invent one with an id and a moment.
    """
    blind = sights[1 - side]
    why: Why = "unknown"
    if seen.cut:
        why = "cut-by-restart"
    elif blind.queues and seen.before_queue:
        why = "before-queue"
    elif blind.queues and (seen.refused or (sights[side].rows and _by_machine(seen))):
        why = "turned-away"
    elif elsewhere or "#" in seen.call:
        why = "transfer"
    elif blind.rows:
        why = "no-row"
    elif seen.refused:
        why = "turned-away"
    return Judged("only_second" if side else "only_first", why, seen.outcome)


def _away(first: Sighting, second: Sighting, ahead: int) -> int:
    """Return the distance (ms) of the closest moments of one call, as records begin and end a call differently."""
    away = [abs(second.start - first.start - ahead), abs(second.last - first.last - ahead)]
    if first.answered >= 0 and second.answered >= 0:
        away.append(abs(second.answered - first.answered - ahead))
    return min(away)


def _believed(first: Sighting, second: Sighting, sights: tuple[Sight, Sight]) -> tuple[Sighting, Sighting]:
    """Return the believed sighting, then the other.

    A sighting with an outcome is believed over one without. A human's answer is believed if its record sees phones, or
    if neither record does, because machines answer too. A diversion is believed over a loss, as it was an observed act.
    """
    if OPEN in {first.kind, second.kind}:
        return (second, first) if first.kind == OPEN else (first, second)
    if ANSWERED in {first.kind, second.kind}:
        answered, other = (first, second) if first.kind == ANSWERED else (second, first)
        sees, rival = sights[answered is second].phones, sights[other is second].phones
        return (answered, other) if sees or not rival else (other, answered)
    return (first, second) if first.kind == DIVERTED else (second, first)


def _why(believed: Sighting, other: Sighting) -> Why:
    """Return why the other sighting differs from the believed one."""
    if other.kind == OPEN:
        return "cut-by-restart" if other.cut else "no-row"
    if other.kind == ANSWERED:
        return "false-answer"
    if believed.kind == DIVERTED:
        return "transfer"
    return "unknown"


def _by_machine(seen: Sighting) -> bool:
    """Return whether a call in a record of rows was answered by a machine, not a human, and not ended by the caller."""
    return seen.kind != ANSWERED and seen.reason == "unknown"
