"""A change of definition is a break: dated by its day, reported once, and never from unknown definitions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from msgspec.structs import replace

from streams.calls.definition import LineDefinition
from streams.indicators.annual import annual
from streams.indicators.breaks import breaks, unstamped
from streams.indicators.indicator import Indicator
from streams.indicators.period import Period
from streams.indicators.vintage import vintage
from streams.ledger.day import CallSlot, ChannelDay, LineDay, RequestSlot
from streams.requests.rules import ChannelDefinition
from tests.streams.indicators.telling import held, line_days, plan

YEAR = Period.of_year(2013)
LATER = date(2014, 2, 1)
A = LineDefinition(lost_reasons=("abandoned", "timeout"), short_call=5_000, within=20_000)
B = replace(A, lost_reasons=("timeout",))


def days(*definitions: Sequence[LineDefinition], first: date = date(2013, 3, 4)) -> list[LineDay]:
    slots = {1: CallSlot(offered=2, lost=1)}
    return [
        LineDay(id="lozere/circulation", day=(first + timedelta(n)).isoformat(), slots=slots, definitions=list(each))
        for n, each in enumerate(definitions)
    ]


def found(*definitions: Sequence[LineDefinition]) -> list[tuple[int, bool, bool]]:
    """Return each break's day, whether both definitions apply on it, and whether it is from A to B."""
    told = breaks(days(*definitions), YEAR)
    return [(each.day.day, each.mixed, (each.before, each.after) == (A, B)) for each in told]


def test_a_day_that_holds_both_is_marked_and_so_is_a_change_between_two_days() -> None:
    assert found([A], [A, B], [B]) == [(5, True, True)]
    assert found([A], [B], [B]) == [(5, False, True)]
    assert found([A], [B], [A]) == [(5, False, True), (6, False, False)]


def test_one_definition_is_no_break_and_an_unknown_one_is_none() -> None:
    assert found([A], [A]) == found([], [A], []) == found([A], [], [A]) == found() == []
    assert (unstamped(days([A], [])), unstamped(days([], [])), unstamped(days([A]))) == (1, 0, 0)


def test_late_events_name_their_day_once_and_not_the_days_after_it() -> None:
    assert found([A], [A, B], [A], [A, B], [A]) == [(5, True, True)]


def test_the_year_before_makes_a_break_at_the_beginning_of_this_one() -> None:
    told = breaks([*days([A], first=date(2012, 12, 31)), *days([B], first=date(2013, 1, 2))], YEAR)
    assert [each.day for each in told] == [date(2013, 1, 2)]
    assert breaks([*days([A], [B], first=date(2012, 12, 1)), *days([B])], YEAR) == []


def year(change: date | None) -> list[LineDay]:
    every = line_days(date(2013, 1, 1), date(2013, 12, 31), lambda _: CallSlot(offered=50, answered=49, lost=1))
    for each in every:
        each.definitions = [B if change and each.day >= change.isoformat() else A]
    return every


def rate(change: date | None, today: date = LATER) -> Indicator:
    return annual(held(year(change), []), plan(), YEAR, today).indicators[0]


def test_a_year_of_two_definitions_has_the_status_b_and_one_of_one_has_not() -> None:
    broken, sound = rate(date(2013, 6, 3)), rate(None)
    assert (broken.raw.status, broken.corrected.status, [each.day for each in broken.breaks]) == (
        *("B", "B"),
        [date(2013, 6, 3)],
    )
    assert (sound.raw.status, sound.breaks) == ("A", [])
    assert rate(date(2013, 6, 3), date(2013, 12, 1)).raw.status == "B", "the year is not over, and mixes two already"


def test_an_earlier_versions_vintage_stays_the_same_where_no_figure_changed() -> None:
    known = annual(held(year(None), []), plan(), YEAR, LATER)
    bare = year(None)
    for each in bare:
        each.definitions = []
    assert vintage([], known, 0).digest == vintage([], annual(held(bare, []), plan(), YEAR, LATER), 0).digest


def test_a_channel_whose_target_changed_is_broken_too() -> None:
    told = [
        ChannelDay(
            id="lozere/email",
            day=day,
            slots={1: RequestSlot(received=9, answered=9)},
            definitions=[ChannelDefinition(target_days=target, days="working")],
        )
        for day, target in ((f"2013-03-0{number}", 5 if number < 5 else 3) for number in range(1, 9))
    ]
    channels = [each for each in annual(held(told, []), plan(), YEAR, LATER).indicators if each.breaks]
    assert {(each.kind, each.raw.status) for each in channels} == {("within_target", "B"), ("mean_days", "B")}
