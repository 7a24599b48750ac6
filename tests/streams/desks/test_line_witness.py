"""A line with a witness: the figures of both records, for any order, clock and call names."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import itemgetter
from random import Random
from typing import Any, Final, NamedTuple

import msgspec
import pytest

from streams.calls.call import MAX_CALL_IDENTITIES
from streams.calls.counts import Counts
from streams.calls.rules import LineRules
from streams.decoding import Invalid
from streams.desks.line import Line
from streams.desks.line_corrected import corrected_of
from streams.desks.line_witness import GRACE, Witnessing
from streams.desks.line_witness_state import MAX_WAITING_CALLS
from streams.events import CallEvent, milliseconds
from streams.kept.mark import AHEAD, DUPLICATE, LATE, OK
from streams.kept.times import DAY_MS, HOUR_MS, MINUTE_MS, QUARTER_MS
from streams.watch.incident import Incident
from streams.watch.second_record import LOOK, last_look
from tests.streams.reading_back import read_back

RULES: Final = LineRules(site="lozere", line="accueil", witness="carrier", expected=0.05)
MORNING: Final = 1_700_035_200  # s: a quarter of an hour begins
CAUSES: Final = {"only there", "only here", "answered there", "told otherwise"}

Told = list[CallEvent]


def event(kind: str, at: float, call: str, **more: Any) -> CallEvent:
    return msgspec.convert({"line": "accueil", "call": call, "type": kind, "at": at, **more}, CallEvent)


class Made(NamedTuple):
    """One call as it really was; moments in s."""

    call: str
    at: float
    wait: float
    kind: str
    talk: float = 0.0

    def told(self) -> Told:
        caller = f"hmac:{self.call:0>8}"
        events = [event("offered", self.at, self.call, caller=caller, source="pbx")]
        over = self.at + self.wait
        reason = {"lost": "abandoned", "diverted": "key"}.get(self.kind)
        events.append(event(self.kind, over, self.call, wait=self.wait, reason=reason, source="pbx"))
        if self.kind == "answered":
            events.append(event("ended", over + self.talk, self.call, talk=self.talk, source="pbx"))
        return events


def office(hours: float = 6.0, per_hour: float = 24, seed: int = 1) -> list[Made]:
    chance = Random(seed)
    made, at, number = [], float(MORNING), 0
    while (at := at + chance.expovariate(per_hour / 3600)) < MORNING + hours * 3600:
        number += 1
        kind = chance.choices(["answered", "lost", "diverted"], [70, 20, 10])[0] if number > 1 else "answered"
        made.append(
            Made(str(number), round(at, 1), round(chance.uniform(3, 90), 1), kind, round(chance.uniform(20, 400), 1))
        )
    return made


def events(made: Iterable[Made]) -> Told:
    return sorted((each for call in made for each in call.told()), key=lambda each: each.at)


def second(told: Told, ahead: float = 0.0, *, names: str = "", callers: bool = True) -> Told:
    """Return the same events as another record has them, with its own clock."""
    changes = {"source": "carrier"} | ({} if callers else {"caller": None})
    return [
        msgspec.structs.replace(each, at=milliseconds(each.at) / 1000 + ahead, call=names + each.call, **changes)
        for each in told
    ]


def folded(own: Told, witness: Told, *, rules: LineRules = RULES, close: bool = True) -> Line:
    """Fold both records in the order of time."""
    line = Line(rules)
    sides = [(milliseconds(each.at) / 1000, 0, each) for each in own] + [
        (milliseconds(each.at) / 1000, 1, each) for each in witness
    ]
    for _, side, each in sorted(sides, key=lambda told: told[:2]):
        line.bear(each) if side else line.fold(each)
    if close:
        line.close(line.state.high)
    return line


def found(line: Line) -> Witnessing:
    assert line.witness is not None
    return line.witness.figures()


def told(line: Line) -> list[Incident]:
    return [each for each in line.state.watch.incidents if each.cause in CAUSES]


def named(line: Line) -> set[str]:
    return {call for each in told(line) for evidence in each.evidence for call in evidence.calls}


@pytest.mark.parametrize("names", ["", "x"])
@pytest.mark.parametrize("callers", [True, False])
@pytest.mark.parametrize("ahead", [0.0, 37.0, -3600.0])
def test_two_honest_records_agree_in_every_call_and_open_no_incident(
    names: str, ahead: float, *, callers: bool
) -> None:
    made = office()
    line = folded(events(made), second(events(made), ahead, names=names, callers=callers))
    seen = found(line)
    assert (seen.matched, seen.only_here, seen.only_there, seen.contradicted) == (len(made), 0, 0, 0)
    assert seen.told == seen.best == line.figures.counts()
    assert not told(line)


def lost_missing(made: list[Made]) -> list[Made]:
    return [each for each in made if each.kind != "lost"]


def short_dropped(made: list[Made]) -> list[Made]:
    return [each for each in made if each.kind != "lost" or each.wait > 20]


def diverted_as_lost(made: list[Made]) -> list[Made]:
    return [each._replace(kind="lost") if each.kind == "diverted" else each for each in made]


def answered_as_lost(made: list[Made]) -> list[Made]:
    return [each._replace(kind="lost") if each.kind == "answered" and each.wait > 60 else each for each in made]


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (lost_missing, "missing"),
        (short_dropped, "missing"),
        (diverted_as_lost, "mismatch"),
        (answered_as_lost, "answered-as-lost"),
    ],
)
@pytest.mark.parametrize("names", ["", "x"])
def test_every_call_that_the_line_hides_is_named_and_corrected(
    fault: Callable[[list[Made]], list[Made]], kind: str, names: str
) -> None:
    made = office()
    harmed = set(made) - set(fault(made))
    line = folded(events(fault(made)), second(events(made), 37.0, names=names))
    assert {each.kind for each in told(line)} == {kind}
    assert {each.verdict for each in told(line)} == {"miscount"}
    assert {name.removeprefix(names) for name in named(line)} == {each.call for each in harmed}
    truth = folded(events(made), []).figures.counts()
    figure = corrected_of(line)
    assert (figure.counts, figure.method, figure.coverage) == (truth, "witness", 1.0)


@pytest.mark.parametrize("fault", [lost_missing, diverted_as_lost])
def test_what_the_witness_hides_is_named_and_leaves_the_figures_as_they_are(
    fault: Callable[[list[Made]], list[Made]],
) -> None:
    made = office()
    line = folded(events(made), second(events(fault(made))))
    assert named(line) == {each.call for each in set(made) - set(fault(made))}
    assert corrected_of(line).counts == line.figures.counts()


def test_a_missing_call_is_told_within_a_quarter_of_an_hour_of_its_end() -> None:
    made = office()
    missing = next(each for each in made if each.kind == "lost" and each.at > MORNING + 7200)
    line = Line(RULES)
    rows = [(milliseconds(each.at), 0, each) for each in events(each for each in made if each != missing)]
    rows += [(milliseconds(each.at), 1, each) for each in second(events(made))]
    over = round((missing.at + missing.wait) * 1000)
    for minute in range(MORNING * 1000, over + QUARTER_MS, MINUTE_MS):  # a worker checks the time
        for _, side, each in sorted(
            (row for row in rows if minute - MINUTE_MS <= row[0] < minute), key=itemgetter(0, 1)
        ):
            line.bear(each) if side else line.fold(each)
        line.advance(minute)
    (incident,) = told(line)
    slot = round(missing.at * 1000) // QUARTER_MS * QUARTER_MS
    assert (incident.start, incident.end) == (slot, slot + QUARTER_MS)
    assert incident.detected == last_look(over) + LOOK + RULES.lateness + GRACE
    assert incident.detected <= over + QUARTER_MS


def test_a_difference_is_told_while_the_line_is_live() -> None:
    made = office(3.0)
    missing = next(each for each in made if each.kind == "lost" and each.at > MORNING + 3600)
    line = folded(events(each for each in made if each != missing), second(events(made)), close=False)
    assert named(line) == {missing.call}


def test_calls_of_a_line_that_has_fallen_silent_are_told_as_time_passes() -> None:
    made = office()
    cut = next(each.at for each in made if each.at > MORNING + 9000)
    line = folded(
        [each for each in events(made) if milliseconds(each.at) / 1000 < cut], second(events(made)), close=False
    )
    unheard = {each.call for each in made if each.at >= cut and each.kind != "answered"}
    assert not named(line) & unheard
    assert line.advance(round(made[-1].at * 1000) + HOUR_MS)
    assert named(line) >= unheard
    assert "missing" in {each.kind for each in told(line)}


def test_a_witness_that_is_silent_for_an_hour_covers_nothing_there() -> None:
    made = office()
    gap = [each for each in made if MORNING + 7200 <= each.at < MORNING + 10_800]
    line = folded(events(made), second(events(each for each in made if each not in gap)))
    seen = found(line)
    assert (seen.uncovered, seen.only_here) == (len(gap), 0)
    assert seen.coverage == pytest.approx(1 - len(gap) / len(made))
    assert seen.best == line.figures.counts()
    assert not told(line)


def test_a_witness_that_lacks_a_call_now_and_then_is_there_all_the_while() -> None:
    made = [Made(str(number), MORNING + 300 * number, 5.0, "answered", 60.0) for number in range(49)]
    heard = [each for number, each in enumerate(made) if number % 4 != 3]  # the first, middle or last of a quarter
    rules = msgspec.structs.replace(RULES, max_call=10 * MINUTE_MS)
    line = folded(events(made), second(events(heard)), rules=rules)
    seen = found(line)
    assert (seen.uncovered, seen.only_here, seen.matched) == (0, 12, 37)


def test_a_witness_that_covers_too_little_corrects_nothing() -> None:
    made = office()
    line = folded(
        events(made), [each for each in second(events(made)) if milliseconds(each.at) / 1000 < MORNING + 9_000]
    )
    assert found(line).coverage == pytest.approx(0.42, abs=0.08)
    assert corrected_of(line).method != "witness"
    assert not told(line)


def test_a_line_whose_witness_never_speaks_is_as_one_without() -> None:
    own = events(office())
    line = folded(own, [])
    assert found(line).coverage == 0.0
    alone = folded(own, [], rules=msgspec.structs.replace(RULES, witness=None))
    assert corrected_of(line) == corrected_of(alone)


def test_a_witness_of_a_line_that_has_none_is_refused() -> None:
    line = Line(msgspec.structs.replace(RULES, witness=None))
    with pytest.raises(Invalid, match=r"line 'accueil' has no witness.*lines\.accueil\.witness"):
        line.bear(event("offered", MORNING, "1", source="carrier"))


def test_a_repeated_event_of_the_witness_is_counted_as_one() -> None:
    line = Line(RULES)
    offer = event("offered", MORNING, "1", source="carrier")
    line.bear(offer)
    assert line.bear(offer) == DUPLICATE
    assert line.state.witness.mark.results == [1, 1, 0]
    assert found(line).told == Counts(1, 0, 0, 0, 1)


def test_an_event_of_a_call_that_has_settled_changes_nothing_and_is_counted() -> None:
    made = office(8.0)
    line = folded(events(made), second(events(made)), close=False)
    before = found(line)
    assert before.matched > 0
    assert line.bear(event("lost", MORNING + 60, "strange", wait=5.0, source="carrier")) == LATE
    assert found(line) == before._replace(late=1)


@pytest.mark.parametrize("fault", [lost_missing, diverted_as_lost])
@pytest.mark.parametrize("names", ["", "x"])
@pytest.mark.parametrize("seed", range(4))
def test_the_order_in_which_the_records_come_changes_nothing(
    fault: Callable[[list[Made]], list[Made]], names: str, seed: int
) -> None:
    chance, made = Random(seed), office(5.0)
    own, witness = events(fault(made)), second(events(made), 37.0, names=names)
    expected = folded(own, witness)
    line = Line(RULES)
    sides = [list(own), list(witness)]
    while any(sides):
        side = chance.randrange(2) if all(sides) else int(not sides[0])
        taken, sides[side] = sides[side][: (many := chance.randrange(1, 80))], sides[side][many:]
        for each in taken + chance.choices(taken, k=3):
            line.bear(each) if side else line.fold(each)
        line = Line(RULES, read_back(line.state))
    line.close(line.state.high)
    assert found(line) == found(expected)
    assert line.state.witness.lacking == expected.state.witness.lacking
    assert named(line) == named(expected)
    assert [(each.id, each.start, each.end, each.detected) for each in told(line)] == [
        (each.id, each.start, each.end, each.detected) for each in told(expected)
    ]


@pytest.mark.slow
def test_a_flood_of_calls_that_nobody_witnesses_stays_bounded_and_is_counted() -> None:
    line = Line(RULES)
    for number in range(MAX_WAITING_CALLS + 500):
        outcome = "answered" if number % 10 else "lost"
        line.fold(event(outcome, MORNING + number, str(number), wait=1.0, source="pbx"))
    waiting = line.state.witness.calls[0]
    assert len(waiting) <= MAX_WAITING_CALLS
    seen = found(line)
    assert seen.dropped == MAX_WAITING_CALLS + 500 - len(waiting)
    assert seen.best == line.figures.counts()


def test_what_has_settled_leaves_the_state() -> None:
    made = office(8.0)
    line = folded(events(made), second(events(made)), close=False)
    oldest = min(call.start for calls in line.state.witness.calls for call in calls.values())
    assert oldest >= milliseconds(made[-1].at) - RULES.max_call - HOUR_MS
    assert not line.state.witness.told


def test_an_event_of_the_witness_that_is_dated_more_than_a_day_ahead_is_refused() -> None:
    line, now = Line(RULES), MORNING * 1000
    tomorrow = MORNING + DAY_MS / 1000
    assert line.bear(event("offered", tomorrow + 1, "2", source="carrier"), now) == AHEAD
    assert not any(line.state.witness.calls)
    assert line.bear(event("offered", tomorrow, "1", source="carrier"), now) == OK


def test_a_call_with_very_many_events_takes_no_more_room_and_still_gets_its_outcome() -> None:
    line = Line(RULES)
    for number in range(2 * MAX_CALL_IDENTITIES):
        line.bear(event("ringing", MORNING + number, "1", source="carrier"))
    line.bear(event("answered", MORNING + 300, "1", source="carrier"))
    (call,) = line.state.witness.calls[1].values()
    assert len(call.identities) == MAX_CALL_IDENTITIES
    assert found(line).told == Counts(1, 1, 0, 0, 0)


def test_a_state_read_back_shows_the_figures_of_both_records_before_another_look() -> None:
    made = office()
    line = folded(events(made), second(events(made)), close=False)
    assert found(line).matched > 0
    assert found(Line(RULES, read_back(line.state))) == found(line)


def test_ringing_legs_leave_the_state_with_the_calls_of_their_time_and_count_as_no_call() -> None:
    made = office(8.0)
    legs = [event("ringing", each.at + 1, f"leg {each.call}") for each in made]
    own = sorted([*events(made), *legs], key=lambda each: each.at)
    line = folded(own, second(own), close=False)
    for calls in line.state.witness.calls:
        assert any(name.startswith("leg") for name in calls)
        assert min(call.start for call in calls.values()) >= milliseconds(made[-1].at) - RULES.max_call - HOUR_MS
    line.close(line.state.high)
    assert (found(line).matched, found(line).told.offered) == (len(made), len(made))


def test_calls_of_the_witness_before_the_line_has_a_record_are_its_own_alone() -> None:
    made = office()
    later = [each for each in made if each.at >= MORNING + HOUR_MS / 1000]
    line = folded(events(later), second(events(made)))
    seen = found(line)
    assert (seen.told.offered, seen.best.offered) == (len(made), len(later))
    assert (seen.matched, seen.only_there) == (len(later), 0)
    days = [*line.state.witness.done, *line.state.witness.days.values()]
    assert sum(day.told.offered for day in days) == len(made)
    assert sum(day.matched + day.only_there for day in days) == len(later)
    assert not told(line)


def test_two_calls_that_cannot_be_told_apart_count_together_and_open_no_incident() -> None:
    made = office()
    twin = made[5]
    twins = [*made, twin._replace(call="9999")]
    line = folded(events(twins), second(events(twins), names="x", callers=False))
    seen = found(line)
    assert (seen.matched, seen.ambiguous) == (len(made) - 1, 4)  # two calls in each record
    assert seen.best == seen.told == line.figures.counts()
    assert not told(line)
