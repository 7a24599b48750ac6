"""The null hypothesis: how often another office has a similar spell, by the rates of the record itself."""

from __future__ import annotations

from math import exp
from random import Random

import pytest

from streams.across.chance import Chances
from streams.across.place import OfficeHours
from streams.across.spells import Spell, alike_pairs, spells_of
from streams.watch.counting import SILENCE
from tests.streams.across.telling import DAY, days, nation, overload, sites, told

HOURS = OfficeHours(nation())
ALL = 365 * 101  # office-days


def spells(count: int, seed: int = 1) -> list[Spell]:
    random, every = Random(seed), days(365)
    found = []
    for _ in range(count):
        site, day, start = (
            random.choice(sites(*range(101))),
            random.choice(every),
            random.choice([8, 9, 10, 13, 14, 15]),
        )
        found += spells_of(site, [told("a", day, start, start + 2)], HOURS, SILENCE)
    return found


@pytest.mark.slow
def test_the_share_is_what_is_seen_where_all_is_chance() -> None:
    known = spells(2000)
    chances, pairs = Chances(known, HOURS, ALL), alike_pairs(known)
    seen = sum(map(len, pairs.values())) / len(known) / 100
    assumed = sum(map(chances.share, known)) / len(known)
    assert 0.9 * seen <= assumed <= 1.1 * seen


def test_what_comes_at_one_hour_of_the_week_is_likelier_then() -> None:
    mondays = [day for day in days(365) if day.weekday() == 0]
    known = [
        spell
        for number, day in enumerate(mondays)
        for spell in spells_of(f"s{number:03}", [overload("a", day, 9, 11)], HOURS, "overload")
    ]
    (tuesday,) = spells_of("s060", [overload("a", DAY, 14, 16)], HOURS, "overload")
    chances = Chances([*known, tuesday], HOURS, ALL)
    assert chances.share(known[0]) > 5 * chances.share(tuesday)


def test_an_office_that_is_often_so_keeps_its_own_rate() -> None:
    often = [spell for day in days(350) for spell in spells_of("s001", [told("a", day, 9, 11)], HOURS, SILENCE)]
    (one,) = spells_of("s000", [told("a", DAY, 9, 11)], HOURS, SILENCE)
    chances = Chances([*often, one], HOURS, ALL)
    of_it, of_another = (exp(chances.log_chance(one, 1, [site], [])) for site in ("s001", "s002"))
    assert of_it > 0.25, "two of eight hours, on most days"
    assert of_another < of_it / 20
    assert chances.log_chance(one, 0, ["s001"], []) == 0.0
