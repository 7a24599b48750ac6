"""The simulation: what truly happens in an office, and what its counting software reports.

True attempts are sent as events; faults change the events, never the attempts. The same arguments give the same events,
and a fault or an overload only changes the days on which it falls.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from heapq import heappop, heappush
from typing import Protocol, TypeAlias

from streams.events import Event
from streams.simulation.attempt import Attempt, events_of
from streams.simulation.chance import chance
from streams.simulation.faults.fault import Delivery, Fault, FaultMemory, scene_of
from streams.simulation.faults.mechanisms import MECHANISMS
from streams.simulation.fit import Fitted
from streams.simulation.office import LineProfile, Office, OfficeDay
from streams.simulation.overload import Overload
from streams.simulation.readings import Distortion, LineCounter
from streams.simulation.truth import Episode, InjectedFault, LineTruth, RealOverload, TrueAndTold, Truth
from streams.simulation.world import World

Arrival: TypeAlias = tuple[int, Event]  # epoch ms, and the event that arrives then


class Reality(Protocol):
    """A source of true attempts: a `World`, or a source of real calls."""

    office: Office
    days: Sequence[OfficeDay]
    seed: int
    overloads: Sequence[Overload]
    profiles: dict[str, LineProfile]
    lines: dict[str, Fitted]

    def day(self, day: OfficeDay) -> dict[str, list[Attempt]]:
        """Return the attempts of every line on a day. It is called once for each day, in order."""


def simulate(
    office: Office,
    days: Sequence[OfficeDay],
    seed: int,
    faults: Sequence[Fault] = (),
    overloads: Sequence[Overload] = (),
) -> tuple[Iterator[Event], Truth]:
    """Return the events of an office in the order of arrival, and the truth.

    The truth is filled while the events are generated. Raise `ValueError` at once for an impossible fault or overload,
    and for days on which the office never opens.
    """
    return play(World(office, days, seed, overloads), faults)


def play(world: Reality, faults: Sequence[Fault] = ()) -> tuple[Iterator[Event], Truth]:
    """Return the events and the truth of a reality, as `simulate` does."""
    arriving, truth = arrivals(world, faults)
    return (event for _, event in arriving), truth


def arrivals(world: Reality, faults: Sequence[Fault] = ()) -> tuple[Iterator[Arrival], Truth]:
    """Return each event with the moment of its arrival (epoch ms), in order, and the truth, as `simulate` does."""
    for fault in faults:
        require_possible(fault, world.office)
    if len({(fault.line, fault.mechanism, fault.start) for fault in faults}) < len(faults):
        raise ValueError("a fault is listed twice; expected each line, mechanism and start once")
    run = _Run(world, faults)
    return run.arrivals(), run.truth


def require_possible(fault: Fault, office: Office) -> None:
    """Raise `ValueError` with the expected values for a fault that an office cannot have."""
    if fault.mechanism not in MECHANISMS:
        raise ValueError(f"mechanism {fault.mechanism!r} is unknown; expected one of {', '.join(MECHANISMS)}")
    lines = [profile.line for profile in office.lines]
    if fault.line not in lines:
        raise ValueError(f"line {fault.line!r} is none of the office's: {', '.join(lines)}")
    if MECHANISMS[fault.mechanism].distort is not None and office.readings is None:
        raise ValueError(f"{fault.mechanism} is a fault of the readings; expected readings, cumulative or interval")


class _Run:
    def __init__(self, world: Reality, faults: Sequence[Fault]) -> None:
        self._world = world
        office = world.office
        self.truth = Truth(
            office=office,
            seed=world.seed,
            lines={profile.line: LineTruth(profile, world.lines[profile.line]) for profile in office.lines},
            faults=[InjectedFault(fault, MECHANISMS[fault.mechanism].kinds, _episode(fault)) for fault in faults],
            overloads=[
                RealOverload(overload, world.profiles[overload.line].expected_lost_rate, _episode(overload))
                for overload in world.overloads
            ],
        )
        self._counters = (
            {
                profile.line: LineCounter(
                    office.site,
                    profile.line,
                    office.readings,
                    office.reading_every,
                    [
                        Distortion(each.fault, each.effect, FaultMemory())
                        for each in self._faults(profile.line)
                        if MECHANISMS[each.fault.mechanism].distort is not None
                    ],
                )
                for profile in office.lines
            }
            if office.readings is not None
            else {}
        )

    def arrivals(self) -> Iterator[Arrival]:
        arriving: list[tuple[int, int, Event]] = []
        waiting: list[Delivery] = []
        numbers: Counter[str] = Counter()
        arrived = 0
        for day in self._world.days:
            waiting += self._sent_on(day)
            waiting.sort(key=lambda delivery: delivery.at)
            over = day.end * 1000 if day is not self._world.days[-1] else float("inf")
            due = bisect_left(waiting, over, key=lambda delivery: delivery.at)
            for delivery in waiting[:due]:
                event = delivery.event
                assert event.source is not None
                event.seq = numbers[event.source]
                numbers[event.source] += 1
                if not delivery.lost:
                    heappush(arriving, (delivery.at + delivery.late, arrived, event))
                    arrived += 1
            del waiting[:due]
            while arriving and arriving[0][0] < over:
                at, _, arrived_event = heappop(arriving)
                yield at, arrived_event

    def _sent_on(self, day: OfficeDay) -> list[Delivery]:
        """Return the deliveries of all sources on a day."""
        deliveries: list[Delivery] = []
        for line, attempts in self._world.day(day).items():
            truth = self.truth.lines[line]
            both = TrueAndTold()
            episodes = self._episodes(line)
            for attempt in attempts:
                both.true.add(attempt.outcome)
                truth.totals.true.add(attempt.outcome)
                for episode in episodes:
                    episode.add(attempt.start, attempt.outcome, told=False)
            faults = [each for each in self._faults(line) if each.fault.falls(day)]
            for attempt in self._as_counted(truth.profile, day, attempts, faults):
                of_call = self._deliveries(attempt, truth.profile, faults)
                if (outcome := _outcome(of_call)) is not None:
                    both.told.add(outcome)
                    truth.totals.told.add(outcome)
                    for episode in episodes:
                        episode.add(attempt.start, outcome, told=True)
                deliveries += of_call
            if both != TrueAndTold():
                truth.days[str(day.date)] = both
            if line in self._counters:
                deliveries += self._carried(self._counters[line].day(day), faults, readings=True)
        return deliveries

    def _as_counted(
        self, profile: LineProfile, day: OfficeDay, attempts: list[Attempt], faults: Iterable[InjectedFault]
    ) -> list[Attempt]:
        """Return the attempts as the counting software counts them."""
        counted = attempts
        for each in faults:
            fault, mechanism = each.fault, MECHANISMS[each.fault.mechanism]
            scene = scene_of(fault, day, attempts, profile.calls_a_day, self._world.seed)
            if mechanism.rewrite is not None:
                rewritten: list[Attempt] = []
                for attempt in counted:
                    if not scene.start <= attempt.start < scene.end:
                        rewritten.append(attempt)
                        continue
                    instead = list(mechanism.rewrite(attempt, fault.severity, scene))
                    if len(instead) != 1 or instead[0] is not attempt:
                        each.effect.note(attempt.start, max(1, len(instead) - 1))
                    rewritten += instead
                counted = rewritten
            elif mechanism.invent is not None:
                invented = list(mechanism.invent(fault.severity, scene))
                for attempt in invented:
                    each.effect.note(attempt.start)
                counted = counted + invented
        return counted

    def _deliveries(self, attempt: Attempt, profile: LineProfile, faults: Iterable[InjectedFault]) -> list[Delivery]:
        site, final = self._world.office.site, profile.lifecycle == "final"
        sent = [Delivery(at, event) for at, event in events_of(attempt, site, profile.source, final=final)]
        if profile.line in self._counters:
            self._counters[profile.line].take(sent)
        return self._carried(sent, faults, readings=False)

    def _carried(self, sent: Iterable[Delivery], faults: Iterable[InjectedFault], *, readings: bool) -> list[Delivery]:
        """Return the deliveries after faults in transmission."""
        deliveries = list(sent)
        for each in faults:
            fault, mechanism = each.fault, MECHANISMS[each.fault.mechanism]
            if mechanism.carry is None or (readings and not mechanism.readings):
                continue
            start, end = fault.start * 1000, fault.end * 1000
            carried: list[Delivery] = []
            for delivery in deliveries:
                if start <= delivery.at < end:
                    before = delivery.late, delivery.lost, delivery.event
                    random = chance(self._world.seed, fault.mechanism, fault.start, delivery.event.id)
                    after = mechanism.carry(delivery, fault.severity, random)
                    if after is None or before != (after.late, after.lost, after.event):
                        each.effect.note(delivery.at)
                    if after is None:
                        continue
                carried.append(delivery)
            deliveries = carried
        return deliveries

    def _faults(self, line: str) -> list[InjectedFault]:
        return [each for each in self.truth.faults if each.fault.line == line]

    def _episodes(self, line: str) -> list[Episode]:
        return [each.episode for each in self._faults(line)] + [
            each.episode for each in self.truth.overloads if each.overload.line == line
        ]


def _episode(of: Fault | Overload) -> Episode:
    return Episode(round(of.start * 1000), round(of.end * 1000))


def _outcome(deliveries: Iterable[Delivery]) -> str | None:
    """Return the outcome of one call according to its arriving events, or None if these are no events of a call."""
    types = {delivery.event.type for delivery in deliveries if not delivery.lost}
    for outcome in ("answered", "lost", "diverted"):
        if outcome in types:
            return outcome
    return "unresolved" if types - {"ringing"} else None
