"""Two records matched as their calls end."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.calls.call import ANSWERED, LOST, REASON_INDEX
from streams.kept.times import DAY_MS, utc_day
from streams.reconcile import account as account_module
from streams.reconcile import two_records as module
from streams.reconcile.account import Account, Accounts
from streams.reconcile.matching import Pairing
from streams.reconcile.sighting import Sight, Sighting
from streams.reconcile.two_records import TwoRecords
from tests.streams.reconcile.seen import MONDAY, elsewhere, office, seen

FULL = LOST | REASON_INDEX["full"]


def match(first: Sequence[Sighting], second: Sequence[Sighting]) -> tuple[TwoRecords, list[Pairing]]:
    matching = TwoRecords()
    found: list[Pairing] = []
    told = sorted(
        [*((each.last, 0, each) for each in first), *((each.last, 1, each) for each in second)],
        key=lambda told: told[:2],
    )
    for last, side, each in told:
        matching.add(side, each)
        found += matching.advance(last, last)
    return matching, found + list(matching.close())


def pairs(found: Sequence[Pairing]) -> set[tuple[str, str]]:
    return {(each.first.call[1:], each.second.call[1:]) for each in found if each.first and each.second}


def test_calls_with_one_id_are_joined_by_it() -> None:
    first = office(200)
    matching, found = match(first, first[50:])
    assert matching.way == "id"
    assert len(found) == 200
    assert {each.first.call for each in found if each.first and not each.second} == {each.call for each in first[:50]}


@pytest.mark.parametrize("callers", [True, False])
def test_a_month_without_ids_is_joined_by_time_through_a_drift(*, callers: bool) -> None:
    first = office(3_000, 30.0)
    second = [elsewhere(each, caller=callers) for each in first]
    matching, found = match(first, second)
    assert matching.way == "time"
    assert matching.offset.drift == pytest.approx(2_000, abs=20)
    assert all(one == other for one, other in pairs(found))
    assert sum(each.first is not None and each.second is not None and not each.ambiguous for each in found) >= 2_990


def test_a_clock_that_is_set_by_an_hour_is_found_again() -> None:
    first = office(2_000, 20.0)
    second = [elsewhere(each, 37_000 if each.start < MONDAY + 10 * DAY_MS else 3_637_000) for each in first]
    matching, found = match(first, second)
    assert matching.offset.steps == 1
    assert len([1 for one, other in pairs(found) if one == other]) >= 1_900


def test_an_hour_by_which_one_id_is_off_is_told_as_a_wrong_clock() -> None:
    first = office(300, 10.0)
    late = [
        each
        if each.start < MONDAY + 8 * DAY_MS
        else msgspec.structs.replace(each, start=each.start + 3_600_000, answered=-1, last=each.last + 3_600_000)
        for each in first
    ]
    account = accounted(match(first, late)[1])
    assert account.reasons == {"clock": sum(each.start >= MONDAY + 8 * DAY_MS for each in first)}


def test_ids_that_mean_other_calls_join_nothing() -> None:
    first = [msgspec.structs.replace(each, call=str(number)) for number, each in enumerate(office(300))]
    second = [msgspec.structs.replace(elsewhere(each), call=str(number)) for number, each in enumerate(reversed(first))]
    matching, _ = match(first, second)
    assert matching.way == "time"


def test_records_of_other_calls_are_not_joined() -> None:
    matching, found = match(
        office(100, callers=False), [elsewhere(each) for each in office(100, seed=2, callers=False)]
    )
    assert matching.way == "none"
    assert len(found) == 200


def test_one_id_that_both_have_by_chance_joins_nothing() -> None:
    first, second = office(60), [elsewhere(each) for each in office(60, seed=2)]
    second[0] = msgspec.structs.replace(second[0], call=first[0].call)
    assert match(first, second[:10])[0].way != "id"


def test_an_id_that_comes_back_loses_no_call() -> None:
    first = [*office(20), *(msgspec.structs.replace(each, start=each.start + DAY_MS) for each in office(20))]
    assert sum(each.first is not None for each in match(first, office(20, seed=2))[1]) == 40


def test_another_attempt_in_the_other_record_is_known() -> None:
    first = [*office(50), seen("a7#2", MONDAY + DAY_MS)]
    found = match(first, office(50))[1]
    assert [each.elsewhere for each in found if each.second is None] == [True]


@given(st.permutations([(side, each) for side in (0, 1) for each in office(6)]))
def test_the_order_in_which_calls_come_changes_no_pair(told: list[tuple[int, Sighting]]) -> None:
    matching = TwoRecords()
    for side, each in told:
        matching.add(side, each)
    assert {(each.first and each.first.call, each.second and each.second.call) for each in matching.close()} == {
        (each.call, each.call) for each in office(6)
    }


def test_calls_joined_before_it_is_known_that_ids_are_shared_count_once() -> None:
    """Two shared ids in four days are too few to decide; the days after decide."""
    first = office(800, 8.0, callers=False)
    early = [each for each in first if each.start < MONDAY + 4 * DAY_MS]
    others = [
        seen(f"x{number}", MONDAY + number * 7_919_000 % (4 * DAY_MS), each.outcome, lasts=7_000 + number * 3_000)
        for number, each in enumerate(early[2:])
    ]
    matching, found = match(first, [*early[:2], *others, *first[len(early) :]])
    assert matching.way == "id"
    assert pairs(found) >= {("0", "0"), ("1", "1")}


def test_what_waits_is_no_more_than_some_days_of_calls() -> None:
    first = office(6_000, 60.0)
    matching = TwoRecords()
    most = 0
    for each in first:
        matching.add(0, each)
        if each.outcome == ANSWERED:
            matching.add(1, each)
        list(matching.advance(each.last, each.last))
        most = max(most, *map(len, matching.waiting), *map(len, matching.callers))
    assert most < 600  # a hundred a day


def accounted(
    found: Sequence[Pairing], sights: tuple[Sight, Sight] = (Sight(phones=True, queues=True), Sight(phones=True))
) -> Account:
    accounts = Accounts(sights, utc_day)
    for each in found:
        accounts.add(each)
    return accounts.lines["accueil"]


def test_callers_turned_away_count_in_the_figure_by_both() -> None:
    inside, away = office(60), [seen(f"z{number}", MONDAY + number * 1_000_000, FULL, lasts=0) for number in range(30)]
    account = accounted(match(inside, [*inside, *away])[1])
    assert account.reasons == {"turned-away": 30}
    assert account.standings == {"matched": 60, "only_second": 30}
    assert account.best.offered == 90
    assert account.best.lost == sum(each.kind == LOST for each in inside) + 30


def test_twins_count_once_and_are_said_to_be_ambiguous() -> None:
    first = [*office(60), seen("ax", MONDAY + DAY_MS), seen("ay", MONDAY + DAY_MS)]
    account = accounted(match(first, [elsewhere(each, drift=0) for each in first])[1])
    assert account.ambiguous == 4
    assert account.standings == {"matched": 60, "only_first": 2, "only_second": 2}
    assert account.best.offered == 62


def test_too_many_calls_wait_no_longer_though_nobody_knows_how_to_join_them(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = office(400, 8.0), office(400, 8.0, seed=2, callers=False)

    def waiting() -> tuple[int, str]:
        matching = TwoRecords()
        for one, other in zip(first, second, strict=True):
            matching.add(0, one)
            matching.add(1, msgspec.structs.replace(other, call=f"b{other.call[1:]}"))
            list(matching.advance(one.last, one.last))
        return max(map(len, matching.waiting)), matching.way

    assert waiting() == (400, "undecided")
    monkeypatch.setattr(module, "MAX_HELD", 100)
    most, way = waiting()
    assert (most < 200, way) == (True, "undecided")


def test_differences_beyond_a_bound_are_counted_but_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account_module, "MAX_DIFFERENCES", 2)
    away = [seen(f"z{number}", MONDAY - number * 1_000_000, FULL, lasts=0) for number in range(5)]
    found = match(office(60), [*office(60), *away])[1]
    account = accounted(found[::-1])
    assert (account.reasons.total(), len(account.differences), account.left_out) == (5, 2, 3)
    assert [each.at for each in account.in_order()] == sorted(each.at for each in account.differences)


def test_records_that_part_after_some_days_are_joined_no_more_and_move_no_clock() -> None:
    first, others = office(800, 8.0), office(800, 8.0, seed=2)
    parts = MONDAY + 4 * DAY_MS
    together = [elsewhere(each, drift=0) for each in first if each.start < parts]
    apart = [elsewhere(each, drift=0) for each in others if each.start >= parts]
    matching, found = match(first, [*together, *apart])
    assert matching.way == "time"
    assert len(pairs(found)) == len(together)
    assert matching.offset.now()(MONDAY + 8 * DAY_MS) == pytest.approx(37_000, abs=1_000)
