"""A made-up office: the calls of its lines, always the same for the same seed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from heapq import merge
from random import Random

from msgspec import Struct

from streams.events import CallEvent, CallType, milliseconds


class OfficeLine(Struct, frozen=True, kw_only=True):
    """Describe a line: calls an hour of opening, the share lost, mean lengths in seconds.

    From `phantoms_from` (epoch s) on, the counting software invents `phantoms` lost calls,
    which never waited, for each true call.
    """

    line: str
    calls_an_hour: float
    lost: float
    wait: float = 12.0
    patience: float = 45.0
    talk: float = 150.0
    phantoms: float = 0.0
    phantoms_from: float = 0.0


def year(
    site: str, lines: Sequence[OfficeLine], opening: Iterable[tuple[float, float]], seed: int
) -> Iterator[CallEvent]:
    """Yield the events of all lines in the order of their times; `opening` has the open stretches (epoch s)."""
    for opens, closes in opening:
        calls = [_stretch(site, line, opens, closes, Random(f"{seed} {line.line} {opens}")) for line in lines]
        yield from merge(*calls, key=lambda event: milliseconds(event.at))


def _stretch(site: str, line: OfficeLine, opens: float, closes: float, random: Random) -> list[CallEvent]:
    """Return a line's events of one open stretch; who entered before it closes is still served."""

    def say(call: str, kind: CallType, at: float, wait: float | None = None, talk: float | None = None) -> None:
        told.append(
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

    told: list[CallEvent] = []
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
        if at >= line.phantoms_from and random.random() < line.phantoms:
            say(f"{call}-phantom", "offered", at)
            say(f"{call}-phantom", "lost", at, wait=0.0)
    return sorted(told, key=lambda event: milliseconds(event.at))
