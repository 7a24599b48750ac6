"""Waits that polls of a display bound are estimated within the bound; the others are counted, not guessed."""

from __future__ import annotations

from itertools import accumulate
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.decoding import Invalid
from streams.tickets.polls import LONGEST, MOST, Estimate, Poll, PolledQueue

MINUTE = 60_000
Truth = dict[int, tuple[int, int]]


def poll(minute: float, number: int | None, waiting: int, *, series: str = "C", day: int = 0) -> Poll:
    return Poll(round(minute * MINUTE), day, series, number, waiting)


def folded(*polls: Poll, queue: PolledQueue | None = None) -> list[tuple[str, int, float]]:
    queue = queue or PolledQueue()
    return [(told.type, told.number, told.at / MINUTE) for each in polls for told in queue.take(each)]


@st.composite
def days(draw: st.DrawFn) -> Truth:
    """Draw a queue: when each number was issued and called (ms), both one after the other, from the first poll on."""
    first = draw(st.integers(1, 500))
    steps = draw(st.lists(st.tuples(st.integers(1, 400_000), st.integers(0, 900_000)), max_size=40))
    issued = accumulate(step for step, _ in steps)
    told: Truth = {}
    free = 0
    for number, (at, (_, wait)) in enumerate(zip(issued, steps, strict=True), first):
        free = max(free, at + wait)
        told[number] = (at, free)
    return told


def shown(truth: Truth, at: int) -> Poll:
    """Return the display at a moment."""
    issued = sum(each <= at for each, _ in truth.values())
    called = sum(each <= at for _, each in truth.values())
    return Poll(at, 0, "C", min(truth, default=1) - 1 + called, issued - called)


def estimated(queue: PolledQueue, truth: Truth, moments: list[int]) -> dict[str, dict[int, Estimate]]:
    found: dict[str, dict[int, Estimate]] = {"issued": {}, "called": {}}
    before = 0
    for at in moments:
        for told in queue.take(shown(truth, at)):
            assert told.at == at >= before
            assert told.number not in found[told.type]
            found[told.type][told.number] = told
        before = at
        assert queue.open == [number for number, (issued, called) in truth.items() if issued <= at < called]
        assert len(queue.open) <= shown(truth, at).waiting
    return found


@given(days())
def test_polled_every_minute_every_wait_is_within_a_minute_of_the_truth(truth: Truth) -> None:
    queue = PolledQueue()
    end = max((called for _, called in truth.values()), default=0)
    found = estimated(queue, truth, list(range(0, end + 2 * MINUTE, MINUTE)))
    assert found["issued"].keys() == found["called"].keys() == truth.keys()  # each was seen by the polls' bounds
    for number, (issued, called) in truth.items():
        late_issue = found["issued"][number].at - issued
        late_call = found["called"][number].at - called
        assert 0 <= late_issue < MINUTE
        assert 0 <= late_call < MINUTE
        assert abs(late_call - late_issue) < MINUTE
    assert queue.interval() == 60
    assert queue.unseen == 0


