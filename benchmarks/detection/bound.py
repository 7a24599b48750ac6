"""What no detector can find in time: faults that only leave calls out of a cell that has few."""

from __future__ import annotations

from math import log
from typing import Final

from benchmarks.detection.score import Score

FALSE_DAYS: Final = 1_250  # opening days for each false alarm: .2 a line-year
SIDES: Final = 3.0  # cells that are watched so
DIVERTED: Final = 0.01  # share of the calls: `LineProfile.diverted`
SHORT: Final = 0.37  # share of the lost calls that waited less than ten seconds, measured on simulated lines


def findable(score: Score) -> bool:
    """Tell whether a fault lasted long enough to be told at .2 false alarms a line-year.

    Of the faults that empty a cell, so many calls must have been expected since the last one that none is too odd:
    ln(1250 x 3 x the calls that the cell has a day). Every other fault can be found.
    """
    emptied = {"diverted-as-lost": DIVERTED, "short-dropped": SHORT * score.rate, "lost-missing": score.rate}
    if score.what not in emptied:
        return True
    daily = emptied[score.what] * score.volume
    return daily * score.lasting >= log(FALSE_DAYS * SIDES * daily)
