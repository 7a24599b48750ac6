"""River's detectors of drift, with their default settings, on the outcomes call by call."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any, Final

from benchmarks.detection.detectors import Detector, outcomes
from streams.calls.rules import LineRules
from streams.events import CallEvent

NAMES: Final = ("ADWIN", "PageHinkley")


def drift(name: str) -> Detector:
    """Return one of river's detectors."""

    def alarms(events: Sequence[CallEvent], rules: LineRules) -> Iterator[int]:
        detector: Any = getattr(import_module("river.drift"), name)()
        for call in outcomes(events, rules):
            detector.update(int(call.lost))
            if detector.drift_detected:
                yield call.at

    return alarms


def has_river() -> bool:
    """Tell whether river is installed."""
    try:
        import_module("river.drift")
    except ImportError:
        return False
    return True
