"""A situation: what happens on a line, how much of it the exchange records, and which of its records are right."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Final, Literal, NamedTuple, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from agents.simulation.office import office_days
from benchmarks.detection.held_out.bank import BankFile
from benchmarks.detection.held_out.district import Districts
from benchmarks.detection.held_out.simulated_office import SimulatedOffices
from benchmarks.detection.held_out.world import USUAL, Conditions, WorldKind
from benchmarks.detection.office import YEAR, with_line
from config.settings import Settings
from streams.events import CallEvent
from streams.simulation.attempt import Attempt, events_of
from streams.simulation.chance import chance
from streams.simulation.office import OfficeDay

WORLDS: Final[Mapping[str, WorldKind]] = {"office": SimulatedOffices(), "district": Districts()}
BANK: Final = "bank"  # a further world, if there is a file of real calls
RATES: Final = (0.021, 0.041, 0.088)  # of a situation that has no rate of its own, by seed
YEAR_DAYS: Final = 365.25
CALLS: Final = 80.0  # a day
DAYS: Final = 180
LEARNT: Final = (60, 85)  # days before anything happens: one of these numbers
HOURS: Final = (9, 10, 11, 14, 15)  # at which it begins

Kind: TypeAlias = Literal["fault", "real", "sound"]


class Row(NamedTuple):
    """A record of the exchange, as an attempt, and whether it is right about a true call."""

    attempt: Attempt
    right: bool = True


Record: TypeAlias = Callable[[Attempt, Random], Iterable[Row]]
Befall: TypeAlias = Callable[[Attempt, Random], Iterable[Attempt]]
Under: TypeAlias = Callable[[int, OfficeDay], Conditions]


class Situation(Struct, frozen=True, kw_only=True):
    """What happens from a moment on, for `lasting` days or until the end."""

    name: str
    kind: Kind
    rate: float | None = None  # truly lost over a year; None for one of `RATES`
    calls: float = CALLS  # a day
    days: int = DAYS
    learnt: bool = True  # it begins after some weeks, otherwise on the first day
    lasting: int | None = None
    record: Record | None = None  # the records that the exchange keeps of a true call
    grows: bool = False  # the share of the calls that `record` is about grows evenly from none to all
    befall: Befall | None = None  # what truly happens to a caller
    under: Under | None = None  # conditions by the number of days since it began
    prior: float | None = 1.0  # the configured lost rate, times the true one; None for none


class TrueCall(NamedTuple):
    call: str
    start: int  # epoch ms
    outcome: str

    @property
    def lost(self) -> bool:
        return self.outcome == "lost"


class Recorded(NamedTuple):
    """A record of a call, and whether it is right."""

    start: int  # epoch ms
    outcome: str
    right: bool
    true: str | None  # the true outcome of its call; None if there was no such call


class Played(NamedTuple):
    """One run of a situation; moments are epoch ms."""

    settings: Settings
    days: tuple[OfficeDay, ...]
    events: list[CallEvent]  # in the order of their arrival
    calls: list[TrueCall]
    recorded: dict[str, Recorded]  # by the id of the call in the events
    start: int
    end: int
    changed: list[int]  # starts of the calls whose records are not right, missing, or more than one

    @property
    def first(self) -> int | None:
        return self.changed[0] if self.changed else None

    @property
    def years(self) -> float:
        return len(self.days) / YEAR_DAYS

    @property
    def until(self) -> int:
        """The end of the first opening day after the fault: a later alarm is too late."""
        after = (day.end * 1000 for day in self.days if day.opened and day.start * 1000 >= self.end)
        return round(next(after, self.end))


def worlds(situation: Situation, data: str) -> list[str]:
    """Return the worlds in which a situation can be played: real days of a file (`data`) cannot change or lose more."""
    real = data and situation.under is None and (situation.rate or 0.0) <= BankFile(Path(data)).rate
    return [*WORLDS, BANK] if real else [*WORLDS]


def play(situation: Situation, world: str, seed: int, data: str = "") -> Played:
    """Play a run of a situation. The same arguments give the same run; `data` is the file of the bank."""
    kind = BankFile(Path(data)) if world == BANK else WORLDS[world]
    random = chance("held out", situation.name, world, seed)
    rate = situation.rate or RATES[seed % len(RATES)]
    first = date(YEAR, 1, 1) + timedelta(random.randrange(365))
    days = tuple(office_days(kind.settings(), first, first + timedelta(situation.days - 1)))
    begins = random.choice([number for number in range(*LEARNT) if days[number].opened]) if situation.learnt else 0
    ends = len(days) if situation.lasting is None else begins + situation.lasting
    start = days[begins].start + (random.choice(HOURS) * 3_600 if situation.learnt and situation.lasting != 1 else 0)
    end = days[min(ends, len(days)) - 1].end
    lived = kind.world(days, situation.calls, rate, random.randrange(10**9))
    calls, recorded, changed = list[TrueCall](), dict[str, Recorded](), list[int]()
    sent = list[tuple[int, CallEvent]]()
    for number, day in enumerate(days):
        within = begins <= number < ends
        under = USUAL if situation.under is None or not within else situation.under(number - begins, day)
        attempts: Sequence[Attempt] = lived.attempts(number, under)
        if situation.befall is not None and within:
            attempts = [each for attempt in attempts for each in situation.befall(attempt, random)]
        for attempt in sorted(attempts, key=lambda each: each.start):
            calls.append(TrueCall(attempt.call, attempt.start, attempt.outcome))
            rows: Iterable[Row] = (Row(attempt),)
            since = (attempt.start / 1000 - start) / (end - start)
            struck = 0 <= since < 1 and (not situation.grows or random.random() < since)
            if situation.record is not None and struck:
                rows = list(situation.record(attempt, random))
                if situation.kind == "fault" and [each.right for each in rows] != [True]:
                    changed.append(attempt.start)
            for row in rows:
                told = row.attempt
                true = attempt.outcome if told.call == attempt.call else None
                recorded[told.call] = Recorded(told.start, told.outcome, row.right, true)
                sent += events_of(told, "lozere", "switch", final=False)
    sent.sort(key=lambda each: each[0])
    settings = with_line(
        kind.settings(), expected_lost_rate=None if situation.prior is None else min(0.95, situation.prior * lived.rate)
    )
    events = [event for _, event in sent]
    return Played(settings, days, events, calls, recorded, round(start * 1000), round(end * 1000), changed)


def invented(attempt: Attempt, what: str, number: int, **other: object) -> Attempt:
    """Return an attempt that another one causes, with an id of its own."""
    return replace(attempt, call=f"{attempt.call}-{what}{number}", **other)


def name_of(situation: Situation, world: str, seed: int) -> str:
    """Return the name of a run.

    >>> name_of(Situation(name="silent 18 %", kind="fault"), "office", 3)
    'silent 18 %/office/3'
    """
    return f"{situation.name}/{world}/{seed}"
