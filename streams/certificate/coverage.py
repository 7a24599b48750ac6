"""The share of a period's open time that each check covered, and why the remaining time was not covered.

A check without input proves nothing. It therefore covers only the open slots in which it had what it needs: calls, a
learnt baseline, callers and talk times in the record, a counter's readings, or a second record. If it is no longer
known what a slot had, the slot counts as not checked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence, Set
from datetime import date, timedelta
from itertools import groupby
from typing import Literal, NamedTuple, TypeAlias

from msgspec import Struct

from streams.certificate.attempts import MOST
from streams.events import Reading, milliseconds
from streams.figures.slot import JudgedSlot
from streams.indicators.period import Period
from streams.indicators.plan import Opened
from streams.kept.times import QUARTER_MS
from streams.ledger.day import LineDay
from streams.watch.state import FADE
from streams.watch.thresholds import LEARNING

Check: TypeAlias = Literal[
    "prior",
    "usual",
    "copies",
    "callers",
    "talks",
    "ends",
    "waits",
    "silence",
    "emptied",
    "hours",
    "closed",
    "readings",
    "witness",
    "moments",
    "values",
    "visits",
    "absence",
]
Absence: TypeAlias = Literal[
    "not counted",
    "no calls",
    "no cases",
    "no values",
    "learning",
    "no rate",
    "not told",
    "not known",
    "no readings",
    "no witness",
    "not heard",
]


class CheckedShare(Struct, frozen=True):
    """How many slots a check covered, and how many it did not, by reason."""

    check: Check
    of: Literal["open slots", "days"]  # the unit of the counts; checks of closed hours, and of cases, count days
    whole: int
    spoke: int
    silent: dict[Absence, int]

    @property
    def share(self) -> float:
        return self.spoke / self.whole if self.whole else 0.0


class RecordTells(NamedTuple):
    """Which fields most records of a line's calls have; a field is None if that is no longer known."""

    callers: bool | None
    talks: bool | None
    ends: bool  # separate events for the entry of a call and for its outcome
    waits: bool


def told_by(days: Iterable[LineDay], *, ends: bool) -> RecordTells:
    """Return which fields are recorded, as far as a line's days in the ledger show it; `ends` as in `RecordTells`.

    If a law has found calls that break it, the record must have the fields that the law needs.
    """
    timed = ended = talks = callers = 0
    for day in days:
        timed += day.answered_waits.count + day.lost_waits.count
        for slot in day.slots.values():
            ended += slot.answered + slot.lost
            talks += slot.talked
            callers += slot.legs + slot.ghosts
    return RecordTells(True if callers else None, True if talks else None, ends, timed > MOST * ended)


def coverage(
    slots: Sequence[JudgedSlot],
    period: Period,
    opened: Opened,
    counted: Period,
    tells: RecordTells,
    read: Set[int] | None,
    *,
    expected: bool,
    witnessed: Set[int] | None,
) -> list[CheckedShare]:
    """Return every check's share of a period's open time.

    `slots` are judged, and begin before the period if possible. `counted` spans the days in the ledger. `read` are the
    slots that a counter's readings cover, or None if unknown. `witnessed` are the slots that a second record covers, or
    None without one. `expected` says whether the line has a configured rate.
    """
    known = _known_from(slots)
    own = {each.slot_no: each for each in slots if each.day in period and each.hour is not None}
    whole = [(day.isoformat(), slot_no) for day in period.days() for slot_no in opened(day)]
    days = [day.isoformat() for day in period.days()]
    inside = {day for day in days if day in counted}

    def share(check: Check, why: Callable[[str, int], Absence | None]) -> CheckedShare:
        silent = Counter[Absence]()
        for day, slot_no in whole:
            reason = "not counted" if day not in inside else why(day, slot_no)
            if reason is not None:
                silent[reason] += 1
        return CheckedShare(check, "open slots", len(whole), len(whole) - silent.total(), dict(silent))

    def called(_: str, slot_no: int) -> Absence | None:
        slot = own.get(slot_no)
        return None if slot is not None and slot.slot.offered > 0 else "no calls"

    def learnt(day: str, _: int) -> Absence | None:
        return "learning" if known is None or day < known else None

    def where(*, told: bool | None) -> Callable[[str, int], Absence | None]:
        absent: Absence | None = None if told else "not known" if told is None else "not told"
        return lambda day, slot_no: called(day, slot_no) or absent

    def covered(_: str, slot_no: int) -> Absence | None:
        return None if read and slot_no in own and slot_no in read else "no readings"

    def heard(_: str, slot_no: int) -> Absence | None:
        if witnessed is None:
            return "no witness"
        return None if slot_no in witnessed else "not heard"

    return [
        share("prior", lambda day, slot_no: called(day, slot_no) or (None if expected else "no rate")),
        share("usual", lambda day, slot_no: called(day, slot_no) or learnt(day, slot_no)),
        share("copies", called),
        share("callers", where(told=tells.callers)),
        share("talks", where(told=tells.talks)),
        share("ends", where(told=tells.ends)),
        share("waits", where(told=tells.ends and tells.waits)),
        share("silence", learnt),
        share("emptied", learnt),
        share("hours", learnt),
        CheckedShare(
            "closed",
            "days",
            len(days),
            len(inside),
            {"not counted": len(days) - len(inside)} if len(inside) < len(days) else {},
        ),
        *([] if read is None else [share("readings", covered)]),
        share("witness", heard),
    ]


def read_slots(readings: Iterable[Reading]) -> set[int]:
    """Return the numbers of the slots that the readings of one line's counter cover.

    An interval reading covers its interval; a running total covers the time since the previous one.
    """
    covered = set[int]()
    before: int | None = None
    for at, reading in sorted((milliseconds(each.at), each) for each in readings):
        since = before if reading.since is None else milliseconds(reading.since)
        if since is not None:
            covered |= set(range(since // QUARTER_MS, (at - 1) // QUARTER_MS + 1))
        if reading.mode == "cumulative":
            before = at
    return covered


def _known_from(slots: Iterable[JudgedSlot]) -> str | None:
    """Return the first day (ISO 8601) on which the baseline has learnt enough sound days, or None if there is none."""
    learnt = 0.0
    for day, found in groupby((each for each in slots if each.hour is not None), key=lambda each: each.day):
        of_day = list(found)
        if any(each.slot.offered > 0 and each.miscount is None and each.doubt is None for each in of_day):
            learnt = (learnt + 1) * FADE
            if learnt >= LEARNING.known:
                return (date.fromisoformat(day) + timedelta(LEARNING.after + 1)).isoformat()
    return None
