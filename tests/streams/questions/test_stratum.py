"""Each call has one stratum, by its outcome and its oddities."""

from __future__ import annotations

import pytest

from streams.calls.call import ANSWERED, DIVERTED, LOST, OPEN, Call
from streams.questions.stratum import Stratum, stratum


@pytest.mark.parametrize(
    ("call", "found"),
    [
        (Call(0, outcome=LOST, lost=9_000, lost_wait=9_000), "lost"),
        (Call(0, outcome=LOST, lost=900, lost_wait=900), "lost-at-once"),
        (Call(0, outcome=LOST, lost=900), "lost"),
        (Call(0, outcome=LOST, lost=9_000, lost_wait=9_000, talk=60_000), "lost-talk"),
        (Call(0, outcome=ANSWERED, answered=9_000, talk=60_000), "answered-no-agent"),
        (Call(0, outcome=ANSWERED, answered=9_000, talk=10_000, agent=3), "answered-short"),
        (Call(0, outcome=ANSWERED, answered=9_000, talk=60_000, agent=3), "answered"),
        (Call(0, outcome=ANSWERED, answered=9_000, agent=3), "answered"),
        (Call(0, outcome=DIVERTED, diverted=9_000), "diverted"),
        (Call(0, outcome=OPEN), None),
    ],
)
def test_a_call_has_the_stratum_of_its_outcome(call: Call, found: Stratum | None) -> None:
    assert stratum(call) == found
