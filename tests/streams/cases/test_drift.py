"""Another share of no-shows than usual is reported, and is a miscount only if the counters show that visitors came."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from streams.cases.case import SeenCase
from streams.cases.drift import VISITORS_COME, DriftState, drifted, is_absent
from streams.cases.usual import UsualCases
from streams.cases.view import CaseRules, Sign, View
from streams.kept.times import DAY_MS, MINUTE_MS, utc_day

RULES = CaseRules("titres", "service", utc_day, None)
FIRST = 19_723  # a Monday; a local day is its number plus one
LEARNT = 20  # days
VISIT, FREE = 10 * MINUTE_MS, MINUTE_MS  # between two calls of a counter: after a visit, and after a no-show


def day(number: int, absent: int, *, wait: int = 30, gap: int = FREE, counters: bool = True) -> list[SeenCase]:
    """Return sixty visitors of a day, of whom some do not come; each waits from well before the call before."""
    met, cases = (FIRST + number) * DAY_MS + 480 * MINUTE_MS, []
    for place in range(60):
        comes = place * 7 % 60 >= absent
        case = SeenCase(
            -1, 0, begun=met - wait * (1 + place % 5) * MINUTE_MS // 3, met=met, day=utc_day(met), counter=int(counters)
        )
        if comes:
            case.served, case.ended = met, met + VISIT
        else:
            case.left = case.absent = True
        cases.append(case)
        met += VISIT if comes else gap
    return cases


def view(usual: UsualCases, cases: Sequence[SeenCase], *doubted: str) -> View:
    return View(RULES, usual, cases, whole=True, doubted=frozenset(doubted))


def usual(absent: int = 3) -> UsualCases:
    found = UsualCases()
    for number in range(LEARNT):
        cases = day(number, absent)
        found.learn_count(len(cases))
        found.waits.learn([(each.wait or 0) / 1000 for each in cases])
        drifted(view(found, cases), DriftState(), cases[0].day)
    return found


def signs(days: Sequence[list[SeenCase]], known: UsualCases | None = None) -> list[Sign]:
    """Return the signs of some days after the learnt ones."""
    state, known = DriftState(), known or usual()
    found = [drifted(view(known, each), state, each[0].day) for each in days]
    return [each for each in found if each is not None]


def later(absent: int, days: int = 14, **how: bool | int) -> list[list[SeenCase]]:
    return [day(LEARNT + number, absent, **how) for number in range(days)]  # type: ignore[arg-type]


@pytest.mark.parametrize("absent", [2, 3, 4, 5])
def test_the_usual_share_is_no_drift(absent: int) -> None:
    assert signs(later(absent)) == []


def test_a_rise_is_undecided_while_the_counters_are_free_at_once() -> None:
    (found, *_) = signs(later(12))
    assert (found.law, found.kind, found.sure) == (VISITORS_COME, "drift", False)
    assert (found.seen, found.of) == (12, 60)
    assert not any(each.sure for each in signs(later(12)))


def test_no_shows_that_keep_their_counter_are_a_miscount() -> None:
    assert signs(later(12, gap=VISIT))[0].sure
    assert not signs(later(12, gap=VISIT, counters=False))[0].sure


def test_a_fall_is_reported_after_some_days_and_is_never_sure() -> None:
    assert signs(later(0, 3)) == []
    (found, *_) = signs(later(0))
    assert (found.seen, found.sure) == (0, False)
    assert found.cases[0].begun == later(0)[0][0].begun, "since the first such day"


def test_long_waits_explain_more_no_shows() -> None:
    assert signs(later(12, wait=90)) == []


def test_nothing_is_said_before_the_share_is_known_or_if_most_do_not_come() -> None:
    assert signs(later(12), UsualCases()) == []
    assert signs(later(60), usual(40)) == []


def test_a_desk_that_records_no_no_shows_is_not_suspected_of_a_fall() -> None:
    assert signs(later(0, 80), usual(0)) == []


def test_a_suspected_day_is_not_learnt() -> None:
    known = usual()
    before = known.share(VISITORS_COME).cases
    assert signs(later(30, 1), known) == []
    assert known.share(VISITORS_COME).cases == before


@pytest.mark.parametrize(("absent", "going"), [(12, True), (4, False), (0, False)])
def test_a_rise_goes_on_while_the_share_is_high(absent: int, *, going: bool) -> None:
    known, state = usual(), DriftState()
    for each in later(12):
        drifted(view(known, each), state, each[0].day)
    after = day(LEARNT + 20, absent)
    assert (drifted(view(known, after, VISITORS_COME), state, after[0].day) is not None) is going


def test_who_is_called_and_has_no_end_is_absent_and_who_leaves_before_is_not() -> None:
    assert is_absent(SeenCase(-1, 0, begun=1, met=2)) is True
    assert is_absent(SeenCase(-1, 0, begun=1, left=True, absent=True)) is True
    assert is_absent(SeenCase(-1, 0, begun=1, met=2, ended=3)) is False
    assert is_absent(SeenCase(-1, 0, begun=1, met=2, left=True)) is None, "transferred, or cancelled"
    assert is_absent(SeenCase(-1, 0, begun=1)) is None
