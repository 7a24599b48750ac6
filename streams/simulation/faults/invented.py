"""Faults that count too much: scanners, robots, and callers who could not be served."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from streams.said import said
from streams.simulation.attempt import Attempt
from streams.simulation.faults.fault import Mechanism, Scene, Severity

_BURST: Final = 8.0  # mean number of calls in a burst


def phantoms(share: float, scene: Scene) -> Iterable[Attempt]:
    """Invent lost calls without a wait, in bursts, during opening hours."""
    return _bursts(scene, scene.poisson(share * scene.calls), scene.opened)


def night_calls(share: float, scene: Scene) -> Iterable[Attempt]:
    """Invent lost calls without a wait, in bursts, outside opening hours."""
    return _bursts(scene, scene.poisson(share * scene.usual), _closed(scene))


def closed_calls(share: float, scene: Scene) -> Iterator[Attempt]:
    """Count callers as lost who hear that the office is closed."""
    closed = _closed(scene)
    for _ in range(scene.poisson(share * scene.usual)):
        if (start := _within(scene, closed)) is not None:
            wait = round(scene.random.uniform(3_000, 25_000))
            yield _lost(scene, start, wait, scene.caller())


def short_calls(share: float, scene: Scene) -> Iterator[Attempt]:
    """Count true callers who hang up within seconds, though the software used to leave them out by a threshold."""
    for _ in range(scene.poisson(share * scene.calls)):
        if (start := _within(scene, scene.opened)) is not None:
            wait = round(scene.random.uniform(0, 5_000))
            yield _lost(scene, start, wait, scene.caller())


def _bursts(scene: Scene, calls: int, stretches: list[tuple[int, int]]) -> Iterator[Attempt]:
    random = scene.random
    while calls > 0:
        at = _within(scene, stretches)
        if at is None:
            return
        caller = scene.caller() if random.random() < 0.5 else None  # noqa: PLR2004 -- one caller or none, evenly
        for _ in range(min(calls, 1 + int(random.expovariate(1 / _BURST)))):
            yield _lost(scene, at, 0, caller)
            calls -= 1
            at += round(random.expovariate(1 / 4_000))
            if at >= scene.end or not any(start <= at < end for start, end in stretches):
                break


def _lost(scene: Scene, start: int, wait: int, caller: str | None) -> Attempt:
    return Attempt(
        line=scene.line, call=scene.call(), start=start, wait=wait, outcome="lost", reason="abandoned", caller=caller
    )


def _within(scene: Scene, stretches: list[tuple[int, int]]) -> int | None:
    """Return a random moment within both the stretches and the fault, or None if there is none."""
    parts = [
        (max(start, scene.start), min(end, scene.end))
        for start, end in stretches
        if start < scene.end and end > scene.start
    ]
    if not parts:
        return None
    start, end = scene.random.choices(parts, [end - start for start, end in parts])[0]
    return scene.random.randrange(start, end)


def _closed(scene: Scene) -> list[tuple[int, int]]:
    bounds = [scene.start, *(moment for stretch in scene.opened for moment in stretch), scene.end]
    return [(start, end) for start, end in zip(bounds[::2], bounds[1::2], strict=True) if start < end]


OF_NOTHING: Final = {
    "phantoms": Mechanism(
        says=said("phantom lost calls per true one, without a wait, in bursts, from unknown callers or a single one"),
        kinds=("phantom", "duplicate"),
        severity=Severity(0.22, mildest=0.05, worst=1.0),
        invent=phantoms,
    ),
    "night-calls": Mechanism(
        says=said("phantom lost calls while closed, for each call of a usual day"),
        kinds=("closed-hours", "phantom"),
        severity=Severity(0.22, mildest=0.05, worst=1.0),
        invent=night_calls,
    ),
    "closed-calls": Mechanism(
        says=said("callers while closed who are counted as lost, for each call of a usual day"),
        kinds=("closed-hours",),
        severity=Severity(0.22, mildest=0.05, worst=1.0),
        invent=closed_calls,
    ),
    "short-counted": Mechanism(
        says=said("callers who hang up within 5 s and were not counted before, for each true call"),
        kinds=("drift", "phantom"),
        severity=Severity(0.22, mildest=0.05, worst=0.5),
        invent=short_calls,
    ),
}
