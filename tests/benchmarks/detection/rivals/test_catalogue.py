"""Every detector raises an alarm when all calls are lost at last, and none on the sound days before."""

from __future__ import annotations

import pytest

from benchmarks.detection.detectors import alarms
from benchmarks.detection.rivals.catalogue import RIVALS, detector
from streams.calls.rules import LineRules
from streams.events import CallEvent

RULES = LineRules(site="lozere", line="circulation")
DAY = 86_400
DAYS, CALLS, FROM = 60, 40, 50  # the last ten days lose every second call
FIRST = 3  # the call that each day loses


def stream() -> list[CallEvent]:
    """Return days that each lose the same one call, and later days that lose every second."""
    return [
        CallEvent(
            line="circulation",
            call=f"{day}-{call}",
            type="lost" if (call % 2 if day >= FROM else call == FIRST) else "answered",
            at=float(day * DAY + 30_000 + call * 300),
        )
        for day in range(DAYS)
        for call in range(CALLS)
    ]


@pytest.mark.parametrize("name", RIVALS)
def test_it_alarms_when_every_second_call_is_lost(name: str) -> None:
    found = [each.raised // 1000 // DAY for each in alarms(RIVALS[name], stream(), RULES)]
    assert any(day >= FROM for day in found)
    assert len(found) == len(set(found))  # one alarm a day
    assert not [day for day in found if day < FROM]


def test_a_detector_may_be_anybodys() -> None:
    assert detector("benchmarks.detection.rivals.band:band") is RIVALS["band of 3 deviations"]
