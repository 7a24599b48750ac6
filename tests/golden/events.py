"""Events of made-up offices, always the same: calls, tickets, requests and readings of totals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from random import Random
from typing import Any, Final, Literal, NamedTuple, TypeAlias

import msgspec
from msgspec.structs import replace

from config.settings import Settings
from streams.events import CallEvent, Event, Reading, RequestEvent, TicketEvent, milliseconds

Happening: TypeAlias = Literal["flagged lost", "overload", "lost at once", "silent"]
DIVERTED: Final = ("closed", "key", "transfer", "voicemail")
LOST: Final = ("abandoned", "abandoned", "abandoned", "timeout", "full")
SLOT: Final = 900  # s
DAY: Final = 86_400  # s
TALK: Final = 90.0  # s, the longest but for a few seconds


class Stretch(NamedTuple):
    """A fault or an event on a line for some days."""

    what: Happening
    first: date
    last: date


class MadeUp(NamedTuple):
    """An office, and the faults of its lines over a period."""

    settings: Settings
    first: date
    last: date
    stretches: Mapping[str, Stretch]  # by line
    calls: float = 1.6  # in a slot, by line

    def events(self) -> list[Event]:
        """Return all events in the order of their times."""
        found: list[Event] = []
        for name, line in self.settings.lines.items():
            rate = line.expected_lost_rate or 0.05
            found += self._readings(name, rate) if line.lifecycle == "totals" else self._calls(name, rate)
            if line.witness is not None:
                found += self._seen_again(name, line.witness, tuple(found))
        for name in self.settings.services:
            found += self._tickets(name)
        for name in self.settings.requests:
            found += self._requests(name)
        return sorted(found, key=lambda each: milliseconds(each.at))

    def _days(self) -> Iterator[tuple[date, list[tuple[float, float]]]]:
        calendar = self.settings.calendar()
        for passed in range((self.last - self.first).days + 1):
            day = self.first + timedelta(passed)
            yield day, list(calendar.open_intervals(day))

    def _calls(self, name: str, lost: float) -> Iterator[Event]:
        for day, opened in self._days():
            stretch = self.stretches.get(name)
            what = stretch.what if stretch is not None and stretch.first <= day <= stretch.last else None
            chance, number = Random(f"{self.settings.site} {name} {day}"), 0
            for start in (each for opens, closes in opened for each in range(round(opens), round(closes), SLOT)):
                for _ in range(round(chance.uniform(0, 2 * self.calls)) if what != "silent" else 0):
                    number += 1
                    call = partial(
                        _call,
                        site=self.settings.site,
                        line=name,
                        call=f"{day:%m%d}-{number}",
                        source="switch",
                        caller=f"hmac:{chance.randrange(400):08x}",
                    )
                    yield from _told(call, start + chance.randrange(SLOT - 240), lost, what, chance)

    def _seen_again(self, name: str, source: str, told: Sequence[Event]) -> Iterator[Event]:
        """Yield a line's calls from a second record, which misses a few."""
        chance = Random(name)
        for each in told:
            if isinstance(each, CallEvent) and each.line == name and chance.random() < 0.99:
                yield replace(each, source=source)

    def _readings(self, name: str, rate: float) -> Iterator[Event]:
        """Yield each day's totals; a line with `flagged lost` has answered calls in the column of lost ones."""
        stretch = self.stretches.get(name)
        zone = self.settings.calendar()
        for day, opened in self._days():
            parts = self.settings.lines[name].parts or (name,)
            offered = lost = 0
            for part in parts:
                chance = Random(f"{part} {day}")
                own = chance.randrange(100, 160) if opened else 0
                offered, lost = offered + own, lost + sum(chance.random() < rate for _ in range(own))
            flagged = stretch is not None and stretch.first <= day <= stretch.last
            start, end = zone.day_bounds(day)
            yield Reading(
                line=name,
                mode="interval",
                since=start,
                at=end,
                offered=offered,
                answered=offered - lost,
                lost=offered if flagged else lost,
                source="wall",
                site=self.settings.site,
            )

    def _tickets(self, name: str) -> Iterator[Event]:
        for day, opened in self._days():
            chance = Random(f"{self.settings.site} {name} {day}")
            for number in range(18 if opened else 0):
                at = opened[0][0] + 540 * number + chance.randrange(300)
                given = {
                    "service": name,
                    "ticket": f"{day:%m%d}-{number}",
                    "source": "hall",
                    "site": self.settings.site,
                }
                wait, stays = chance.randrange(1200), chance.randrange(120, 900)
                yield _ticket("issued", at, given)
                if chance.random() < 0.05:
                    yield _ticket("cancelled", at + wait, given)
                    continue
                yield _ticket("called", at + wait, given)
                if chance.random() < 0.05:
                    yield _ticket("no_show", at + wait + 60, given)
                    continue
                yield _ticket("served", at + wait + 30, given)
                yield _ticket("completed", at + wait + 30 + stays, given)

    def _requests(self, name: str) -> Iterator[Event]:
        for day, opened in self._days():
            chance = Random(f"{self.settings.site} {name} {day}")
            for number in range(3 if opened else 0):
                at = opened[0][0] + chance.randrange(7200)
                given = {"channel": name, "request": f"{day:%m%d}-{number}", "site": self.settings.site}
                yield msgspec.convert({**given, "type": "received", "at": at}, RequestEvent)
                ends = chance.choices(("answered", "withdrawn", ""), (90, 4, 6))[0]
                if ends:
                    later = at + DAY * chance.randrange(1, 9)
                    yield msgspec.convert({**given, "type": ends, "at": later}, RequestEvent)


def _call(kind: str, at: float, **given: Any) -> CallEvent:
    return msgspec.convert({"type": kind, "at": at, **given}, CallEvent)


def _ticket(kind: str, at: float, given: Mapping[str, str]) -> TicketEvent:
    return msgspec.convert({**given, "type": kind, "at": at}, TicketEvent)


def _told(call: Any, at: float, lost: float, what: Happening | None, chance: Random) -> Iterator[CallEvent]:
    """Yield the events of one call: its offer and its outcome."""
    yield call("offered", at)
    wait = chance.randrange(3, 30)
    if what == "overload":
        lost, wait = min(0.6, 6 * lost), chance.randrange(60, 180)
    elif what == "lost at once":
        lost = min(0.5, 5 * lost)
    if chance.random() < lost:
        yield call("lost", at + wait, wait=wait, reason=chance.choice(LOST))
    elif chance.random() < 0.03:
        yield call("diverted", at + wait, wait=wait, reason=chance.choice(DIVERTED))
    elif chance.random() < 0.002:
        return  # it stays without an outcome
    else:
        talk, agent = round(chance.uniform(20, TALK)), f"agent-{chance.randrange(3)}"
        flagged = what == "flagged lost" and chance.random() < 0.4
        if flagged:
            yield call("lost", at + wait, wait=wait, reason="abandoned")
        else:
            yield call("answered", at + wait, wait=wait, agent=agent)
        yield call("ended", at + wait + talk, talk=talk, agent=agent)
