"""The colours of the boards: Okabe and Ito's, which the colour-blind tell apart, legible on white, black and paper.

None stands alone: whatever a colour says is also said in words, or by a dashed line.
"""

from __future__ import annotations

from typing import Final

BLUE: Final = "#0072B2"
SKY: Final = "#56B4E9"
GREEN: Final = "#009E73"
ORANGE: Final = "#E69F00"
VERMILION: Final = "#D55E00"
WINE: Final = "#882255"  # Tol's: darker than Okabe and Ito's purple, so that white is read on it
GREY: Final = "#767676"
PLAIN: Final = "transparent"

MISSED: Final = VERMILION  # a target that is missed, a line that is really overloaded
DOUBT: Final = WINE  # a count that is not to be trusted
REFERENCE: Final = GREY  # what was to be expected, or should be
EXTENT: Final = (BLUE, SKY, GREEN, ORANGE)  # of figures that are neither good nor bad
