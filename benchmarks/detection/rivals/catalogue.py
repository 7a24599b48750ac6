"""Every detector that Tocsin is compared with, by its name; anybody's own by where it stands."""

from __future__ import annotations

from importlib import import_module
from typing import Final, cast

from benchmarks.detection.detectors import Detector
from benchmarks.detection.rivals.band import SPREADS, band
from benchmarks.detection.rivals.cusum import negative_binomial
from benchmarks.detection.rivals.drift import NAMES, drift, has_river
from benchmarks.detection.rivals.ears import LAG, ears, ears_c3
from benchmarks.detection.rivals.thresholds import LIMIT, RECENT, last_calls, last_hour

RIVALS: Final[dict[str, Detector]] = {
    f"over {LIMIT:.0%} in the last hour": last_hour,
    f"over {LIMIT:.0%} of the last {RECENT} calls": last_calls,
    f"band of {SPREADS:g} deviations": band,
    "EARS C1": ears(0),
    "EARS C2": ears(LAG),
    "EARS C3": ears_c3,
    "negative-binomial CUSUM": negative_binomial,
    **({f"river {name}": drift(name) for name in NAMES} if has_river() else {}),
}


def detector(name: str) -> Detector:
    """Return a rival by its name, or a function by where it stands, as `package.module:function`."""
    if name in RIVALS:
        return RIVALS[name]
    module, _, function = name.partition(":")
    return cast("Detector", getattr(import_module(module), function))
