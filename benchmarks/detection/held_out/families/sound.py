"""Sound years, by volume and lost rate."""

from __future__ import annotations

from typing import Final

from benchmarks.detection.held_out.situation import Situation

LINES: Final = ((80, 0.021), (80, 0.041), (80, 0.088), (30, 0.041), (150, 0.041))  # calls a day, lost rate

SOUND: Final = tuple(
    Situation(name=f"sound, {calls} a day, {rate:.1%}", kind="sound", calls=calls, rate=rate, days=365, learnt=False)
    for calls, rate in LINES
)
