"""Real changes of a line: every record of them is right, whether or not they are configured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from random import Random
from typing import Final

from msgspec.structs import replace

from benchmarks.detection.held_out.situation import Befall, Row, Situation, Under, invented
from benchmarks.detection.held_out.world import USUAL, Conditions
from streams.simulation.attempt import Attempt, pseudonym
from streams.simulation.office import OfficeDay

ROUNDED: Final = 5_000  # ms
MENU: Final = (4_000, 25_000)  # ms
DIALLERS: Final = tuple(pseudonym("dialler", number) for number in range(4))
WEDNESDAY: Final = 2
GROWN_BY: Final = 1.0  # of the calls, within a year
GROWS_AFTER: Final = 14  # days: it grows in steps
STORM: Final = 2.2  # times the usual calls
ONE_NUMBER: Final = pseudonym("trunk")


def always(conditions: Conditions) -> Under:
    """Return the same conditions for every day."""
    return lambda *_: conditions


def _wednesdays(_: int, day: OfficeDay) -> Conditions:
    return Conditions(agents=0.6) if day.date.weekday() == WEDNESDAY else USUAL


def _growing(number: int, _: OfficeDay) -> Conditions:
    grown = 1 + GROWN_BY * (number // GROWS_AFTER * GROWS_AFTER) / 365
    return Conditions(load=grown, agents=grown)


def _rounded(attempt: Attempt, _: Random) -> Iterable[Row]:
    """Record waits to the next 5 s, as an upgraded exchange does."""
    return (Row(replace(attempt, sent_wait=round(attempt.wait / ROUNDED) * ROUNDED)),)


def _one_number(attempt: Attempt, _: Random) -> Iterable[Row]:
    return (Row(replace(attempt, caller=ONE_NUMBER)),)


def _lost(attempt: Attempt, wait: float) -> Attempt:
    return replace(
        attempt, outcome="lost", reason="abandoned", wait=round(wait), agent=None, talk=None, legs=(), ring=0, to=None
    )


def _menu(attempt: Attempt, random: Random) -> Iterator[Attempt]:
    """Let one caller in ten hang up in a new menu."""
    yield _lost(attempt, random.uniform(*MENU)) if random.random() < 0.1 else attempt  # noqa: PLR2004 -- one in ten


def _strike(attempt: Attempt, random: Random) -> Iterator[Attempt]:
    yield _lost(attempt, random.lognormvariate(11, 1))


def _diallers(attempt: Attempt, random: Random) -> Iterator[Attempt]:
    """Add calls of advertisers' machines, which hang up at once."""
    yield attempt
    if random.random() < 0.2:  # noqa: PLR2004 -- one more call in five
        start = attempt.start + random.randrange(60_000)
        dialled = invented(attempt, "dialler", 0, caller=random.choice(DIALLERS), start=start)
        yield _lost(dialled, random.uniform(1_000, 5_000))


def redialled(least: float, most: float, still_lost: float) -> Befall:
    """Let callers who were lost call again and again, each time after `least` to `most` seconds."""

    def befall(attempt: Attempt, random: Random) -> Iterator[Attempt]:
        yield attempt
        at, number, lost = attempt.start + attempt.wait, 0, attempt.outcome == "lost"
        while lost and number < 8 and random.random() < 0.85:  # noqa: PLR2004 -- some give up
            at += round(1000 * random.uniform(least, most))
            again = invented(attempt, "again", number, start=at, ring=0)
            lost = random.random() < still_lost
            if lost:
                again = replace(again, wait=random.randrange(3_000, 40_000))
            else:
                talk = round(1000 * random.lognormvariate(4.8, 0.6))
                again = replace(
                    again,
                    outcome="answered",
                    reason=None,
                    wait=random.randrange(4_000, 90_000),
                    talk=talk,
                    agent=f"s{number % 3}",
                )
            at += again.wait
            number += 1
            yield again

    return befall


CHANGED: Final = (
    Situation(name="hours moved", kind="real", under=always(Conditions(later=1))),
    Situation(name="waits rounded to 5 s", kind="real", record=_rounded),
    Situation(name="one number for all callers", kind="real", record=_one_number),
    Situation(name="menu inserted", kind="real", befall=_menu),
    Situation(name="patience a sixth", kind="real", under=always(Conditions(patience=1 / 6))),
    Situation(name="half the agents for two days", kind="real", lasting=2, under=always(Conditions(agents=0.5))),
    Situation(name="part-timer on Wednesdays", kind="real", under=_wednesdays),
    Situation(name="diallers", kind="real", befall=_diallers),
    Situation(name="strike of two days", kind="real", lasting=2, befall=_strike),
    Situation(name="campaign, calls x 5", kind="real", lasting=2, under=always(Conditions(load=5.0))),
    Situation(name="growing line", kind="real", learnt=False, days=365, under=_growing),
    Situation(
        name="redial storm, hard",
        kind="real",
        lasting=3,
        under=always(Conditions(load=STORM)),
        befall=redialled(8, 40, 0.8),
    ),
    Situation(
        name="redial storm, gentle",
        kind="real",
        lasting=3,
        under=always(Conditions(load=STORM)),
        befall=redialled(60, 240, 0.6),
    ),
)
