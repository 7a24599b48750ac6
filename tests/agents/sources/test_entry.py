"""A file full of errors is reported in a few lines."""

from __future__ import annotations

from agents.sources.entry import Refusals, Refused
from streams.decoding import Invalid


def test_each_cause_is_told_by_its_number_and_the_first_lines_that_differ() -> None:
    refusals = Refusals()
    for row in range(1, 18_419):
        refusals.add(Refused(row, b"", Invalid("malformed", f"torn at {row // 2}")))
    refusals.add(Refused(7, b"", Invalid("unknown-line", "l0")))
    assert list(refusals.sentences()) == [
        "malformed: 18418 lines, the first is 1: torn at 0",
        "  line 2: torn at 1",
        "  line 4: torn at 2",
        "unknown-line: 1 line, the first is 7: l0",
    ]
    assert len(refusals) == 18_419
