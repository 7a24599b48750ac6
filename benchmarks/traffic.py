"""Plain traffic to load Tocsin with: calls at a constant rate, always the same for the same seed.

It has no queue, no seasons and no faults; `streams/simulation/` simulates a realistic office.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from heapq import merge
from random import Random

from msgspec import Struct

from streams.events import CallEvent, CallType, milliseconds


class LineTraffic(Struct, frozen=True, kw_only=True):
    """The traffic of one line; durations are means in seconds."""

    line: str
    calls_an_hour: float  # while the office is open
    lost: float  # share of the calls
    wait: float = 12.0  # of the answered
    patience: float = 45.0  # the wait of the lost
    talk: float = 150.0


def traffic(
    site: str, lines: Sequence[LineTraffic], opening: Iterable[tuple[float, float]], seed: int
) -> Iterator[CallEvent]:
    """Yield the events of all lines in the order of their times, over these opening stretches (epoch s)."""
    for opens, closes in opening:
        calls = [_stretch(site, line, opens, closes, Random(f"{seed} {line.line} {opens}")) for line in lines]
        yield from merge(*calls, key=lambda event: milliseconds(event.at))


def _stretch(site: str, line: LineTraffic, opens: float, closes: float, random: Random) -> list[CallEvent]:
    """Return a line's events of one opening stretch; a caller who entered before its end is still served."""

    def say(call: str, kind: CallType, at: float, wait: float | None = None, talk: float | None = None) -> None:
        events.append(
            CallEvent(
                id=f"office:{line.line}:{call}:{kind}",
                source="office",
                site=site,
                line=line.line,
                call=call,
                type=kind,
                at=round(at, 3),
                wait=wait,
                talk=talk,
                reason="abandoned" if kind == "lost" else None,
            )
        )

    events: list[CallEvent] = []
    at = opens
    while (at := at + random.expovariate(line.calls_an_hour / 3600)) < closes:
        call = f"{at:.3f}"
        say(call, "offered", at)
        if random.random() < line.lost:
            wait = round(random.expovariate(1 / line.patience), 1)
            say(call, "lost", at + wait, wait=wait)
        else:
            wait, talk = (
                round(random.expovariate(1 / line.wait), 1),
                round(random.expovariate(1 / line.talk), 1),
            )
            say(call, "answered", at + wait, wait=wait)
            say(call, "ended", at + wait + talk, talk=talk)
    return sorted(events, key=lambda event: milliseconds(event.at))
