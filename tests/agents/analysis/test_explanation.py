"""`--explain` finds a call by each spelling of its id and records the effect of each event."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from agents.analysis.explanation import Explained, FirstReading, Sought, find
from agents.sources.asterisk.queue_log_file import QUEUE_LOG
from agents.sources.entry import Entry
from agents.sources.pseudonym import Pseudonymizer
from agents.sources.trace import Trace
from config.settings import Line, Settings
from streams.calls.call import ANSWERED, LOST, OPEN, REASON_MASK
from streams.kept.times import FOREVER
from tests.agents.sources.contexts import context

OFFICE = Settings(site="lozere", lines={"standard": Line(), "circulation": Line()})
PSEUDONYM = Pseudonymizer(b"a key of the tests only")
T = 1_543_600_000
LOG = f"""\
{T}|{T}.1|standard|NONE|ENTERQUEUE||0612345678|1
{T + 5}|{T}.1|standard|SIP/203|RINGNOANSWER|5000
{T + 9}|{T}.1|standard|NONE|ABANDON|1|1|9
{T + 10}|{T}.1|standard|SIP/203|CONNECT|10|{T}.2|1
{T + 10}|{T}.1|standard|SIP/203|CONNECT|10|{T}.2|1
{T + 20}|{T}.3|standard|NONE|ENTERQUEUE||0612345679|1
{T + 40}|{T}.3|circulation|NONE|ENTERQUEUE||0612345679|1
{T + 45}|{T}.3|circulation|NONE|ABANDON|1|1|5
{T + 60}|{T}.3|nowhere|NONE|ENTERQUEUE||0612345679|1
{T + 70}|0612345670-7|standard|NONE|ENTERQUEUE||0612345670|1
""".encode()
LINES = {"standard": "standard", "circulation": "circulation"}


def entries(trace: Trace, aside: Counter[str]) -> Iterator[Entry]:
    by = context(source="queue-log", line_of=LINES.get, pseudonym=PSEUDONYM, aside=aside, trace=trace)
    return QUEUE_LOG.read(LOG.splitlines(keepends=True), by)


def looked_for(asked: Sought) -> FirstReading:
    aside: Counter[str] = Counter()
    trace = Trace(asked.name, PSEUDONYM, aside)
    return find(entries(trace, aside), asked, trace)


def explained(text: str) -> Explained:
    asked = Sought(text, PSEUDONYM)
    assert looked_for(asked).there
    found = Explained(OFFICE, FOREVER, asked, PSEUDONYM)
    found.take(entries(found.trace, found.aside))
    return found


@pytest.mark.parametrize(
    ("text", "attempts"),
    [
        (f"{T}.1", [("standard", f"{T}.1")]),
        (f"{T}.3", [("circulation", f"{T}.3"), ("standard", f"{T}.3")]),
        (f"circulation/{T}.3", [("circulation", f"{T}.3")]),
        ("0612345670-7", [("standard", PSEUDONYM.id("0612345670-7"))]),
        (PSEUDONYM.id("0612345670-7"), [("standard", PSEUDONYM.id("0612345670-7"))]),
    ],
)
def test_a_call_is_found_by_its_id_as_written_or_published(text: str, attempts: list[tuple[str, str]]) -> None:
    assert sorted(explained(text).attempts) == attempts


def test_each_event_says_what_it_changed() -> None:
    (attempt,) = explained(f"{T}.1").attempts.values()
    kinds = [(step.row, step.before & ~REASON_MASK, step.after & ~REASON_MASK, step.result) for step in attempt.steps]
    assert kinds == [
        (1, OPEN, OPEN, "ok"),
        (2, OPEN, OPEN, "ok"),
        (3, OPEN, LOST, "ok"),
        (4, LOST, ANSWERED, "ok"),
        (5, ANSWERED, ANSWERED, "duplicate"),
    ]
    assert attempt.call is not None
    assert attempt.call.outcome == ANSWERED


def test_rows_of_the_same_call_that_were_refused_are_told_with_their_reason() -> None:
    found = explained(f"{T}.3")
    assert {row: why.reason for row, why in found.refused.items()} == {9: "unknown-line"}
    rows = {key[0]: found.rows(attempt) for key, attempt in found.attempts.items()}
    assert rows == {"standard": [6, 9], "circulation": [7, 8, 9]}


def test_an_id_that_is_not_there_is_told_its_neighbours_nearest_first() -> None:
    found = looked_for(Sought(f"{T}.4", PSEUDONYM))
    assert (found.there, found.near) == (False, [f"{T}.1", f"{T}.3"])
    assert looked_for(Sought("x", PSEUDONYM)).near == []
