"""The follower keeps the most advanced record of each key and ignores records that it cannot read."""

from __future__ import annotations

import msgspec

from agents.board.follower import Known, TopicReading
from streams.status import Status
from tests.agents.board.known import SETTINGS, Record, history, known, line, service

KEY = b"lozere/circulation"


def read(*told: tuple[bytes | None, bytes | Status | None]) -> Known:
    reading = TopicReading(SETTINGS)
    for offset, (key, value) in enumerate(told):
        encoded = value if value is None or isinstance(value, bytes) else msgspec.json.encode(value)
        reading.take(Record(reading.status, key, encoded, offset=offset))
    return reading.known(known())


def test_lines_and_services_stand_by_their_ids() -> None:
    found = read((KEY, line()), (b"lozere/cartes", service()), (None, b"{}"))
    assert (found.lines, found.services) == ({"lozere/circulation": line()}, {"lozere/cartes": service()})


def test_what_a_worker_says_that_was_thought_dead_does_not_count() -> None:
    successor, dead = line(offset=90, offered=25), line(offset=70, offered=5)
    assert read((KEY, successor), (KEY, dead)).lines == {"lozere/circulation": successor}
    assert read((KEY, successor), (KEY, line(offset=90, lost=3))).lines["lozere/circulation"].lost == 3
    anew = line(epoch=1, offset=2)
    assert read((KEY, successor), (KEY, anew)).lines == {"lozere/circulation": anew}


def test_what_was_deleted_is_shown_no_more() -> None:
    assert read((KEY, line()), (KEY, None)).lines == {}


def test_what_cannot_be_read_changes_nothing() -> None:
    short = msgspec.json.encode(msgspec.to_builtins(line()) | {"windows": {}})
    found = read((KEY, line()), *((KEY, each) for each in (b"nonsense", b"{}", 5_000 * b"[", short)))
    assert found.lines == {"lozere/circulation": line()}


def test_a_history_that_has_not_changed_is_the_same_object() -> None:
    reading, before = TopicReading(SETTINGS), known()
    first = reading.known(before)
    assert reading.known(first).history is first.history
    (day,) = history().topics[:1]
    reading.take(Record(day, b"lozere/circulation/2013-01-02", None))
    assert reading.known(first).history is not first.history
