"""The colours of the boards: Okabe and Ito's, distinct for the colour-blind, legible on white, black and paper.

Colour is never the only sign: words, or the width and the dashes of a line, always show the same.
"""

from __future__ import annotations

from typing import Final

BLUE: Final = "#0072B2"
SKY: Final = "#56B4E9"
GREEN: Final = "#009E73"
ORANGE: Final = "#E69F00"
VERMILION: Final = "#D55E00"
WINE: Final = "#882255"  # Tol's: darker than Okabe and Ito's purple, so that white is legible on it
PURPLE: Final = "#8155BE"  # the hue of a miscount on the board's pages; legible on black, and white on it
GREY: Final = "#767676"
PLAIN: Final = "transparent"

MISSED: Final = VERMILION  # a missed target, an overloaded line
DOUBT: Final = PURPLE  # a doubtful count; never beside BLUE, which looks the same without red vision
REFERENCE: Final = GREY  # expected values and targets
