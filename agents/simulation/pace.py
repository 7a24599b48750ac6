"""Sends simulated events at the pace of a clock that runs faster than the wall's."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Final

from agents.ingest.send import FileSender
from agents.kafka.sending import sending
from agents.sources.entry import numbered
from config.settings import Settings
from streams.events import Event, milliseconds

PACE: Final = 60.0  # simulated seconds per second
LONGEST: Final = 3.0  # s: longest wait, for lunch breaks and nights
LIVE_FROM: Final = 9.5 * 3600.0  # s of the first live day sent at once, so that the page is not empty


def send_paced(
    settings: Settings, events: Iterable[Event], live_from: float, go_on: Callable[[], bool], pace: float = PACE
) -> None:
    """Send events in order while `go_on` returns true: at once up to `live_from` (epoch s), then at `pace`.

    Raises `KafkaError` on failure.
    """
    with sending(settings) as sender:
        delivery = FileSender(settings, sender, "living day")
        before = live_from
        for each in numbered(events):
            now = milliseconds(each.event.at) / 1000
            wait = min((now - before) / pace, LONGEST)
            if wait > 0:
                sender.confirm()
                time.sleep(wait)
            before = max(before, now)
            if not go_on():
                return
            delivery.send(each)
