"""The simulated days of the demo: a miscount that a decision ends, beside a rush, one minute per second."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, timedelta
from itertools import islice
from typing import Final

from agents.history import review
from agents.history.incident_schema import decode_incident
from agents.kafka.client import Topic, topic
from agents.kafka.reading import TopicReader, leaving_out
from agents.simulation.office import office_days
from agents.simulation.pace import LIVE_FROM, PACE, send_paced
from agents.translation import text
from config.settings import Settings
from streams.events import Event, milliseconds
from streams.simulation.living import MISCOUNTED, living_day
from streams.simulation.office import OfficeDay
from streams.watch.review import id_of

PATIENT_DAYS: Final = 2  # then the demo decides by itself


class Repair:
    """Whether somebody has confirmed the miscount of the simulated days, so that the counting is repaired."""

    def __init__(self, settings: Settings, first: date) -> None:
        self._settings = settings
        self._reader = TopicReader(settings, topic(settings, Topic.INCIDENTS))
        self._since = id_of(MISCOUNTED, round(settings.calendar().day_bounds(first)[0] * 1000), "")
        self.undecided = ""  # id of the incident, once there is one
        self._done = False

    def __call__(self, number: int) -> bool:
        """Return whether it is confirmed; after `PATIENT_DAYS` confirm it, on the day of this `number`, from 1 on."""
        for record in self._reader.poll(0):
            with leaving_out(record):
                found = decode_incident(record.value or b"")
                if found.get("line") == MISCOUNTED and found["verdict"] == "miscount" and found["id"] > self._since:
                    self.undecided = found["id"] if found["status"] == "open" else ""
                    self._done = self._done or found["status"] == "confirmed"
        if self.undecided and not self._done and number > PATIENT_DAYS:
            note = text("There was no decision for two days, so the demo had the counting repaired.")
            named = {"incident": self.undecided, "line": MISCOUNTED, "note": note}
            review.send(self._settings, review.review(self._settings, "confirm", text("The demo"), **named))
            self._done = True
        return self._done

    def close(self) -> None:
        self._reader.close()


def living(settings: Settings, first: date, repaired: Callable[[int], bool] = lambda _: False) -> Iterator[Event]:
    """Yield the events of one open day after another, without end.

    `repaired` returns, for the number of a day from 1 on, whether the counting is right again.
    """
    number, when = 0, first
    while True:
        (day,) = office_days(settings, when, when)
        if day.opened:
            number += 1
            yield from _living_day(day, settings.site, number, repaired)
        when += timedelta(days=1)


def _living_day(day: OfficeDay, site: str, number: int, repaired: Callable[[int], bool]) -> Iterator[Event]:
    done = repaired(number)
    for played, event in enumerate(living_day(day, site, number, day.start if done else day.end), 1):
        yield event
        if not done and repaired(number):
            yield from islice(living_day(day, site, number, milliseconds(event.at) / 1000), played, None)
            return


def play(settings: Settings, first: date, go_on: Callable[[], bool], *, pace: float = PACE) -> None:
    """Send the events of days at `pace`, from `first` on, while `go_on` returns true; raise `KafkaError` on failure."""
    live_from = settings.calendar().day_bounds(first)[0] + LIVE_FROM
    with closing(Repair(settings, first)) as repair:
        send_paced(settings, living(settings, first, repair), live_from, go_on, pace)
