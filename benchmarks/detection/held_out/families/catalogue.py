"""Every held-out situation, by its name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from benchmarks.detection.held_out.families.added import ADDED
from benchmarks.detection.held_out.families.changed import CHANGED
from benchmarks.detection.held_out.families.flipped import FLIPPED
from benchmarks.detection.held_out.families.machines import MACHINES
from benchmarks.detection.held_out.families.missing import MISSING
from benchmarks.detection.held_out.families.sound import SOUND
from benchmarks.detection.held_out.situation import Situation

SITUATIONS: Final[Mapping[str, Situation]] = {
    each.name: each for each in (*FLIPPED, *ADDED, *MISSING, *MACHINES, *CHANGED, *SOUND)
}
