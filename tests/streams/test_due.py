"""Time passes only for desks with something due, with the same result as if all were checked."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import example, given
from hypothesis import strategies as st

from streams.calls.rules import LineRules
from streams.catalogue import Catalogue
from streams.due import Due, Moved
from streams.kept import record
from streams.kept.times import DAY_MS, HOUR_MS, MINUTE_MS
from streams.partition import Partition
from streams.tickets.rules import ServiceRules
from tests.streams.telling import Message, value

BEGIN = 20_000 * DAY_MS
LINES = [b"lozere/standard", b"lozere/circulation", b"lozere/titles"]
KEYS = [b"a", b"b", b"c"]


@given(st.lists(st.tuples(st.sampled_from([b"a", b"b", b"c"]), st.integers(0, 20)), max_size=40), st.integers(0, 20))
def test_each_key_is_due_once_at_its_last_moment(puts: list[tuple[bytes, int]], now: int) -> None:
    due = Due({})
    for key, moment in puts:
        due.put(key, moment)
    last = dict(puts)
    taken = list(iter(lambda: due.take(now), None))
    assert sorted(taken, key=last.__getitem__) == taken
    assert sorted(taken) == sorted(key for key, moment in last.items() if moment <= now)


def partition(records: Mapping[bytes, bytes] | None = None) -> Partition:
    def is_open(at: int) -> bool:
        return 8 * HOUR_MS <= at % DAY_MS < 17 * HOUR_MS

    lines = {
        key: LineRules(
            site="lozere",
            line=key.decode().removeprefix("lozere/"),
            max_call=25 * MINUTE_MS,
            open=is_open,
            witness="switch" if key == LINES[2] else None,
        )
        for key in LINES
    }
    cards = ServiceRules(site="lozere", service="cards", closing=lambda at: at // DAY_MS * DAY_MS + 17 * HOUR_MS)
    return Partition(0, Catalogue(lines, {b"lozere/cards": cards}, {}, lambda _: 0), records or {})


def call(kind: str, at: int, number: int, line: bytes, source: str) -> tuple[str, bytes, bytes]:
    name, caller = line.decode().removeprefix("lozere/"), f"hmac:{number % 3:032x}"
    told = value(kind, at / 1000, str(number), name, source=source, caller=caller)
    return "witnesses" if source == "switch" else "calls", line, told


def ticket(kind: str, at: int, number: int) -> tuple[str, bytes, bytes]:
    told = f'{{"service": "cards", "ticket": "A{number}", "type": "{kind}", "at": {at / 1000}, "counter": "{number}"}}'
    return "tickets", b"lozere/cards", told.encode()


STEP = st.one_of(
    st.integers(1, 40 * MINUTE_MS).map(lambda length: ("wait", length)),
    st.sampled_from([HOUR_MS, 9 * HOUR_MS, DAY_MS, 3 * DAY_MS]).map(lambda length: ("wait", length)),
    st.tuples(
        st.sampled_from(["ringing", "offered", "answered", "lost", "diverted", "ended"]),
        st.integers(0, 5),
        st.sampled_from(LINES),
        st.sampled_from([0, 0, 0, 5 * MINUTE_MS, 3 * HOUR_MS]),
        st.sampled_from(["pbx", "switch"]),
    ),
    st.tuples(st.sampled_from(["issued", "called", "served", "no_show"]), st.integers(0, 3)),
)


@given(st.lists(STEP, max_size=40))
@example([("offered", 0, LINES[0], 0, "pbx"), *[("wait", 10 * MINUTE_MS)] * 8, ("wait", DAY_MS)])
@example(
    [
        *[("wait", 9 * HOUR_MS), ("issued", 0), ("wait", 9 * HOUR_MS), ("wait", 3 * DAY_MS), ("wait", 3 * DAY_MS)],
        *[("issued", 0), ("wait", 1), ("issued", 0), ("wait", 1)],
    ]
)
def test_by_what_is_due_time_changes_what_it_would_if_everybody_were_asked(steps: list[tuple[object, ...]]) -> None:
    by_due, by_asking = partition(), partition()
    written: dict[bytes, bytes] = {}
    now, offsets = BEGIN + 9 * HOUR_MS, {"calls": 0, "tickets": 0, "witnesses": 0}
    for step in steps:
        if step[0] == "wait":
            now += step[1]  # type: ignore[operator]
        else:
            if len(step) == 2:
                topic, key, told = ticket(step[0], now, step[1])  # type: ignore[arg-type]
            else:
                kind, number, line, late, source = step
                topic, key, told = call(kind, now - late, number, line, source)  # type: ignore[arg-type, operator]
            message = Message(offsets[topic], key, told, now)
            offsets[topic] += 1
            for each in (by_due, by_asking):
                each.intakes[topic].take([message])  # type: ignore[index]
        list(by_due.advance(now))
        for desk in by_asking.desks():
            desk.advance(now)
        for ours, theirs in zip(by_due.desks(), by_asking.desks(), strict=True):
            assert record.encode(ours.state) == record.encode(theirs.state)
        written |= by_due.changed().desks
        by_asking.changed()  # which removes finished days from the states
    untouched = {key: record.encode(desk.state) for key, desk in partition().desks_by_key().items()}
    for name, line in by_due.lines.items():
        key = b"line " + name
        assert record.encode(line.state) == (untouched | written)[key]


def test_who_has_nothing_due_is_not_asked() -> None:
    owned = partition()
    now = BEGIN + 9 * HOUR_MS
    assert len(list(owned.advance(now))) == len(LINES)  # never checked before; the counter has nothing to end
    assert list(owned.advance(now + 1)) == []
    _, key, told = call("lost", now, 1, LINES[0], "pbx")
    assert owned.calls.take([Message(0, key, told, now)]) == []
    assert owned.changed().desks.keys() == {b"line " + each for each in LINES}
    assert owned.moved() == []
    assert list(owned.advance(now + 2)) == []
    assert owned.moved() == []


@given(st.lists(st.sampled_from(KEYS), max_size=20), st.integers(0, 20))
def test_a_reader_sees_what_changed_since_it_read_once(changes: list[bytes], read: int) -> None:
    moved = Moved(KEYS)
    assert moved.since(0) == KEYS[::-1]
    seen = moved.last
    for number, key in enumerate(changes):
        if number == read:
            seen = moved.last
        moved.add(key)
    assert sorted(moved.since(seen)) == sorted(set(changes[read if read < len(changes) else 0 :]))
    assert moved.since(moved.last) == []
    assert sorted(moved.since(0)) == KEYS


def test_a_key_is_hastened_but_never_put_off() -> None:
    due = Due({b"a": 10})
    due.hasten(b"a", 20)
    due.hasten(b"b", 30)
    due.hasten(b"b", 5)
    assert [due.take(now) for now in (4, 5, 9, 10, 99)] == [None, b"b", None, b"a", None]
