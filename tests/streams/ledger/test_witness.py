"""Days of a line with a witness add up to both records, after any crash and whichever record is ahead."""

from __future__ import annotations

from functools import cache
from random import Random
from typing import Final

import msgspec
import pytest

from streams.calls.counts import Counts
from streams.calls.rules import LineRules
from streams.catalogue import Catalogue
from streams.desks.line import Line
from streams.desks.line_state import LineState
from streams.events import CallEvent, milliseconds
from streams.kept import record
from streams.kept.packing import pack, unpack
from streams.kept.times import DAY_MS, QUARTER_MS, utc_day
from streams.ledger.day import LedgerDay, WitnessDay, read_day
from streams.partition import Partition
from streams.states import read_again
from tests.streams.desks.test_line_witness import (
    MORNING,
    Told,
    diverted_as_lost,
    event,
    events,
    folded,
    lost_missing,
    office,
    second,
)
from tests.streams.ledger.telling import Topic
from tests.streams.telling import Message

ID: Final = b"lozere/accueil"
RULES: Final = LineRules(site="lozere", line="accueil", witness="carrier", expected=0.05, clock="event")
CATALOGUE: Final = Catalogue({ID: RULES}, {}, {}, lambda _: 0)
MADE: Final = office(60.0, per_hour=5)
RECORDS: Final = events(diverted_as_lost(lost_missing(MADE))), second(events(MADE), 37.0)
BY_TIME: Final = RECORDS[0], second(events(MADE), 37.0, names="x")


def days(found: list[LedgerDay]) -> list[WitnessDay]:
    return [each for each in found if isinstance(each, WitnessDay)]


def said(found: list[LedgerDay]) -> list[WitnessDay]:
    """Return the days without how far they were folded."""
    return [msgspec.structs.replace(each, offset=0, others=0, closed=False) for each in days(found)]


def both(found: list[WitnessDay]) -> Counts:
    return sum((Counts.of(slot) for day in found for slot in day.slots.values()), Counts())


def messages(told: Told) -> list[Message]:
    return [Message(number, ID, msgspec.json.encode(each)) for number, each in enumerate(told)]


def run(seed: int, *, crashes: int = 0, told: tuple[Told, Told] = RECORDS) -> list[LedgerDay]:
    """Return the ledger after a worker read both topics in some order and crashed now and then."""
    chance, topic = Random(seed), Topic()
    kept: dict[bytes, bytes] = {}
    lives = [chance.randrange(1, 12) for _ in range(crashes)] + [10**6]
    calls, witnesses = map(messages, told)
    for steps in lives:
        worker = Partition(0, CATALOGUE, kept)
        for _ in range(steps):
            ahead = [calls[worker.calls.positions.cursor + 1 :], witnesses[worker.witnesses.positions.cursor + 1 :]]
            if not any(ahead):
                break
            side = chance.randrange(2) if all(ahead) else int(not ahead[0])
            taken = ahead[side][: chance.randrange(1, 150)]
            (worker.witnesses if side else worker.calls).take(taken)
            if chance.random() < 0.5:
                changed = worker.changed()
                if chance.random() < 0.2:
                    worker.unwritten(changed)
                    continue
                topic.write(changed.days)
                if chance.random() < 0.6:  # otherwise it dies before its states are written
                    kept |= changed.desks | changed.intakes
    list(worker.advance(milliseconds(MADE[-1].at) + 20 * DAY_MS))
    topic.write(worker.changed().days)
    return topic.whole()


@cache
def undisturbed() -> list[LedgerDay]:
    return run(99)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 11))
def test_crashes_and_the_order_of_the_topics_change_no_day(seed: int) -> None:
    assert said(run(seed, crashes=seed)) == said(undisturbed())


@pytest.mark.slow
def test_nor_do_they_where_time_alone_joins_the_calls() -> None:
    undisturbed_days = said(run(99, told=BY_TIME))
    for seed in range(1, 5):
        assert said(run(seed, crashes=seed, told=BY_TIME)) == undisturbed_days


