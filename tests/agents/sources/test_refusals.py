"""A file full of errors is told in a few lines."""

from __future__ import annotations

from agents.sources.entry import Refused
from agents.sources.refusals import Refusals
from streams.decoding import Invalid


def test_each_cause_is_told_by_its_number_and_its_first_lines() -> None:
    refusals = Refusals()
    for row in range(1, 18_419):
        refusals.add(Refused(row, b"", Invalid("malformed", f"torn at {row}")))
    refusals.add(Refused(7, b"", Invalid("unknown-line", "l0")))
    assert list(refusals.sentences()) == [
        "malformed: 18418 lines",
        "  line 1: torn at 1",
        "  line 2: torn at 2",
        "  line 3: torn at 3",
        "  and 18415 more",
        "unknown-line: 1 line",
        "  line 7: l0",
    ]
    assert len(refusals) == 18_419
