"""A made-up office, from whose traffic the tests propose a configuration."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from agents.proposal.observed import Observation
from agents.proposal.office import Proposal, propose
from config.settings import Settings
from tests.agents.sources.contexts import events
from tests.agents.sources.pseudonyms import NUMBERS, PSEUDONYM

ZONE: Final = ZoneInfo("Europe/Paris")
FIRST, LAST = date(2024, 2, 26), date(2024, 5, 31)  # summer time begins on 31 March
HOLIDAYS: Final = {date(2024, 4, 1), date(2024, 5, 1), date(2024, 5, 8), date(2024, 5, 9), date(2024, 5, 20)}
CLOSED: Final = date(2024, 5, 10)  # the Friday after Ascension
OPENINGS: Final = ((time(8, 30), time(12)), (time(13, 30), time(17)))
CALLS_A_DAY: Final = {"accueil": 40, "etat-civil": 20, "cimetiere": 2}  # the last has ten a week
LOST: Final = {"accueil": 0.10, "etat-civil": 0.15, "cimetiere": 0.0}


def moment(day: date, at: time, seconds: float = 0.0) -> float:
    return datetime.combine(day, at, ZONE).timestamp() + seconds


def days() -> Iterator[date]:
    yield from (FIRST + timedelta(passed) for passed in range((LAST - FIRST).days + 1))


def record(line: str, call: str, kind: str, at: float, **more: Any) -> dict[str, Any]:
    return {"line": line, "call": call, "type": kind, "at": round(at, 3), "site": "saint-exemple", **more}


def telling(seed: int = 1, worked: date | None = None) -> Iterator[dict[str, Any]]:
    """Yield the office's events in order; `worked` is a public holiday on which it opened."""
    told = [each for day in days() if day.weekday() < 5 for each in _day(day, random.Random(f"{seed} {day}"), worked)]
    yield from sorted(told, key=lambda each: float(each["at"]))


def _day(day: date, chance: random.Random, worked: date | None) -> Iterator[dict[str, Any]]:
    opened = (day not in HOLIDAYS or day == worked) and day != CLOSED
    for line, usual in CALLS_A_DAY.items():
        number = 0
        for start, end in OPENINGS if opened and not (line == "etat-civil" and day.weekday() == 2) else ():
            first, last = moment(day, start), moment(day, end)
            for _ in range(usual // 2):
                number += 1
                call, at = f"{line}-{day}-{number}", chance.uniform(first, last - 60)
                yield record(line, call, "offered", at)
                if chance.random() < LOST[line]:
                    yield record(line, call, "lost", at + 40, reason="abandoned", wait=40)
                else:
                    yield record(line, call, "answered", at + 9, wait=9)
        for announced in (
            (time(7, 50), time(12, 20), time(18, 5)) if line == "accueil" else ()
        ):  # they hear the opening hours
            for _ in range(chance.randrange(4) if opened else 0):
                number += 1
                call, at = f"{line}-{day}-{number}", moment(day, announced, chance.uniform(0, 900))
                yield record(line, call, "offered", at)
                yield record(line, call, "diverted", at + 12, reason="closed", wait=12)


def observed(records: Iterator[dict[str, Any]]) -> Observation:
    seen = Observation(Settings(site="office"), 2_000_000_000_000, lambda _: True, NUMBERS)
    seen.take(events((json.dumps(each).encode() for each in records), PSEUDONYM))
    return seen


def proposed(records: Iterator[dict[str, Any]]) -> Proposal:
    return propose(observed(records), "FR", {})
