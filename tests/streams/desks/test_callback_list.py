"""The callback list against a plain recount of the calls behind its events, in any order."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.calls.callers import FOLLOWED_BY
from streams.calls.rules import LineRules
from streams.desks import callback_list
from streams.desks.callback_list import CallbackList, CallDays
from streams.events import CallEvent
from streams.kept.times import utc_day
from streams.watch.incident import Incident
from tests.streams.telling import event

LINES = {name: LineRules(site="lozere", line=name) for name in ("circulation", "standard")}
ANNE, BRUNO, CLAIRE = (f"hmac:{digit * 32}00000a7" for digit in "abc")
MIDNIGHT = 20_000 * 86_400  # epoch seconds
DAY = utc_day(1000 * MIDNIGHT)


class Told(NamedTuple):
    """A call as it happened; moments in seconds of the day."""

    caller: str | None
    line: str
    entered: int
    kind: str
    wait: int
    talk: int

    @property
    def outcome(self) -> int:
        return self.entered + self.wait

    def events(self, name: str) -> list[CallEvent]:
        entered, outcome = MIDNIGHT + self.entered, MIDNIGHT + self.outcome
        found = [event("offered", entered, name, self.line, caller=self.caller)]
        if self.kind == "answered":
            found.append(event("answered", outcome, name, self.line, wait=self.wait))
            found.append(event("ended", outcome + self.talk, name, self.line, talk=self.talk))
        elif self.kind != "open":
            found.append(event(self.kind, outcome, name, self.line, reason="timeout"))
        return found


def folded(calls: list[Told], ticks: dict[str, int] | None = None) -> CallbackList:
    return list_of([each for name, call in enumerate(calls) for each in call.events(str(name))], ticks)


def list_of(events: list[CallEvent], ticks: dict[str, int] | None = None, day: int = DAY) -> CallbackList:
    days = CallDays(LINES)
    for each in events:
        days.take(each)
    return days.callbacks(day, ticks or {})


def recounted(calls: list[Told], ticks: dict[str, int]) -> list[tuple[str, int, int, int]]:
    """Return caller, first and latest loss (ms) and tries, from the calls as they happened."""
    found = []
    for caller in {call.caller for call in calls if call.caller}:
        own = [call for call in calls if call.caller == caller]
        spoke = max((each.outcome + each.talk for each in own if each.kind == "answered"), default=-1)
        lost = [1000 * (MIDNIGHT + each.outcome) for each in own if each.kind == "lost" and each.outcome > spoke]
        left = sorted(each for each in lost if each > ticks.get(caller[FOLLOWED_BY], -1))
        if left:
            found.append((caller, left[0], left[-1], len(left)))
    return sorted(found, key=lambda each: (each[1], each[0]))


told = st.builds(
    Told,
    st.sampled_from([None, ANNE, BRUNO, CLAIRE]),
    st.sampled_from(sorted(LINES)),
    st.integers(0, 3_000),
    st.sampled_from(["answered", "lost", "lost", "diverted", "open"]),
    st.integers(0, 200),
    st.integers(0, 600),
)


@given(st.data(), st.lists(told, max_size=12))
def test_the_list_is_that_of_a_plain_recount_whatever_the_order_of_events_and_repetitions(
    data: st.DataObject, calls: list[Told]
) -> None:
    events = [each for name, call in enumerate(calls) for each in call.events(str(name))]
    repeated = [*events, *(data.draw(st.lists(st.sampled_from(events), max_size=5)) if events else [])]
    ticked = data.draw(st.dictionaries(st.sampled_from([ANNE, BRUNO]), st.integers(0, 3_600)))
    ticks = {caller[FOLLOWED_BY]: 1000 * (MIDNIGHT + at) for caller, at in ticked.items()}
    found = list_of(data.draw(st.permutations(repeated)), ticks)
    assert [(each.caller, each.since, each.last, each.tries) for each in found.callers] == recounted(calls, ticks)
    assert {each.caller for each in found.callers + found.called} == {each[0] for each in recounted(calls, {})}
    assert not {each.caller for each in found.callers} & {each.caller for each in found.called}
    assert sum(found.of_line(each).callers for each in LINES) == len(found.callers)
    assert not found.doubted
    assert found.unknown == sum(call.kind == "lost" and call.caller is None for call in calls)


def test_whom_another_line_answers_is_reached() -> None:
    lost = Told(ANNE, "circulation", 0, "lost", 40, 0)
    assert [each.caller for each in folded([lost]).callers] == [ANNE]
    assert folded([lost, Told(ANNE, "standard", 60, "answered", 5, 30)]).callers == []
    assert folded([lost, Told(ANNE, "standard", 60, "diverted", 5, 0)]).callers, "nobody spoke with her"


def test_whom_two_lines_rang_at_once_is_reached_by_the_one_that_answered() -> None:
    """The unanswered line's record may arrive after everything else."""
    rang = Told(ANNE, "circulation", 0, "lost", 300, 0)
    assert folded([rang, Told(ANNE, "standard", 0, "answered", 10, 290)]).callers == []


