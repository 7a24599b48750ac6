"""Every number by which incidents of several offices are told as one, with its unit, its meaning and its source."""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import Struct

SAME: Final = "a fault that is shared begins and ends alike, but for what each office takes to notice"
MOST: Final = "what most means"
RARE: Final = "a bound; in 60 simulated years of 101 offices whose faults were independent none was told"
RULE: Final = "one in fifty, the usual limit of a check that only confirms another"


class AcrossThresholds(Struct, frozen=True):
    """Say when incidents of several offices are one (`streams.across.shared`)."""

    of_shorter: Annotated[
        float, "share", "of the shorter one's hours that two which are alike share, at least", SAME
    ] = 0.5
    of_longer: Annotated[float, "share", "of the longer one's hours, likewise", SAME] = 0.25
    most: Annotated[float, "share", "of the offices of a scope; with no more, it is not the scope's", MOST] = 0.5
    false_a_year: Annotated[float, "a year", "incidents told of independent faults, all over the nation", RARE] = 0.2
    elsewhere: Annotated[
        float, "probability", "that the others would look so, had the scope nothing to do with it", RULE
    ] = 0.02


ACROSS: Final = AcrossThresholds()
