"""Incidents of several offices at once are one fault if they share the cause; chance and holidays make none."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from streams.across.place import OfficePlace
from streams.across.shared import SharedFault, shared_faults
from streams.across.thresholds import ACROSS
from streams.kept.times import QUARTER_MS
from streams.watch.incident import Incident
from tests.streams.across.telling import DAY, days, found, mornings, nation, office, overload, sites, told

EVERYONE = sites(*range(101))


def silent(*numbers: int, start: float = 9, end: float = 11, day: date = DAY, **more: Any) -> dict[str, list[Incident]]:
    """Return silences of both lines of some offices."""
    return {
        site: [told("standard", day, start, end, **more), told("cartes", day, start - 0.25, end + 0.5, **more)]
        for site in sites(*numbers)
    }


def called(*quiet: int) -> list[str]:
    return [each for each in EVERYONE if each not in sites(*quiet)]


def scopes(faults: list[SharedFault]) -> list[tuple[str, str, list[str]]]:
    return [(each.scope, each.name, list(each.parts)) for each in faults]


def test_offices_of_one_exchange_that_fall_silent_together_are_one_incident_of_it() -> None:
    (fault,) = found(silent(3, 4, 5), called=called(3, 4, 5))
    assert (fault.scope, fault.name, fault.sort) == ("exchange", "x1", "silence")
    assert (fault.verdict, fault.kind, fault.status) == ("miscount", "missing", "closed")
    assert {site: len(each) for site, each in fault.parts.items()} == dict.fromkeys(sites(3, 4, 5), 2)
    assert (fault.open, fault.against, fault.closing) == (sites(3, 4, 5), [], False)
    assert fault.false_a_year < 0.01


def test_a_provider_is_blamed_where_the_offices_of_many_of_its_exchanges_are_silent() -> None:
    quiet = [each for each in range(30) if each != 7]
    (fault,) = found(silent(*quiet), called=called(*quiet))
    assert (fault.scope, fault.name, len(fault.parts)) == ("provider", "p0", 29)
    assert fault.against == sites(7), "whoever is called speaks against it"


@pytest.mark.parametrize("kind", ["overload", "answered-as-lost"])
def test_a_day_on_which_all_lose_is_one_incident_of_the_nation(kind: str) -> None:
    verdict = "overload" if kind == "overload" else "miscount"
    lose = {
        site: [overload("standard", DAY, 8.5 + number % 4 / 4, 11 + number % 7 / 2, kind=kind, verdict=verdict)]
        for number, site in enumerate(EVERYONE)
        if number % 5
    }
    (fault,) = found(lose)
    assert (fault.scope, fault.name, fault.sort, fault.verdict, fault.kind) == ("nation", "", kind, verdict, kind)
    assert list(fault.parts) == list(lose)
    assert set(fault.against) == set(EVERYONE) - set(lose)


def test_a_region_that_loses_is_the_region_s() -> None:
    lose = {site: [overload("standard", DAY, 9, 12)] for site in sites(*range(40, 49))}
    assert scopes(found(lose)) == [("region", "r4", list(lose))]


def test_what_nobody_could_decide_may_be_an_overload_as_it_is_elsewhere() -> None:
    lose = {site: [overload("standard", DAY, 9, 12)] for site in sites(*range(40, 47))}
    lose |= {site: [overload("standard", DAY, 9, 12, verdict="undecided", kind="drift")] for site in sites(47, 48)}
    (fault,) = found(lose)
    assert (fault.scope, fault.verdict, len(fault.parts)) == ("region", "overload", 9)


def test_offices_that_share_nothing_are_not_one() -> None:
    assert found(silent(3, 33, 66), called=called(3, 33, 66)) == []


def test_two_faults_at_once_stay_two_and_a_third_by_chance_is_of_neither() -> None:
    quiet = (3, 4, 5, 9, 10, 11, 20)
    faults = found(silent(*quiet), called=called(*quiet))
    assert scopes(faults) == [("exchange", "x1", sites(3, 4, 5)), ("exchange", "x3", sites(9, 10, 11))]


def test_a_fault_of_one_office_long_before_another_of_its_exchange_is_none() -> None:
    apart = silent(3, 4, end=11) | silent(5, start=14, end=16)
    assert [list(each.parts) for each in found(apart, called=called(3, 4, 5))] in ([], [sites(3, 4)])
    whole_year = [each for day in days(360)[::10] for each in silent(0, day=day)[sites(0)[0]]]
    assert found({**silent(1), sites(0)[0]: whole_year}, called=called(0, 1)) == []


def test_an_office_of_which_another_line_is_called_is_not_silent() -> None:
    alone = {site: [told("standard", DAY, 9, 11)] for site in sites(3, 4, 5)}
    assert len(found(alone, called=called(3, 4, 5))) == 1
    assert found(alone, called=EVERYONE) == []
    assert found(alone, called=called(3)) == []


def test_most_of_the_offices_of_a_scope_must_be_parts() -> None:
    offices = [office(number, exchange="big" if number < 12 else None, provider=None) for number in range(101)]
    assert found(silent(0, 1, 2, 3), offices, called(0, 1, 2, 3)) == []
    assert scopes(found(silent(0, 1, 2, 3, 4, 5, 6), offices, called(*range(7)))) == [
        ("exchange", "big", sites(*range(7)))
    ]


def test_a_day_that_all_are_closed_is_a_holiday_and_no_fault() -> None:
    whole = silent(*range(60), start=8, end=17, verdict="undecided")
    assert found(whole, called=called(*range(60))) == []
    local = silent(*range(10), start=8, end=17, verdict="undecided")
    assert found(local, called=called(*range(10))) == [], "a holiday of a region"


def test_an_exchange_that_is_down_all_day_is_told_where_the_other_offices_of_the_region_are_open() -> None:
    quiet = (3, 4, 5)
    (fault,) = found(silent(*quiet, start=8, end=17, verdict="undecided"), called=called(*quiet))
    assert (fault.scope, fault.closing, fault.verdict) == ("exchange", True, "undecided")


def test_an_office_that_is_closed_at_that_hour_speaks_neither_for_it_nor_against() -> None:
    offices = [office(3), office(4), office(5, opened=mornings), *(office(number) for number in range(6, 101))]
    afternoon = silent(3, 4, start=14, end=16)
    (fault,) = found(afternoon, offices, called(3, 4))
    assert (fault.open, fault.against) == (sites(3, 4), [])


def test_an_office_that_is_retired_is_not_asked() -> None:
    retired = office(5, last=DAY - timedelta(30))
    (fault,) = found(
        silent(3, 4), [office(3), office(4), retired, *(office(each) for each in range(6, 101))], called(3, 4)
    )
    assert fault.open == sites(3, 4)


def test_its_id_stays_while_it_grows_from_an_exchange_to_the_provider() -> None:
    begun = silent(3, 4, 5, detected=1)
    (small,) = found(begun, called=called(3, 4, 5))
    grown = begun | silent(*(each for each in range(30) if each not in {3, 4, 5}), start=8.75, detected=2)
    (large,) = found(grown, called=called(*range(30)))
    assert (small.scope, large.scope) == ("exchange", "provider")
    assert small.id == large.id == "across-s003-cartes-20130604T084500Z-silence"


def test_what_a_person_dismissed_counts_for_nothing_and_a_decision_stays_the_site_s() -> None:
    dismissed = silent(3, 4) | silent(5, status="dismissed")
    assert [list(each.parts) for each in found(dismissed, called=called(3, 4, 5))] in ([], [sites(3, 4)])
    (fault,) = found(silent(3, 4) | silent(5, status="confirmed"), called=called(3, 4, 5))
    assert fault.status == "closed"
    assert {each.status for each in fault.parts["s005"]} == {"confirmed"}


def by_chance(seed: int, rate: float) -> dict[str, list[Incident]]:
    """Return a year of independent faults, at a rate an office and a year."""
    random, every = Random(seed), days(365)
    known: dict[str, list[Incident]] = {}
    for site in EVERYONE:
        for _ in range(sum(random.random() < rate / 50 for _ in range(50))):
            day, start = random.choice(every), random.choice([8.5, 9, 10, 10.5, 13.5, 14])
            end = min(start + random.choice([0.75, 1, 1.5, 2, 3]), 12 if start < 12 else 17)
            if random.random() < 0.5:
                known.setdefault(site, []).append(told("standard", day, start, end))
            else:
                known.setdefault(site, []).append(overload("standard", day, start, end))
    return known


@pytest.mark.parametrize("rate", [0.5, 4.0])
def test_independent_faults_are_hardly_ever_told_as_one(rate: float) -> None:
    """The bound is one in five years: at most two in ten years."""
    assert sum(len(found(by_chance(seed, rate))) for seed in range(10)) <= 10 * ACROSS.false_a_year


def test_three_exchanges_fail_in_a_year_and_each_is_told_once() -> None:
    known = by_chance(7, 2.0)
    faults = {1: date(2013, 3, 12), 11: date(2013, 6, 20), 30: date(2013, 10, 3)}
    for exchange, day in faults.items():
        for site, each in silent(*range(3 * exchange, 3 * exchange + 3), day=day).items():
            known.setdefault(site, []).extend(each)
    assert [(each.name, each.first[1].start // QUARTER_MS // 96) for each in found(known)] == [
        (f"x{exchange}", (day - date(1970, 1, 1)).days) for exchange, day in faults.items()
    ]


def test_nobody_is_heard_where_no_two_offices_were_silent() -> None:
    def never(_site: str, _first: int, _end: int) -> Any:
        raise AssertionError

    offices: list[OfficePlace] = nation()
    assert shared_faults(silent(3), offices, never) == []
    assert shared_faults({}, offices, never) == []
    assert shared_faults(silent(3) | {"s033": [overload("standard", DAY, 9, 11)]}, offices, never) == []