def test_who_is_lost_again_after_being_reached_or_called_back_is_on_the_list_anew() -> None:
    calls = [Told(ANNE, "circulation", 0, "lost", 40, 0), Told(ANNE, "circulation", 600, "lost", 20, 0)]
    (again,) = folded(calls, {ANNE[FOLLOWED_BY]: 1000 * (MIDNIGHT + 40)}).callers
    assert (again.since, again.tries, again.wait) == (1000 * (MIDNIGHT + 620), 1, 20_000)
    assert folded(calls, {ANNE[FOLLOWED_BY]: again.last}).called[0].tries == 2
    (again,) = folded([*calls, Told(ANNE, "standard", 300, "answered", 5, 10)]).callers
    assert again.tries == 1


def test_the_one_who_waits_longest_is_first_and_is_told_by_the_latest_call() -> None:
    calls = [
        Told(BRUNO, "circulation", 100, "lost", 40, 0),
        Told(ANNE, "circulation", 200, "lost", 40, 0),
        Told(BRUNO, "standard", 900, "lost", 7, 0),
    ]
    bruno, anne = folded(calls).callers
    assert (bruno.caller, bruno.line, bruno.wait, bruno.tries) == (BRUNO, "standard", 7_000, 2)
    assert anne.caller == ANNE
    assert [folded(calls).of_line(each) for each in LINES] == [(1, 0), (1, 0)]


def test_a_call_diverted_for_a_reason_that_the_rate_leaves_out_calls_nobody_back() -> None:
    at = MIDNIGHT + 60
    assert list_of([event("lost", at, reason="closed", caller=ANNE)]).callers == []
    assert list_of([event("lost", at, reason="abandoned", caller=ANNE)]).callers


def test_each_day_has_its_own_list_and_days_that_are_over_are_forgotten() -> None:
    days = CallDays(LINES)
    days.take(event("lost", MIDNIGHT - 10, "1", caller=ANNE))
    days.take(event("lost", MIDNIGHT + 10, "2", caller=BRUNO))
    assert [each.caller for each in days.callbacks(DAY, {}).callers] == [BRUNO]
    assert [each.caller for each in days.callbacks(DAY - 1, {}).callers] == [ANNE]
    days.forget(DAY)
    days.take(event("lost", MIDNIGHT - 5, "3", caller=CLAIRE))
    assert (days.last, days.callbacks(DAY - 1, {}).callers) == (DAY, [])


