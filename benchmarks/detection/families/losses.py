"""Real losses that do not wait as those of a queue do, and lines that fall silent."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any, Final

from benchmarks.detection.families.plan import SOUND_DAYS, Plan, fresh, line, placed, seeded
from benchmarks.detection.losses import Loss
from benchmarks.detection.office import LINE, moment
from benchmarks.detection.scenario import Scenario, Told
from streams.simulation.faults.fault import Fault
from streams.simulation.office import OfficeDay
from streams.simulation.overload import Overload

TIMES: Final = {30: 1, 100: 2, 300: 1}
AFTER: Final = 40  # days
BACK: Final = 0.5  # share of the callers who call again
STRIKES: Final[dict[str, tuple[float, Told]]] = {
    "strike of 2 days, half call back": (BACK, "all"),
    "strike of 2 days, no one calls back": (0.0, "all"),
    "strike of 2 days, half call back, without callers": (BACK, "no-callers"),
    "strike of 2 days, no one calls back, without callers": (0.0, "no-callers"),
}
HALF_A_YEAR: Final = 183  # days
DWINDLING: Final = 26  # weeks
FEWEST: Final = 2.0  # calls a day

Days = tuple[OfficeDay, ...]


def real_losses(plan: Plan) -> Iterator[Scenario]:
    """Yield each kind of loss, and silences."""
    for calls, seed in plan.at(TIMES):
        yield from _hours("message that hangs up", calls, seed)
        yield from _hours("trunks full", calls, seed)
        yield from _hours("rush with short talks", calls, seed)
        for what, (again, told) in STRIKES.items():
            yield _strike(what, again, told, calls, seed)
        yield _silence(calls, seed)
        yield _dwindling(calls, seed)
        yield _closing(calls, seed)


def _hours(what: str, calls: int, seed: int) -> Iterator[Scenario]:
    random = Random(f"{what} {calls} {seed}")
    number = {"message that hangs up": random.choice((1, 3, 6)), "trunks full": 1, "rush with short talks": 1}[what]
    days, begins = placed(random, number + 4, AFTER)
    hit = [day for day in days[begins:] if day.opened][:number]
    hours = [(moment(day, first), moment(day, first + random.choice((2, 3)))) for day in hit for first in (9,)]
    name, share, again = {
        "message that hangs up": ("message", 1.0, BACK),
        "trunks full": ("trunks full", 0.25, BACK),
        "rush with short talks": ("short talks", 5.0, 0.0),
    }[what]
    losses = tuple(Loss(name=name, start=start, end=end, share=share, again=again) for start, end in hours)
    rush = Overload(line=LINE, cause="rush", start=hours[0][0], end=hours[0][1], severity=2.0)
    overloads = (rush,) if what == "trunks full" else ()
    yield _scenario(what, calls, seeded(what, calls, seed), days=days, overloads=overloads, losses=losses)


def _strike(what: str, again: float, told: Told, calls: int, seed: int) -> Scenario:
    random = Random(f"strike {calls} {seed}")
    days, begins = placed(random, 6, AFTER)
    hit = [day for day in days[begins:] if day.opened][:2]
    losses = tuple(Loss(name="strike", start=day.start, end=day.end, again=again) for day in hit)
    return _scenario(what, calls, seeded("strike", calls, seed), days=days, losses=losses, told=told)


def _silence(calls: int, seed: int) -> Scenario:
    days = fresh(Random(f"silence {calls} {seed}"), SOUND_DAYS + HALF_A_YEAR + 2 * AFTER)
    start, end = days[SOUND_DAYS].start, days[SOUND_DAYS + HALF_A_YEAR].end
    fault = Fault(line=LINE, mechanism="silent", start=start, end=end, severity=1.0)
    return _scenario("six months of silence", calls, seeded("silence", calls, seed), days=days, faults=(fault,))


def _dwindling(calls: int, seed: int) -> Scenario:
    days = fresh(Random(f"dwindling {calls} {seed}"), SOUND_DAYS + 7 * DWINDLING + 2 * AFTER)
    weekly = (FEWEST / calls) ** (1 / DWINDLING)
    losses = tuple(
        Loss(
            name="fewer",
            start=days[SOUND_DAYS + 7 * week].start,
            end=days[SOUND_DAYS + 7 * week + 6].end if week < DWINDLING - 1 else days[-1].end,
            share=weekly ** (week + 1),
        )
        for week in range(DWINDLING)
    )
    what = f"dwindles to {FEWEST:g} calls a day"
    return _scenario(what, calls, seeded("dwindling", calls, seed), days=days, losses=losses)


def _closing(calls: int, seed: int) -> Scenario:
    random = Random(f"closing {calls} {seed}")
    days, begins = placed(random, 14, AFTER)
    opened = tuple(day._replace(opened=()) if begins <= at < begins + 14 else day for at, day in enumerate(days))
    return _scenario("two weeks closed", calls, seeded("closing", calls, seed), days=days, opened=opened)


def _scenario(what: str, calls: int, seed: int, **more: Any) -> Scenario:
    return Scenario(family="real-losses", what=what, profile=line(calls), seed=seed, **more)
