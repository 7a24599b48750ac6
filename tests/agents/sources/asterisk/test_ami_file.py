"""A message of a growing file is emitted once, at its blank line."""

from __future__ import annotations

from agents.sources.asterisk.ami_file import AmiFile
from agents.sources.connector import FILE_OVER
from agents.sources.entry import Accepted, Refused
from tests.agents.sources.contexts import context

CONTEXT = context(line_of={"accueil": "standard"}.get)
JOIN = b"Event: QueueCallerJoin\r\nTimestamp: 1362382200.5\r\nQueue: accueil\r\nUniqueid: 7.1\r\n"


def test_a_message_is_told_at_its_blank_line() -> None:
    read = AmiFile(CONTEXT).read
    assert [read(number, line) for number, line in enumerate(JOIN.splitlines(keepends=True), 41)] == [None] * 4
    (told,) = read(45, b"\r\n") or []
    assert isinstance(told, Accepted)
    assert (told.row, told.event.type) == (41, "offered")
    assert list(read(46, b"\r\n") or ()) == [], "nothing is begun"


def test_a_message_whose_end_nobody_writes_is_refused_with_its_line() -> None:
    read = AmiFile(CONTEXT).read
    assert read(7, b"Event: QueueCallerJoin\r\n") is None
    (torn,) = read(8, FILE_OVER) or []
    assert isinstance(torn, Refused)
    assert torn.row == 7
