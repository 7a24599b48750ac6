"""Events within the buffer come in order of time."""

from __future__ import annotations

from collections import Counter
from math import inf

from hypothesis import given
from hypothesis import strategies as st

from agents.analysis.fold import Analysis
from agents.sources.chronology import in_time
from agents.sources.entry import Accepted, Refused
from agents.sources.legs import accepted
from config.settings import load
from streams.calls.counts import Counts
from streams.decoding import Invalid
from streams.events import CallEvent, CallType, milliseconds

HOUR = 3600.0
OUTCOMES: tuple[CallType, CallType] = ("lost", "answered")
MONDAY = 1_362_384_000.0  # 2013-03-04T09:00:00+01:00


def events(moments: list[float]) -> list[Accepted]:
    found = accepted(1, [CallEvent(line="accueil", call=str(at), type="lost", at=at) for at in moments])
    return [each for each in found if isinstance(each, Accepted)]


@given(st.lists(st.integers(0, 1000), max_size=40), st.integers(1, 50), st.one_of(st.just(inf), st.integers(0, 500)))
def test_events_come_in_order_as_far_as_they_are_held(moments: list[int], most: int, hold: float) -> None:
    aside: Counter[str] = Counter()
    told = [
        milliseconds(each.event.at) / 1000
        for each in in_time(events([float(at) for at in moments]), aside, hold, most)
        if isinstance(each, Accepted)
    ]
    assert sorted(told) == sorted(moments)
    if len(moments) <= most and hold == inf:
        assert told == sorted(moments)
        assert not aside
    assert aside["out-of-order"] == sum(at < max(told[:place], default=0) for place, at in enumerate(told))


def test_what_is_refused_does_not_wait() -> None:
    refused = Refused(2, b"", Invalid("malformed", "torn"))
    assert next(iter(in_time([*events([3.0]), refused], Counter()))) is refused


def test_where_rows_lie_near_each_other_no_event_is_held_longer_than_need_be() -> None:
    refused, aside = Refused(1, b"", Invalid("malformed", "torn")), Counter[str]()
    moments = iter(in_time([*events([50.0]), refused, *events([20.0, 200.0, 10.0, 300.0])], aside, 100))
    told = [None if isinstance(each, Refused) else each.event.at for each in moments]
    assert told == [None, 20.0, 50.0, 10.0, 200.0, 300.0]
    assert aside == {"out-of-order": 1}


def test_what_comes_beyond_the_bound_still_reaches_its_slot() -> None:
    def told(most: int) -> tuple[Counts, Counter[str], Counter[str]]:
        analysis, aside = Analysis(load(None, {})), Counter[str]()
        backwards = []
        for number in range(50):
            at, outcome = MONDAY - number * HOUR, OUTCOMES[number % 3 > 0]
            backwards.append(CallEvent(line="standard", call=str(number), type="offered", at=at))
            backwards.append(CallEvent(line="standard", call=str(number), type=outcome, at=at + 9))
        analysis.take(in_time(accepted(1, backwards), aside, most=most))
        return analysis.lines["standard"].figures.counts(), analysis.results, aside

    whole, bounded = told(100), told(10)
    assert whole[0] == bounded[0] == Counts(50, 33, 17, 0, 0)
    assert not whole[2]
    assert bounded[2]["out-of-order"] > 50
    assert whole[1] == {"ok": 100}
    assert bounded[1]["ok"] + bounded[1]["late"] == 100
