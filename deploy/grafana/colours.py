"""The colours of the boards: Okabe and Ito's, which the colour-blind tell apart, legible on white, black and paper.

None stands alone: whatever a colour says is also said in words, or by the width and the dashes of a line.
"""

from __future__ import annotations

from typing import Final

BLUE: Final = "#0072B2"
SKY: Final = "#56B4E9"
GREEN: Final = "#009E73"
ORANGE: Final = "#E69F00"
VERMILION: Final = "#D55E00"
WINE: Final = "#882255"  # Tol's: darker than Okabe and Ito's purple, so that white is read on it
PURPLE: Final = "#8155BE"  # the hue of a miscount on the board's pages; white is read on it, and it on black
GREY: Final = "#767676"
PLAIN: Final = "transparent"

MISSED: Final = VERMILION  # a target that is missed, a line that is really overloaded
DOUBT: Final = PURPLE  # a count that is not to be trusted; never beside BLUE, which is the same to who sees no red
REFERENCE: Final = GREY  # what was to be expected, or should be
