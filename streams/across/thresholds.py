"""The thresholds for shared faults, each with its unit, meaning and source."""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import Struct

SAME: Final = "a shared fault begins and ends at the same time, except for what each office needs to notice it"
MOST: Final = "the meaning of most"
RARE: Final = "a bound; in 60 simulated years of 101 offices with independent faults none was found"
RULE: Final = "one in fifty, the usual limit of a check that confirms another"


class AcrossThresholds(Struct, frozen=True):
    """When incidents of several offices are one fault (`streams.across.search`)."""

    of_shorter: Annotated[
        float, "share", "of the shorter spell's hours that two alike spells share, at least", SAME
    ] = 0.5
    of_longer: Annotated[float, "share", "of the longer spell's hours that two alike spells share, at least", SAME] = (
        0.25
    )
    most: Annotated[
        float, "share", "of the offices of a scope; the scope is to blame only if more are affected", MOST
    ] = 0.5
    false_a_year: Annotated[
        float, "a year", "shared faults found among independent ones, in the whole nation", RARE
    ] = 0.2
    elsewhere: Annotated[
        float, "probability", "of the affected offices in the scope by chance, if the scope is not the cause", RULE
    ] = 0.02


ACROSS: Final = AcrossThresholds()
