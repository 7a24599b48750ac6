"""The simulation: what truly happens in an office, and what its counting software tells of it.

True attempts are told as events; faults change what is told, never what happened. The same arguments give the
same events, and a fault or an overload leaves every day that it does not fall on as it was.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter as Counts
from collections.abc import Iterable, Iterator, Sequence
from heapq import heappop, heappush

from streams.events import Event
from streams.simulation.attempt import Attempt, tell
from streams.simulation.chance import chance
from streams.simulation.faults.fault import Fault, Memory, Sent, scene_of
from streams.simulation.faults.mechanisms import MECHANISMS
from streams.simulation.office import LineProfile, Office, OfficeDay
from streams.simulation.overload import Overload
from streams.simulation.readings import Counter, Distortion
from streams.simulation.truth import (
    Both,
    InjectedFault,
    LineTruth,
    RealOverload,
    Stretch,
    Truth,
)
from streams.simulation.world import World


def simulate(
    office: Office,
    days: Sequence[OfficeDay],
    seed: int,
    faults: Sequence[Fault] = (),
    overloads: Sequence[Overload] = (),
) -> tuple[Iterator[Event], Truth]:
    """Return the events of an office in the order in which they arrive, and the truth.

    The truth fills while the events are drawn. Raises `ValueError`, at once, for a fault or an overload that
    this office cannot have, and for days on which it never opens.
    """
    return play(World(office, days, seed, overloads), faults)


def play(world: World, faults: Sequence[Fault] = ()) -> tuple[Iterator[Event], Truth]:
    """Return what is told of a world, as `simulate` does."""
    for fault in faults:
        check(fault, world.office)
    if len({(fault.line, fault.mechanism, fault.start) for fault in faults}) < len(faults):
        raise ValueError("a fault stands twice; expected each line, mechanism and start once")
    run = _Run(world, faults)
    return run.events(), run.truth


def check(fault: Fault, office: Office) -> None:
    """Raise `ValueError`, saying what was expected, for a fault that an office cannot have."""
    if fault.mechanism not in MECHANISMS:
        raise ValueError(f"mechanism {fault.mechanism!r} is unknown; expected one of {', '.join(MECHANISMS)}")
    lines = [profile.line for profile in office.lines]
    if fault.line not in lines:
        raise ValueError(f"line {fault.line!r} is none of the office's: {', '.join(lines)}")
    if MECHANISMS[fault.mechanism].total is not None and office.readings is None:
        raise ValueError(f"{fault.mechanism} is a fault of the readings; expected readings, cumulative or interval")


class _Run:
    def __init__(self, world: World, faults: Sequence[Fault]) -> None:
        self._world = world
        office = world.office
        self.truth = Truth(
            office=office,
            seed=world.seed,
            lines={profile.line: LineTruth(profile, world.lines[profile.line]) for profile in office.lines},
            faults=[InjectedFault(fault, MECHANISMS[fault.mechanism].kinds, _stretch(fault)) for fault in faults],
            overloads=[
                RealOverload(overload, world.profiles[overload.line].expected_lost_rate, _stretch(overload))
                for overload in world.overloads
            ],
        )
        self._counters = (
            {
                profile.line: Counter(
                    office.site,
                    profile.line,
                    office.readings,
                    office.reading_every,
                    [
                        Distortion(each.fault, each.effect, Memory())
                        for each in self._faults(profile.line)
                        if MECHANISMS[each.fault.mechanism].total is not None
                    ],
                )
                for profile in office.lines
            }
            if office.readings is not None
            else {}
        )

    def events(self) -> Iterator[Event]:
        """Yield every event in the order of arrival."""
        arriving: list[tuple[int, int, Event]] = []
        waiting: list[Sent] = []
        numbers: Counts[str] = Counts()
        arrived = 0
        for day in self._world.days:
            waiting += self._told(day)
            waiting.sort(key=lambda sent: sent.told)
            over = day.end * 1000 if day is not self._world.days[-1] else float("inf")
            told = bisect_left(waiting, over, key=lambda sent: sent.told)
            for sent in waiting[:told]:
                event = sent.event
                assert event.source is not None
                event.seq = numbers[event.source]
                numbers[event.source] += 1
                if not sent.lost:
                    heappush(arriving, (sent.told + sent.late, arrived, event))
                    arrived += 1
            del waiting[:told]
            while arriving and arriving[0][0] < over:
                yield heappop(arriving)[2]

    def _told(self, day: OfficeDay) -> list[Sent]:
        """Return what is told of a day."""
        sent: list[Sent] = []
        for line, attempts in self._world.day(day).items():
            truth = self.truth.lines[line]
            both = Both()
            stretches = self._stretches(line)
            for attempt in attempts:
                both.true.add(attempt.outcome)
                truth.totals.true.add(attempt.outcome)
                for stretch in stretches:
                    stretch.add(attempt.start, attempt.outcome, told=False)
            faults = [each for each in self._faults(line) if each.fault.falls(day)]
            for attempt in self._as_counted(truth.profile, day, attempts, faults):
                events = self._sent(attempt, truth.profile, faults)
                if (outcome := _outcome(events)) is not None:
                    both.told.add(outcome)
                    truth.totals.told.add(outcome)
                    for stretch in stretches:
                        stretch.add(attempt.start, outcome, told=True)
                sent += events
            if both != Both():
                truth.days[str(day.date)] = both
            if line in self._counters:
                sent += self._carried(self._counters[line].day(day), faults, readings=True)
        return sent

    def _as_counted(
        self, profile: LineProfile, day: OfficeDay, attempts: list[Attempt], faults: Iterable[InjectedFault]
    ) -> list[Attempt]:
        """Return the attempts as the counting software has them."""
        told = attempts
        for each in faults:
            fault, mechanism = each.fault, MECHANISMS[each.fault.mechanism]
            scene = scene_of(fault, day, attempts, profile.calls_a_day, self._world.seed)
            if mechanism.rewrite is not None:
                rewritten: list[Attempt] = []
                for attempt in told:
                    if not scene.start <= attempt.start < scene.end:
                        rewritten.append(attempt)
                        continue
                    as_told = list(mechanism.rewrite(attempt, fault.severity, scene))
                    if len(as_told) != 1 or as_told[0] is not attempt:
                        each.effect.note(attempt.start, max(1, len(as_told) - 1))
                    rewritten += as_told
                told = rewritten
            elif mechanism.invent is not None:
                invented = list(mechanism.invent(fault.severity, scene))
                for attempt in invented:
                    each.effect.note(attempt.start)
                told = told + invented
        return told

    def _sent(self, attempt: Attempt, profile: LineProfile, faults: Iterable[InjectedFault]) -> list[Sent]:
        final = profile.lifecycle == "final"
        events = [Sent(*told) for told in tell(attempt, self._world.office.site, profile.source, final=final)]
        if profile.line in self._counters:
            self._counters[profile.line].take(events)
        return self._carried(events, faults, readings=False)

    def _carried(self, events: Iterable[Sent], faults: Iterable[InjectedFault], *, readings: bool) -> list[Sent]:
        """Return the events as they are on their way."""
        sent = list(events)
        for each in faults:
            fault, mechanism = each.fault, MECHANISMS[each.fault.mechanism]
            if mechanism.carry is None or (readings and not mechanism.readings):
                continue
            start, end = fault.start * 1000, fault.end * 1000
            carried: list[Sent] = []
            for one in sent:
                if start <= one.told < end:
                    before = one.late, one.lost, one.event
                    random = chance(self._world.seed, fault.mechanism, fault.start, one.event.id)
                    told = mechanism.carry(one, fault.severity, random)
                    if told is None or before != (told.late, told.lost, told.event):
                        each.effect.note(one.told)
                    if told is None:
                        continue
                carried.append(one)
            sent = carried
        return sent

    def _faults(self, line: str) -> list[InjectedFault]:
        return [each for each in self.truth.faults if each.fault.line == line]

    def _stretches(self, line: str) -> list[Stretch]:
        return [each.stretch for each in self._faults(line)] + [
            each.stretch for each in self.truth.overloads if each.overload.line == line
        ]


def _stretch(of: Fault | Overload) -> Stretch:
    return Stretch(round(of.start * 1000), round(of.end * 1000))


def _outcome(events: Iterable[Sent]) -> str | None:
    """Return what comes of the events of one call that arrive, None where they tell of no call."""
    types = {sent.event.type for sent in events if not sent.lost}
    for outcome in ("answered", "lost", "diverted"):
        if outcome in types:
            return outcome
    return "unresolved" if types - {"ringing"} else None
