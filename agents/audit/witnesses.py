"""The days that a line and its witness make together, recounted from both topics.

The records of both topics are folded in the order in which they were written, as by a worker that keeps up. A day is
compared once the line's state shows that all its calls have settled. A worker that was ahead in one topic may have
settled calls before a late one came, or joined other calls that match by time alone. So the counts may differ by as
many calls as were late on that day or are ambiguous.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import date
from heapq import merge
from operator import attrgetter
from typing import Final, NamedTuple

from msgspec.structs import asdict

from agents.audit.incidents import StoredDesks
from agents.audit.recount import FIRST_WHOLE, NEVER, Recount, first_day, uncounted
from agents.catalogue import catalogue
from agents.kafka.client import Topic, topic
from agents.kafka.reading import Record, TopicReader
from config.offices import Offices
from config.settings import Settings
from streams.calls.call import implied_start
from streams.calls.counts import Counts
from streams.calls.definition import LineDefinition
from streams.chain.breach import Breach
from streams.decoding import Decoder, Invalid
from streams.desks.line import Line
from streams.desks.line_state import LineState
from streams.events import CallEvent
from streams.ledger.day import LedgerDay, LineDay, WitnessDay, day_key
from streams.partition import Partition
from streams.reconcile.offset import TRACKED

States = Mapping[bytes, LineState]  # of lines with a witness

_CALL_EVENTS: Final = Decoder(CallEvent)
_RESULTS: Final = ("matched", "only_here", "only_there", "contradicted", "ambiguous", "uncovered")


class _Folded(NamedTuple):
    """A line as folded from both topics."""

    line: Line
    begins: int  # its first whole day (an ordinal)
    late: Counter[int]  # by day: events that may have come after their call had settled


def witnessed(settings: Settings) -> list[bytes]:
    """Return the lines of an office that have a witness."""
    return [name for name, rules in catalogue(Offices.alone(settings)).lines.items() if rules.witness is not None]


def states_of(settings: Settings, desks: StoredDesks) -> States:
    found = {name: desks.get(f"line {name.decode()}") for name in witnessed(settings)}
    stored = {name: each.state for name, each in found.items() if each and isinstance(each.state, LineState)}
    return {name: state for name, state in stored.items() if state.epoch == settings.kafka.epoch}


def recount_both(settings: Settings, days: list[LedgerDay], states: States) -> Recount:
    """Compare lines and their witnesses with the events still there.

    The ledger must be read after the states, so that it is at least as far. Raises `KafkaError` if the broker does not
    answer or denies reading.
    """
    told: defaultdict[str, dict[str, WitnessDay]] = defaultdict(dict)
    defined: dict[tuple[str, str], list[LineDefinition]] = {}
    for day in days:
        if isinstance(day, WitnessDay):
            told[day.id][day.day] = day
        elif isinstance(day, LineDay):
            defined[day.id, day.day] = day.definitions
    compared, breaches = 0, list[Breach]()
    for line, begins, late in _folded(settings, states):
        rules, state, stand = line.rules, line.state.witness, states[line.rules.id.encode()].witness
        if stand.sources[1] != rules.witness or stand.dropped or state.dropped:
            continue  # the witness changed, or calls were dropped, which depends on how the workers read
        counted = {day.day: day for day in [*state.done, *state.days.values()]}
        until = rules.day(min(state.settled, stand.settled))
        first = max(begins, rules.day(min(stand.since)) + (stand.since != state.since))
        for name in sorted(counted.keys() | told[rules.id].keys()):
            ordinal = date.fromisoformat(name).toordinal()
            if first <= ordinal < until:
                compared += 1
                alone = defined.get((rules.id, name)) in (None, [rules.definition])
                ours, theirs = counted.get(name), told[rules.id].get(name)
                allowed = late[ordinal] + (ours.ambiguous if ours is not None else 0)
                breaches += _otherwise(rules.id, name, (theirs, ours), allowed, alone=alone)
    return Recount(compared, breaches)


def _folded(settings: Settings, states: States) -> Iterator[_Folded]:
    """Yield each line with a witness, folded up to its state's position."""
    office = catalogue(Offices.alone(settings))
    for number in sorted({office.home(name) for name in witnessed(settings)}):
        partition, late = Partition(number, office, {}), defaultdict[bytes, Counter[int]](Counter)
        inputs = (partition.calls, partition.witnesses)
        with (
            closing(TopicReader(settings, topic(settings, Topic.CALL_ATTEMPTS), partitions={number})) as calls,
            closing(TopicReader(settings, topic(settings, Topic.CALL_WITNESSES), partitions={number})) as witnesses,
        ):
            begins = [_begin(settings, each) for each in (calls, witnesses)]
            sides = {topic(settings, Topic.CALL_ATTEMPTS): 0, topic(settings, Topic.CALL_WITNESSES): 1}
            told = [each.up_to(each.ends()) for each in (calls, witnesses)]
            for record in merge(*told, key=attrgetter("timestamp")):
                side = sides[record.topic]
                if begins[side] == NEVER:
                    begins[side] = first_day(settings, record) + FIRST_WHOLE
                name = record.key or b""
                stand, line = states.get(name), partition.lines.get(name)
                if stand is None or line is None or record.offset > (stand.witness.mark if side else stand).offset:
                    continue
                late[name].update(_late(line, side, record))
                inputs[side].take([record])
        for name, line in partition.lines.items():
            if name in states and line.witness is not None:
                line.witness.look(states[name].witness.high[0])  # passing time may have settled more calls
                yield _Folded(line, max(begins), late[name])


def _begin(settings: Settings, reader: TopicReader) -> int:
    """Return 0 if a topic has all its events; else `NEVER`, which the first event replaces."""
    return 0 if settings.kafka.epoch == 0 and not any(reader.starts().values()) else NEVER


def _late(line: Line, side: int, record: Record) -> list[int]:
    """Return the day of an event's call, if a worker that was ahead in the other topic may have settled the call."""
    assert line.witness is not None
    try:
        event = _CALL_EVENTS.decode(record.value)
    except Invalid:
        return []
    start = implied_start(event)
    state, rules = line.state.witness, line.rules
    passed = state.high[side]
    if not side and rules.clock == "wall":  # a worker at the end of its topics lets time pass
        passed = max(passed, min(record.timestamp, state.high[1] - state.ahead))
    return [rules.day(start)] if start < passed - line.witness.horizon + TRACKED else []


def _otherwise(
    line: str, day: str, said: tuple[WitnessDay | None, WitnessDay | None], allowed: int, *, alone: bool
) -> Iterator[Breach]:
    """Yield a breach if the ledger and the events of both records disagree about a day."""
    told, counted = (_sums(each, alone=alone) for each in said)
    moved = {name: (counted[name], told[name]) for name in told | counted}
    if any(abs(now - was) > allowed for was, now in moved.values()):
        yield uncounted(day_key(WitnessDay(id=line, day=day)), moved)


def _sums(day: WitnessDay | None, *, alone: bool) -> Counter[str]:
    """Return the counts of a day; lost and diverted calls are one sum if the definition changed."""
    sums = Counter[str]()
    if day is None:
        return sums
    for before, counts in (("", sum(map(Counts.of, day.slots.values()), Counts())), ("witness ", day.told)):
        sums.update({f"{before}{name}": count for name, count in asdict(counts).items()})
        if not alone:
            sums[f"{before}lost or diverted"] = sums.pop(f"{before}lost") + sums.pop(f"{before}diverted")
    sums.update({name: getattr(day, name) for name in _RESULTS})
    sums["covered"] = sum(end - first for first, end in day.covered)
    return sums
