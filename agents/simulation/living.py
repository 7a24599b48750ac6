"""The simulated days of `tocsin demo --serve`: a rush and a miscount at the same time, one minute per second."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Final

import msgspec

from agents.ingest.send import FileSender
from agents.kafka.sending import sending
from agents.simulation.office import office_days
from agents.sources.entry import Accepted
from config.settings import Settings
from streams.events import Event, milliseconds
from streams.simulation.living import living_day

PACE: Final = 60.0  # simulated seconds per second
AT_ONCE: Final = 3600.0  # s of the first morning sent at once, so that the page is not empty
LONGEST: Final = 3.0  # s: longest wait, for lunch breaks and nights
_encode = msgspec.json.Encoder().encode


def living(settings: Settings, first: date) -> Iterator[Event]:
    """Yield the events of one open day after another, without end."""
    seed, when = 0, first
    while True:
        (day,) = office_days(settings, when, when)
        if day.opened:
            seed += 1
            yield from living_day(day, settings.site, seed)
        when += timedelta(days=1)


def play(settings: Settings, first: date, go_on: Callable[[], bool], *, pace: float = PACE) -> None:
    """Send the events of days at `pace`, from `first` on, while `go_on` returns true; raise `KafkaError` on failure."""
    with sending(settings) as sender:
        delivery = FileSender(settings, sender, "living day")
        begin, before = None, None
        for row, event in enumerate(living(settings, first), 1):
            now = milliseconds(event.at) / 1000
            begin, before = begin or now, before or now
            if now - begin > AT_ONCE:
                wait = min((now - before) / pace, LONGEST)
                if wait > 0:
                    sender.confirm()
                    time.sleep(wait)
            before = now
            if not go_on():
                return
            delivery.send(Accepted(row, event, _encode(event)))
