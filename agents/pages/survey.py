"""The words of a survey's groups and suggestions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from streams.indicators.breakdown import FEWEST, FEWEST_NAMED, GroupedBy
from streams.said import Said, said

BY: Final[Mapping[GroupedBy, Said]] = {"subgroup": said("subgroup"), "channel": said("channel")}
OTHER_GROUP: Final = said("other or not given")
OTHER_THEME: Final = said("other or no theme")
TOO_FEW: Final = said("too few answers")
FEW: Final = said(
    "too few answers: fewer than {fewest}, or the group would reveal such a group by subtraction; a group with fewer "
    "than {named} rows is not named",
    fewest=FEWEST,
    named=FEWEST_NAMED,
)
