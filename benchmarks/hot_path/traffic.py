"""Events like an office's: calls in opening hours, callers who call again, agents, and a counter's tickets.

The same seed gives the same events. No event comes twice, so that programs that do not detect repetitions count right.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from hashlib import blake2b
from heapq import heapify, heapreplace
from itertools import count
from random import Random
from typing import Final

from agents.sources.call_source import CallSource
from config.settings import Settings
from streams.events import CallEvent, Reason, TicketEvent, TicketType, milliseconds
from streams.simulation.office import CALLS_BY_HOUR, CALLS_BY_WEEKDAY, OfficeDay

FIRST_DAY: Final = date(2014, 5, 12)  # a Monday
CALLS_AN_HOUR: Final = 400.0  # of a line, while the office is open; tickets of a service are a sixth of it
LOST: Final = 0.05  # of a line without an expected rate; shares of the calls, like those below
DIVERTED: Final = 0.01
REPEATED: Final = 0.30  # by somebody who called before
WITHHELD: Final = 0.04
RANG: Final = 0.3  # of the answered calls: an event that an agent's telephone rings comes first
REASONS: Final[tuple[Reason, ...]] = ("abandoned",) * 17 + ("timeout",) * 2 + ("no_agents",)  # of the lost
WAIT: Final = 12.0  # seconds, as the others: means
PATIENCE: Final = 45.0
TALK: Final = 150.0
SERVED: Final = 500.0
BUSIEST: Final = max(CALLS_BY_HOUR) * max(CALLS_BY_WEEKDAY)  # times the mean calls, for which agents are planned
NO_SHOW: Final = 0.05  # of the tickets
REMEMBERED: Final = 2_000  # callers who may call again
SLOW: Final = 0.02  # of the events come up to a minute late, the others a fraction of a second

OfficeEvent = CallEvent | TicketEvent


def office_events(settings: Settings, calls_an_hour: float = CALLS_AN_HOUR, seed: int = 1) -> Iterator[OfficeEvent]:
    """Yield the events of every line and service, day after day, in the order of arrival; never end.

    Each line loses the share of calls in its configuration, as another share would be an incident.
    """
    calendar, source = settings.calendar(), CallSource("pbx", settings.site)
    desks: list[LineTraffic | CounterTraffic] = [
        LineTraffic(source, name, line.expected_lost_rate or LOST, calls_an_hour, seed)
        for name, line in settings.lines.items()
    ]
    desks += [CounterTraffic(settings.site, service, calls_an_hour / 6, seed) for service in settings.services]
    delay = Random(f"{seed} delay")
    for date_ in (FIRST_DAY + timedelta(days=number) for number in count()):
        day = OfficeDay(date_, *calendar.day_bounds(date_), tuple(calendar.open_intervals(date_)))
        told = [event for each in desks for event in each.day(day)]
        yield from in_order_of_coming(told, delay)


def in_order_of_coming(events: Sequence[OfficeEvent], random: Random) -> list[OfficeEvent]:
    """Return events in the order of arrival at a topic: nearly in order of time, all lines mixed.

    Arrivals of callers and visitors are never late, so that the first events of any number are consistent.
    """

    def coming(event: OfficeEvent) -> float:
        late = 0.0 if event.type in {"offered", "issued"} else random.expovariate(5.0)
        return (
            milliseconds(event.at)
            + 1000 * late
            + (1000 * random.uniform(2, 60) if late and random.random() < SLOW else 0)
        )

    return sorted(events, key=coming)


def arrivals(random: Random, day: OfficeDay, an_hour: float) -> Iterator[float]:
    """Yield when people come on a day (epoch s), more of them in the middle of the morning and on Mondays."""
    a_second = an_hour * CALLS_BY_WEEKDAY[day.date.weekday()] / 3600
    for begin, end in day.opened:
        at = begin
        while (at := at + random.expovariate(a_second * CALLS_BY_HOUR[int((at - day.start) / 3600)])) < end:
            yield round(at, 3)


class LineTraffic:
    """A generator of the calls of one line; it remembers the callers."""

    def __init__(self, source: CallSource, line: str, lost: float, calls_an_hour: float, seed: int) -> None:
        self._source = source
        self._line = line
        self._lost = lost
        self._calls_an_hour = calls_an_hour
        self._seed = seed
        self._agents = 2 + round(1.3 * BUSIEST * calls_an_hour * (WAIT + TALK) / 3600)
        self._callers: list[str] = []
        self._made = 0

    def day(self, day: OfficeDay) -> list[CallEvent]:
        random = Random(f"{self._seed} {self._line} {day.date}")
        free = [(0.0, f"{self._line}-{number:02}") for number in range(self._agents)]
        heapify(free)
        events: list[CallEvent] = []
        for at in arrivals(random, day, self._calls_an_hour):
            self._made += 1
            events += self._call(f"{at:.3f}.{self._made}", at, random, free)
        return events

    def _call(self, call: str, at: float, random: Random, free: list[tuple[float, str]]) -> Iterator[CallEvent]:
        def say(kind: str, when: float, agent: str | None = None) -> CallEvent:
            return self._source.event(self._line, call, kind, round(when, 3), agent)  # type: ignore[arg-type]

        offered = say("offered", at)
        offered.caller = self._caller(random)
        yield offered
        outcome = random.random()
        if outcome < self._lost + DIVERTED:
            wait = round(random.expovariate(1 / PATIENCE), 1)
            left = say("lost" if outcome < self._lost else "diverted", at + wait)
            left.wait, left.reason = wait, random.choice(REASONS) if outcome < self._lost else "voicemail"
            yield left
            return
        wait, talk = round(random.expovariate(1 / WAIT), 1), round(random.expovariate(1 / TALK), 1)
        _, agent = free[0]
        heapreplace(free, (at + wait + talk, agent))
        if random.random() < RANG:
            yield say("ringing", at + wait / 2, agent)
        answered, ended = say("answered", at + wait, agent), say("ended", at + wait + talk, agent)
        answered.wait, ended.talk = wait, talk
        yield answered
        yield ended

    def _caller(self, random: Random) -> str | None:
        """Return the caller: a former one, a new one, or none if the number is withheld."""
        dice = random.random()
        if dice < REPEATED and self._callers:
            return random.choice(self._callers)
        if dice < REPEATED + WITHHELD:
            return None
        caller = f"hmac:{blake2b(f'{self._line} {self._made}'.encode(), digest_size=16).hexdigest()}"
        if len(self._callers) < REMEMBERED:
            self._callers.append(caller)
        else:
            self._callers[random.randrange(REMEMBERED)] = caller
        return caller


class CounterTraffic:
    """A generator of the tickets of one counter service; numbers start at 1 every day."""

    def __init__(self, site: str, service: str, tickets_an_hour: float, seed: int) -> None:
        self._site = site
        self._service = service
        self._tickets_an_hour = tickets_an_hour
        self._seed = seed

    def day(self, day: OfficeDay) -> list[TicketEvent]:
        """Return a day's events, ticket by ticket; before midnight each is served or is a no-show."""
        random = Random(f"{self._seed} {self._service} {day.date}")
        events: list[TicketEvent] = []
        for number, at in enumerate(arrivals(random, day, self._tickets_an_hour), 1):
            events += self._ticket(f"{number:04}", at, random)
        return events

    def _ticket(self, ticket: str, at: float, random: Random) -> Iterator[TicketEvent]:
        counter = f"c{random.randrange(9)}"

        def say(kind: TicketType, when: float, where: str | None = counter) -> TicketEvent:
            return TicketEvent(
                service=self._service,
                ticket=ticket,
                type=kind,
                at=round(when, 3),
                site=self._site,
                source="kiosk",
                counter=where,
            )

        yield say("issued", at, None)
        called = at + min(random.expovariate(1 / 600), 3600)
        yield say("called", called)
        if random.random() < NO_SHOW:
            yield say("no_show", called + 120)
            return
        yield say("served", called + 20)
        yield say("completed", called + 20 + min(random.expovariate(1 / SERVED), 7200))
