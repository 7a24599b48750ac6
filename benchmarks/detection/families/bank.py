"""Real callers of a bank: clean line-years, and every fault put into them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Final

from benchmarks.detection.bank_world import Bank
from benchmarks.detection.families.faults import SIX, mechanisms, named
from benchmarks.detection.families.plan import DAYS_AFTER, RATE, SOUND_DAYS, SPREAD, Plan, seeded
from benchmarks.detection.office import YEAR, moment, stretch
from benchmarks.detection.scenario import Scenario

# By service of the bank: how many line-years at each volume. At its own rate, and thinned to another.
SOUND: Final[tuple[tuple[str, float | None, dict[int, int]], ...]] = (
    ("PS", None, {30: 2, 100: 2, 300: 1}),
    ("PS", RATE, {30: 2, 100: 2, 300: 1}),
    ("NE", None, {30: 2, 100: 2}),
    ("NW", None, {30: 1, 100: 1}),
)
TIMES: Final = {30: 1, 100: 2}
LASTING: Final = 28  # days: 20 that open


def bank_sound(plan: Plan) -> Iterator[Scenario]:
    """Yield clean line-years."""
    for service, rate, years in SOUND:
        for calls, seed in plan.at(years):
            bank = Bank(file=plan.file(), service=service, calls_a_day=calls, rate=rate)
            yield Scenario(
                family="bank-sound",
                what=f"{service}, {bank.profile().expected_lost_rate:.1%} lost",
                profile=bank.profile(),
                seed=seeded("bank", service, rate, seed),
                days=stretch(date(YEAR, 1, 1), 365, bank=True),
                bank=bank,
            )


def bank_faults(plan: Plan) -> Iterator[Scenario]:
    """Yield every fault, for twenty opening days."""
    for what in (*mechanisms(), SIX):
        for calls, seed in plan.at(TIMES):
            random = Random(f"bank {what} {calls} {seed}")
            first = date(YEAR, 1, 1) + timedelta(random.randrange(365))
            days = stretch(first, SOUND_DAYS + SPREAD + LASTING + DAYS_AFTER + 1, bank=True)
            begins = random.choice([at for at in range(SOUND_DAYS, SOUND_DAYS + SPREAD) if days[at].opened])
            start = moment(days[begins], random.choice((9, 11, 14, 18)))
            fault = named(what, start, days[begins + LASTING - 1].end)
            bank = Bank(file=plan.file(), service="PS", calls_a_day=calls, rate=RATE)
            yield Scenario(
                family="bank-faults",
                what=what,
                profile=bank.profile(),
                seed=seeded("bank", what, calls, seed),
                days=days,
                faults=(fault,),
                bank=bank,
            )
