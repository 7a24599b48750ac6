"""What two records say of one case or one day: whether they agree, why not, and the sum by both together."""

from __future__ import annotations

import pytest

from streams.reconcile.cases import (
    CaseLimits,
    CaseSighting,
    CaseSum,
    CaseWhy,
    DaySighting,
    by_case,
    by_day,
    clock,
    days_of,
    share_names,
)

WAITS = CaseLimits(length=60, moment=60_000, timed=True)
DELAYS = CaseLimits(length=0, moment=None, timed=False)


def ticket(wait: float | None = 600, outcome: str | None = "served", at: int = 0, day: int = 0) -> CaseSighting:
    return CaseSighting("A1", at, day, outcome, wait)


def day(begun: int | None = 10, met: int | None = 9, mean: float | None = 600, **more: bool) -> DaySighting:
    return DaySighting(0, begun, met, None, mean, begun or 0, **more)


@pytest.mark.parametrize(
    ("first", "second", "why"),
    [
        (ticket(), ticket(), None),
        (ticket(), ticket(630, at=50_000), None),
        (ticket(), ticket(None, outcome=None), None),
        (ticket(), None, "no-row"),
        (ticket(), ticket(outcome="open"), "no-row"),
        (ticket(), ticket(outcome="no_show"), "outcome"),
        (ticket(), ticket(10), "unit"),
        (ticket(), ticket(0), "zero"),
        (ticket(), ticket(900), "length"),
        (ticket(), ticket(at=3_600_000), "moment"),
    ],
)
def test_a_case_names_why_its_records_differ(
    first: CaseSighting, second: CaseSighting | None, why: CaseWhy | None
) -> None:
    pair = [{(0, "A1"): first}, {} if second is None else {(0, "A1"): second}]
    for one, other in (pair, pair[::-1]):
        account = by_case(one, other, WAITS, 0)
        assert [*account.reasons] == ([] if why is None else [why])
        assert account.best.begun == account.best.met == 1, "one visitor; one of the records says served"
        assert account.best.left == 0


def test_a_wait_on_which_the_records_differ_is_in_no_mean() -> None:
    first = {(0, "A1"): ticket(600), (0, "A2"): ticket(300), (0, "A3"): ticket(100)}
    second = {(0, "A1"): ticket(10), (0, "A2"): ticket(300)}
    account = by_case(first, second, WAITS, 0)
    assert (account.best.mean, account.apart) == (200, 1)


def test_a_clock_that_is_ahead_moves_no_case() -> None:
    first = {(0, f"A{number}"): ticket(at=number * 1000) for number in range(9)}
    second = {key: each._replace(at=each.at + 7_200_000) for key, each in first.items()}
    ahead = clock([(first, second)])
    assert ahead == 7_200_000
    assert not by_case(first, second, WAITS, ahead).reasons
    assert by_case(first, second, WAITS, 0).reasons == {"moment": 9}


def test_a_request_is_received_on_one_day_and_its_delay_is_exact() -> None:
    first = {(0, "1"): ticket(3, "answered"), (0, "2"): ticket(3, "answered"), (0, "3"): ticket(3, "answered")}
    second = {(0, "1"): ticket(3, "answered", at=9), (0, "2"): ticket(1, "answered", day=2), (0, "3"): ticket(0)}
    account = by_case(first, second, DELAYS, 0)
    assert [(each.name, each.why) for each in account.in_order()] == [("A1", "moment"), ("A1", "outcome")]
    assert account.standings == {"matched": 1, "contradicted": 2}


@pytest.mark.parametrize(
    ("first", "second", "why", "best"),
    [
        (day(), day(), None, (10, 9, 600)),
        (day(), None, "no-row", (10, 9, 600)),
        (day(), day(20, 18), "doubled", (10, 9, 600)),
        (day(), day(13), "count", (13, 9, 600)),
        (day(), day(mean=10), "unit", (10, 9, None)),
        (day(by_cases=True), day(mean=10), "unit", (10, 9, 600)),
        (day(), day(mean=0), "zero", (10, 9, None)),
        (day(), day(mean=900), "length", (10, 9, None)),
        (day(), day(None, None, None), None, (10, 9, 600)),
    ],
)
def test_a_day_names_why_its_sums_differ(
    first: DaySighting,
    second: DaySighting | None,
    why: CaseWhy | None,
    best: tuple[int, int, float | None],
) -> None:
    pair = [{1: first}, {} if second is None else {1: second}]
    for one, other in (pair, pair[::-1]):
        account = by_day(one, other, WAITS, str)
        assert [*account.reasons] == ([] if why is None else [why])
        assert (account.best.begun, account.best.met, account.best.mean) == best


def test_days_are_summed_with_the_people_behind_their_means() -> None:
    cases = [ticket(600), ticket(300, day=1), ticket(None, "no_show", day=1), ticket(None, None, day=2)]
    found = days_of(cases)
    assert found[1] == DaySighting(0, 2, 1, 1, 300, 1, by_cases=True)
    assert (found[2].met, found[2].left, found[2].mean) == (None, None, None)
    assert day(10, mean=600).plus(day(30, mean=200)) == DaySighting(0, 40, 18, None, 300, 40)
    assert day(10, mean=600).plus(day(30, mean=None)).mean == 600


def test_few_equal_numbers_are_no_shared_numbers() -> None:
    first = [{(0, str(number)): ticket() for number in range(100)}]
    assert share_names(first, [{(0, str(number)): ticket() for number in range(90, 190)}])
    assert not share_names(first, [{(0, str(number)): ticket() for number in range(97, 197)}])
    assert share_names([{(0, "1"): ticket()}], [{(0, "1"): ticket()}])
    assert not share_names(first, [{}])


def test_a_case_without_an_outcome_or_a_length_counts_as_begun_alone() -> None:
    first = {(0, "A1"): ticket(None, None), (0, "A2"): ticket(300, "no_show")}
    best = by_case(first, {(0, "A1"): ticket(None, None)}, WAITS, 0).best
    assert (best.begun, best.met, best.left, best.mean) == (2, 0, 1, 300)
    unknown = by_case({(0, "A1"): ticket(None, None)}, {}, WAITS, 0).best
    assert (unknown.begun, unknown.met, unknown.left, unknown.mean) == (1, None, None, None)


def test_a_day_of_which_neither_record_has_a_sum_or_a_mean_adds_nothing() -> None:
    bare = day(None, None, None)
    best = by_day({1: bare, 2: day()}, {1: bare}, WAITS, str).best
    assert (best.begun, best.met, best.mean) == (10, 9, 600)


def test_a_length_that_is_unknown_is_in_no_mean() -> None:
    found = CaseSum()
    found.measure(None, 3)
    assert found.mean is None
    found.measure(10, 3)
    found.measure(50)
    assert found.mean == 20