def test_the_days_add_up_to_what_both_records_come_to() -> None:
    found = days(undisturbed())
    line = folded(*RECORDS)
    assert line.witness is not None
    seen = line.witness.figures()
    settled = min(day.covered[0][0] for day in found), max(day.covered[-1][1] for day in found)
    made = [each for each in MADE if settled[0] <= round(each.at * 1000) // QUARTER_MS < settled[1]]
    truth = folded(events(made), [], rules=msgspec.structs.replace(RULES, witness=None)).figures.counts()
    assert len(made) > 0.9 * len(MADE)
    assert both(found) == truth
    assert sum(day.only_there for day in found) == sum(each.kind == "lost" for each in made)
    assert sum(day.contradicted for day in found) == sum(each.kind == "diverted" for each in made)
    assert {day.source for day in found} == {"carrier"}
    assert seen.contradicted >= sum(day.contradicted for day in found)


@pytest.mark.slow
def test_a_day_is_closed_once_its_calls_have_settled_and_never_changes_then() -> None:
    topic: dict[bytes, WitnessDay] = {}
    worker = Partition(0, CATALOGUE, {})
    for call, witness in zip(*map(messages, RECORDS), strict=False):
        worker.calls.take([call])
        worker.witnesses.take([witness])
        for key, value in worker.changed().days.items():
            day: LedgerDay = read_day(value)
            if isinstance(day, WitnessDay):
                assert key not in topic or not topic[key].closed
                topic[key] = day
    assert [day.closed for day in topic.values()] == [True] * (len(topic) - 1) + [False]
    assert len(topic) > 2
    assert not worker.lines[ID].state.witness.done


def test_a_slot_in_which_the_witness_was_silent_is_not_covered() -> None:
    gap = [each for each in MADE if MORNING + 10 * 3600 <= each.at < MORNING + 16 * 3600]
    line = Line(RULES)
    told = events(each for each in MADE if each not in gap)
    for each in sorted([*events(MADE), *second(told)], key=lambda each: each.at):
        line.bear(each) if each.source == "carrier" else line.fold(each)
    found = [*line.state.witness.done, *line.state.witness.days.values()]
    covered = {slot_no for day in found for first, end in day.covered for slot_no in range(first, end)}
    slots = {round(each.at * 1000) // QUARTER_MS for each in gap}
    assert sum(day.uncovered for day in found) == len(gap)
    assert not covered & slots
    assert not any(slots & day.slots.keys() for day in found)


def test_a_line_that_is_begun_anew_leaves_the_days_that_the_ledger_keeps() -> None:
    state = LineState("lozere/accueil")
    state.book.kept = state.book.closed = utc_day(MORNING * 1000) + 1
    state.book.kept_until = 0
    read_again(state)
    worker = Partition(0, CATALOGUE, {b"line " + ID: record.encode(state)})
    calls, witnesses = map(messages, RECORDS)
    worker.calls.take(calls)
    worker.witnesses.take(witnesses)
    kept = worker.lines[ID].state.witness
    found = [*kept.done, *kept.days.values()]
    assert {utc_day(each.covered[0][0] * QUARTER_MS) for each in found} == {state.book.kept + 1}


def test_a_state_of_before_there_were_days_is_read_and_writes_them_from_then_on() -> None:
    calls, witnesses = map(messages, RECORDS)
    worker = Partition(0, CATALOGUE, {})
    half = len(calls) // 2
    worker.calls.take(calls[:half])
    worker.witnesses.take(witnesses[: len(witnesses) // 2])
    line = msgspec.msgpack.decode(msgspec.msgpack.encode(pack(worker.lines[ID].state)))
    del line["witness"]["days"], line["witness"]["done"]
    before = unpack(msgspec.msgpack.encode(line), LineState)
    settled = before.witness.settled // QUARTER_MS
    going_on = Partition(0, CATALOGUE, {b"line " + ID: record.encode(before)})
    going_on.calls.take(calls[half:])
    going_on.witnesses.take(witnesses[len(witnesses) // 2 :])
    found = [*going_on.lines[ID].state.witness.done, *going_on.lines[ID].state.witness.days.values()]
    assert min(day.covered[0][0] for day in found) == settled > 0


def test_a_call_that_comes_when_its_slot_has_settled_changes_no_day() -> None:
    line = Line(RULES)
    for each in sorted([*RECORDS[0], *RECORDS[1]], key=lambda each: each.at):
        line.bear(each) if each.source == "carrier" else line.fold(each)
    done = [msgspec.structs.replace(each) for each in line.state.witness.done]
    late: CallEvent = event("lost", MORNING + 60, "strange", wait=5.0, source="carrier")
    line.bear(late)
    line.advance(line.state.high + DAY_MS)
    assert line.state.witness.done[: len(done)] == done
