"""Measure the budgets of overload alerts: `python -m benchmarks.detection.overload_budget FILE`.

A line hears a tenth of the callers. The other callers decide which hours were bad: rolling hours in which far more of
them were lost than usual, hardly by chance. FILE has Technion's call-centre data.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from multiprocessing import get_context
from typing import Final, NamedTuple

from scipy.stats import binom

from benchmarks.detection.bank_world import Bank, BankWorld
from benchmarks.detection.detectors import Alarm
from benchmarks.detection.families.plan import line
from benchmarks.detection.families.sound import HANGING_ICC, PERSISTENCE
from benchmarks.detection.office import LINE, YEAR, office, stretch, with_line
from benchmarks.detection.tocsin import tocsin
from benchmarks.detection.words import table
from config.settings import Alerts
from streams.calls.rules import OverloadBudget
from streams.events import CallEvent
from streams.kept.times import QUARTER_MS, SLOTS_AN_HOUR
from streams.simulation.attempt import Attempt, events_of
from streams.simulation.chance import chance
from streams.simulation.office import Office
from streams.simulation.simulate import Reality
from streams.simulation.world import World

BUDGETS: Final[tuple[OverloadBudget | None, ...]] = (None, "weekly", "daily")
CALLS_A_DAY: Final = 800.0  # of all callers
SHARE: Final = 0.1  # of the callers, whom the line hears
YEARS: Final = 3  # of each world
FEWEST: Final = 3  # calls that the line itself lost in a bad stretch that it could see
RATE: Final = 0.04
HEAD: Final = (
    *("line", "budget", "alerts a year", "lost of the others, meanwhile", "right", "right or nearly"),
    *("bad stretches found", "of those the line saw"),
)


class Hard(NamedTuple):
    """The least losses of a bad rolling hour, among callers whom the line does not hear."""

    times: float  # the usual rate, at least
    chance: float  # at that rate, at most


STRICT, MILD = Hard(3.0, 1e-3), Hard(2.0, 1e-2)


class Year(NamedTuple):
    """Counts of one line-year with one budget."""

    world: str
    budget: str
    alerts: int
    calls: int  # of the callers left out, in the hours of the alerts until they were raised
    lost: int  # of them
    strict: int  # alerts that meet an hour that was strictly bad
    mild: int
    stretches: int  # strictly bad ones
    found: int
    seen: int  # in which the line itself lost some calls
    seen_found: int


def worlds(file: str) -> dict[str, Bank | None]:
    """Return the worlds by name: the simulator (None), and the bank with all of its losses and with fewer."""
    bank = Bank(file=file, service="PS", calls_a_day=CALLS_A_DAY, block=5)
    rate = bank.profile().expected_lost_rate
    few = Bank(file=file, service="PS", calls_a_day=CALLS_A_DAY, block=5, rate=RATE)
    return {f"simulated, {RATE:.0%} lost": None, f"bank, {rate:.1%} lost": bank, f"bank, {RATE:.0%} lost": few}


def play(world: str, bank: Bank | None, seed: int) -> list[Year]:
    """Return the counts of a line-year with every budget."""
    days = stretch(date(YEAR, 1, 1), 365, bank=bank is not None)
    if bank is None:
        profile = line(CALLS_A_DAY, RATE, HANGING_ICC, PERSISTENCE)
        reality: Reality = World(Office(site="lozere", lines=(profile,)), days, seed)
    else:
        reality = BankWorld(bank, days, seed)
        profile = bank.profile()
    own, others = list[Attempt](), list[Attempt]()
    for day in days:
        for each in reality.day(day)[LINE]:
            heard = chance(seed, "heard", day.date, each.caller or each.call).random() < SHARE
            (own if heard else others).append(each)
    told = sorted(_told(own), key=lambda event: event.at)
    settings = with_line(office(bank=bank is not None), expected_lost_rate=profile.expected_lost_rate)
    found = []
    for budget in BUDGETS:
        alarms = tocsin(told, settings.model_copy(update={"alerts": Alerts(overloads=budget)})).alarms
        found.append(_counts(world, budget, [each for each in alarms if each.verdict == "overload"], own, others))
    return found


def _told(attempts: Iterable[Attempt]) -> Iterator[CallEvent]:
    for attempt in attempts:
        for _, event in events_of(attempt, "lozere", "switch", final=False):
            yield event


def _counts(
    world: str, budget: str | None, alerts: Sequence[Alarm], own: Sequence[Attempt], others: Sequence[Attempt]
) -> Year:
    strict, mild = bad_stretches(others, STRICT), bad_stretches(others, MILD)
    lost = [each.start for each in own if each.outcome == "lost"]
    seen = [(first, end) for first, end in strict if sum(first <= at < end for at in lost) >= FEWEST]

    def right(bad: Sequence[tuple[int, int]]) -> int:
        return sum(any(each.start < end and first <= each.detected for first, end in bad) for each in alerts)

    def reached(bad: Sequence[tuple[int, int]]) -> int:
        return sum(any(each.start < end and first < each.end for each in alerts) for first, end in bad)

    met = [each for each in others if any(alert.start <= each.start < alert.detected for alert in alerts)]
    return Year(
        world=world,
        budget=budget or "(absent)",
        alerts=len(alerts),
        calls=len(met),
        lost=sum(each.outcome == "lost" for each in met),
        strict=right(strict),
        mild=right(mild),
        stretches=len(strict),
        found=reached(strict),
        seen=len(seen),
        seen_found=reached(seen),
    )


def bad_stretches(attempts: Iterable[Attempt], hard: Hard) -> list[tuple[int, int]]:
    """Return the start and end (epoch ms) of each stretch of bad rolling hours.

    A rolling hour begins with a quarter. The usual rate is the lost rate of all attempts.
    """
    slots: defaultdict[int, list[int]] = defaultdict(lambda: [0, 0])
    for each in attempts:
        if each.outcome != "diverted":
            both = slots[each.start // QUARTER_MS]
            both[0] += each.outcome == "lost"
            both[1] += 1
    usual = sum(lost for lost, _ in slots.values()) / sum(ended for _, ended in slots.values())
    found: list[tuple[int, int]] = []
    for first in sorted({slot - back for slot in slots for back in range(SLOTS_AN_HOUR)}):
        hour = [slots[slot] for slot in range(first, first + SLOTS_AN_HOUR) if slot in slots]
        lost, ended = sum(both[0] for both in hour), sum(both[1] for both in hour)
        if lost <= hard.times * usual * ended or float(binom.sf(lost - 1, ended, usual)) >= hard.chance:
            continue
        start, end = first * QUARTER_MS, (first + SLOTS_AN_HOUR) * QUARTER_MS
        if found and start <= found[-1][1]:
            start = found.pop()[0]
        found.append((start, end))
    return found


def summed(years: Sequence[Year]) -> tuple[object, ...]:
    """Return a row of the table: the line-years of one world with one budget."""
    alerts, calls, lost, strict, mild, stretches, found, seen, seen_found = map(
        sum, zip(*(year[2:] for year in years), strict=True)
    )
    return (
        years[0].world,
        years[0].budget,
        f"{alerts / len(years):.0f}",
        f"{lost / calls:.0%}" if calls else "-",
        f"{strict} of {alerts}",
        f"{mild} of {alerts}",
        f"{found} of {stretches}",
        f"{seen_found} of {seen}",
    )


def main() -> None:
    asked = [(name, bank, seed) for name, bank in worlds(sys.argv[1]).items() for seed in range(YEARS)]
    with get_context("spawn").Pool(2) as pool:
        years = [year for some in pool.starmap(play, asked, chunksize=1) for year in some]
    kinds = dict.fromkeys((year.world, year.budget) for year in years)
    print(table(HEAD, (summed([year for year in years if year[:2] == kind]) for kind in kinds)))


if __name__ == "__main__":
    main()