@given(days(), st.lists(st.integers(1, LONGEST), min_size=1, max_size=60))
def test_polled_now_and_then_every_moment_is_within_its_own_interval(truth: Truth, steps: list[int]) -> None:
    moments = [0, *accumulate(steps)]
    queue = PolledQueue()
    found = estimated(queue, truth, moments)
    before = dict(zip(moments[1:], moments, strict=False))
    for place, kind in enumerate(("issued", "called")):
        true = {number: times[place] for number, times in truth.items() if times[place] <= moments[-1]}
        assert found[kind].keys() == true.keys()
        for number, at in true.items():
            told = found[kind][number].at
            assert before[told] < at <= told
    for number in found["called"]:
        bounds = [found[kind][number].at - before[found[kind][number].at] for kind in ("issued", "called")]
        wait = found["called"][number].at - found["issued"][number].at
        issued, called = truth[number]
        assert abs(wait - (called - issued)) < max(bounds)
    assert queue.interval() == median((step + 500) // 1000 for step in steps)


def test_who_waits_at_the_first_poll_of_a_day_is_not_estimated() -> None:
    queue = PolledQueue()
    assert folded(poll(0, 7, 2), poll(1, 9, 1), poll(2, 10, 0), queue=queue) == [("issued", 10, 1), ("called", 10, 2)]
    assert queue.unseen == 2


def test_a_ticket_that_comes_and_is_called_between_two_polls_waits_no_time() -> None:
    assert folded(poll(0, 7, 0), poll(1, 8, 0)) == [("issued", 8, 1), ("called", 8, 1)]


def test_numbers_that_the_display_jumps_over_have_been_called() -> None:
    told = folded(poll(0, 7, 0), poll(1, 7, 3), poll(2, 10, 0))
    assert told[3:] == [("called", 8, 2), ("called", 9, 2), ("called", 10, 2)]


def test_the_next_day_begins_anew_and_its_numbers_come_again() -> None:
    queue = PolledQueue()
    folded(poll(0, 7, 0), poll(1, 7, 1), queue=queue)
    assert folded(poll(1440, 1, 0, day=1), poll(1441, 2, 0, day=1), queue=queue) == [
        ("issued", 2, 1441),
        ("called", 2, 1441),
    ]
    assert queue.unseen == 1  # number 8: no poll of the first day saw its call
    assert queue.interval() == 60  # the night is no interval


def test_a_new_day_may_have_another_series() -> None:
    assert folded(poll(0, 7, 0), poll(1440, 3, 0, series="D", day=1), poll(1441, 3, 1, series="D", day=1)) == [
        ("issued", 4, 1441)
    ]


@pytest.mark.parametrize(
    ("polled", "reason", "says"),
    [
        (poll(2, 8, 0), "display-back", "number 8 after 9; expected none lower"),
        (poll(2, 10, 0, series="D"), "other-series", "series 'D' after 'C'; expected one"),
        (poll(0.5, 10, 0), "out-of-order", "30 s earlier than the previous poll; expected a later one"),
        (poll(2, 10, MOST + 1), "implausible", "1001 people waiting; expected at most 1000"),
        (poll(2, 10 + MOST + 1, 0), "implausible", "1001 new tickets at once; expected at most 1000"),
    ],
)
def test_what_cannot_follow_is_refused_and_changes_nothing(polled: Poll, reason: str, says: str) -> None:
    queue, other = PolledQueue(), PolledQueue()
    for each in (queue, other):
        folded(poll(0, 9, 0), poll(1, 9, 1), queue=each)
    with pytest.raises(Invalid) as refusal:
        queue.take(polled)
    assert refusal.value.reason == reason
    assert says in refusal.value.detail
    assert queue == other
    assert folded(poll(3, 10, 0), queue=queue) == [("called", 10, 3)]


def test_in_a_long_interval_nothing_is_estimated_but_counted() -> None:
    queue = PolledQueue()
    folded(poll(0, 7, 0), poll(1, 7, 2), queue=queue)
    assert folded(poll(17, 8, 3), queue=queue) == []  # 8 was called and 10 and 11 came, at unknown moments
    assert folded(poll(18, 11, 0), queue=queue) == [("called", 9, 18)]
    assert (queue.gaps, queue.unseen) == (1, 3)


def test_a_blank_display_says_nothing_and_makes_the_interval_longer() -> None:
    queue = PolledQueue()
    assert folded(poll(0, None, 4), poll(1, 7, 0), poll(2, None, 1), poll(3, 7, 1), queue=queue) == [("issued", 8, 3)]
    assert (queue.polls, queue.blank, queue.interval()) == (4, 2, 120)


def test_who_leaves_uncalled_is_told_and_makes_no_ticket_less() -> None:
    queue = PolledQueue()
    told = folded(poll(0, 7, 0), poll(1, 7, 2), poll(2, 7, 1), poll(3, 9, 0), queue=queue)
    assert told == [("issued", 8, 1), ("issued", 9, 1), ("called", 8, 3), ("called", 9, 3)]
    assert queue.fell == 1


def test_the_counter_is_the_called_tickets_alone() -> None:
    queue = PolledQueue()
    queue.take(Poll(0, 0, "C", 7, 0, counters=2))
    told = queue.take(Poll(MINUTE, 0, "C", 9, 0, counters=3, counter="4"))
    assert [(each.type, each.number, each.counter) for each in told if each.counter] == [("called", 9, "4")]
    assert queue.open_counters() == 2.5


def test_an_even_number_of_intervals_has_its_median_between_two() -> None:
    queue = PolledQueue()
    folded(*(poll(minute, 7, 0) for minute in (0, 1, 2, 5, 9)), queue=queue)
    assert queue.interval() == median((60, 60, 180, 240))


def test_without_two_polls_there_is_no_interval() -> None:
    queue = PolledQueue()
    assert (queue.interval(), queue.open_counters()) == (None, None)
    folded(poll(0, 7, 0), queue=queue)
    assert queue.interval() is None
