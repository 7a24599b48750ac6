"""Every family of scenarios, by its name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, TypeAlias

from benchmarks.detection.families.bank import bank_faults, bank_sound
from benchmarks.detection.families.blind import TOLD, blind
from benchmarks.detection.families.calendar import calendar
from benchmarks.detection.families.changes import changes
from benchmarks.detection.families.early import early
from benchmarks.detection.families.faults import faults
from benchmarks.detection.families.losses import real_losses
from benchmarks.detection.families.overloads import overloads
from benchmarks.detection.families.plan import Plan
from benchmarks.detection.families.priors import priors
from benchmarks.detection.families.sound import hanging, sound
from benchmarks.detection.scenario import Scenario

Family: TypeAlias = Callable[[Plan], Iterable[Scenario]]

FAMILIES: Final[dict[str, Family]] = {
    "sound": sound,
    "hanging": hanging,
    "faults": faults,
    "early": early,
    **{told: blind(told) for told in TOLD},
    "calendar": calendar,
    "priors": priors,
    "changes": changes,
    "real-losses": real_losses,
    "overloads": overloads,
}
OF_REAL_CALLERS: Final[dict[str, Family]] = {
    "bank-sound": bank_sound,
    "bank-faults": bank_faults,
}