def weekend(*events: CallEvent, ticks: dict[str, int] | None = None) -> CallbackList:
    """Return the list of a day before which the office closed two days ago at 17:00; it opens from 9:00 to 17:00."""

    def office_open(at: int) -> bool:
        day, second = divmod(at // 1000 - MIDNIGHT, 86_400)
        return day in {-2, 0} and 9 <= second / 3600 < 17

    days = CallDays({name: LineRules(site="lozere", line=name, open=office_open) for name in LINES})
    for each in events:
        days.take(each)
    return days.callbacks(DAY, ticks or {}, since=1000 * (MIDNIGHT - 2 * 86_400 + 17 * 3600))


HOUR = 3600
FRIDAY_EVENING, SATURDAY, TODAY = MIDNIGHT - 30 * HOUR, MIDNIGHT - 12 * HOUR, MIDNIGHT + 10 * HOUR


def test_callers_of_closed_hours_since_the_last_closing_are_a_group_of_their_own() -> None:
    calls = [
        event("lost", FRIDAY_EVENING - HOUR, "0", caller=CLAIRE, reason="closed"),  # before the office closed
        event("lost", FRIDAY_EVENING, "1", caller=ANNE, reason="closed"),
        event("diverted", SATURDAY, "2", caller=ANNE, reason="voicemail"),
        event("lost", SATURDAY, "3", caller=BRUNO, reason="abandoned"),
        event("lost", SATURDAY, "4", reason="closed"),
        event("lost", TODAY, "5", caller=CLAIRE, reason="abandoned"),
        event("diverted", TODAY, "6", caller=f"hmac:{'d' * 32}00000a7", reason="voicemail"),  # while it is open
    ]
    found = weekend(*calls)
    assert [each.caller for each in found.callers] == [CLAIRE]
    assert found.closed is not None
    assert [(each.caller, each.since, each.tries) for each in found.closed.callers] == [
        (ANNE, 1000 * FRIDAY_EVENING, 2),
        (BRUNO, 1000 * SATURDAY, 1),
    ]
    assert (found.closed.unknown, found.unknown) == (1, 0)
    assert [each.caller for each in found.listed] == [CLAIRE, ANNE, BRUNO]
    assert found.of_line("standard") == found.of_line("elsewhere"), "no count of lost callers changes"


def test_a_caller_of_closed_hours_leaves_when_reached_lost_today_or_called_back() -> None:
    missed = event("lost", SATURDAY, "1", caller=ANNE, reason="closed")
    reached = weekend(missed, event("answered", TODAY, "2", "standard", caller=ANNE, wait=1))
    lost = weekend(missed, event("lost", TODAY, "2", "standard", caller=ANNE))
    for found in (reached, lost):
        assert found.closed is not None
        assert (found.closed.callers, found.closed.called) == ([], [])
    assert [each.caller for each in lost.callers] == [ANNE]
    ticked = weekend(missed, ticks={ANNE[FOLLOWED_BY]: 1000 * SATURDAY})
    assert ticked.closed is not None
    assert [each.caller for each in ticked.closed.called] == [ANNE]
    assert ticked.ticked == ticked.closed.called


def test_what_is_told_of_other_lines_other_sites_and_lines_of_totals_is_left_aside() -> None:
    days = CallDays(LINES | {"mairie": LineRules(site="lozere", line="mairie", lifecycle="totals")})
    for line, more in (("inconnue", {}), ("mairie", {}), ("circulation", {"site": "ailleurs"})):
        days.take(event("lost", MIDNIGHT, line=line, caller=ANNE, **more))
    assert days.last == 0


def test_pseudonyms_of_two_keys_are_told() -> None:
    calls = [Told(ANNE, "circulation", 0, "lost", 40, 0), Told(f"{BRUNO[:-1]}8", "circulation", 9, "answered", 5, 9)]
    assert folded(calls).crossed
    assert not folded(calls[:1]).crossed


def test_a_flood_is_cut_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(callback_list, "MAX_DAY_CALLS", 2)
    calls = [Told(caller, "circulation", 0, "lost", 40, 0) for caller in (ANNE, BRUNO, CLAIRE)]
    assert not folded(calls[:2]).full
    assert folded(calls).full
    assert len(folded(calls).callers) == 2


def test_whose_calls_a_law_names_stand_apart_unless_another_call_is_believed_lost() -> None:
    calls = [
        Told(ANNE, "standard", 0, "lost", 5, 0),
        Told(BRUNO, "standard", 100, "lost", 5, 0),
        Told(ANNE, "standard", 200, "lost", 5, 0),
        Told(None, "standard", 300, "lost", 5, 0),
        Told(CLAIRE, "circulation", 400, "lost", 5, 0),
    ]
    days = CallDays(LINES)
    for name, call in enumerate(calls):
        for each in call.events(str(name)):
            days.take(each)
        if name in {1, 2, 3}:  # somebody spoke
            days.take(event("ended", MIDNIGHT + call.outcome + 60, str(name), call.line, talk=60))
    span = (1000 * MIDNIGHT, 1000 * (MIDNIGHT + 900))
    wrong = Incident("i", "standard", "a law", "miscount", "answered-as-lost", *span, span[1], 0)
    plain, found = days.callbacks(DAY, {}), days.callbacks(DAY, {}, {"standard": [wrong]})
    assert [(each.caller, each.tries) for each in plain.callers] == [(ANNE, 2), (BRUNO, 1), (CLAIRE, 1)]
    assert [(each.caller, each.tries) for each in found.callers] == [(ANNE, 1), (CLAIRE, 1)]
    assert [(each.caller, each.doubt) for each in found.doubted] == [(BRUNO, "answered")]
    assert (plain.unknown, found.unknown) == (1, 0)
    assert [found.of_line(each) for each in ("standard", "circulation")] == [(1, 1), (1, 0)]
    ticked = days.callbacks(DAY, {BRUNO[FOLLOWED_BY]: 1000 * (MIDNIGHT + 105)}, {"standard": [wrong]})
    assert [each.caller for each in ticked.called] == [BRUNO]
    assert ticked.doubted == []
