"""Where an office is, what it shares with other offices, and in which slots it is open."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, timedelta
from typing import Final, Literal, TypeAlias, get_args

from msgspec import Struct

from streams.indicators.plan import Opened
from streams.kept.times import SLOTS_A_DAY

Scope: TypeAlias = Literal["exchange", "provider", "department", "region", "nation"]
SCOPES: Final[tuple[Scope, ...]] = get_args(Scope)  # from the smallest to the largest
EQUIPMENT: Final[frozenset[Scope]] = frozenset({"exchange", "provider"})
NATION: Final = ""  # the name of the one nation

# From a site and two slots (end exclusive), returns the slots between them in which any line received a call.
SiteHeard: TypeAlias = Callable[[str, int, int], Collection[int]]

_EPOCH: Final = date(1970, 1, 1).toordinal()


class OfficePlace(Struct, frozen=True):
    """Where an office is, when it is open, and the `first` and `last` day that it is counted."""

    site: str
    opened: Opened
    first: date
    last: date
    exchange: str | None = None
    provider: str | None = None
    department: str | None = None
    region: str | None = None

    def named(self, scope: Scope) -> str | None:
        """Return the exchange, provider, department, region or nation of the office, or None if unknown."""
        named: str | None = NATION if scope == "nation" else getattr(self, scope)
        return named


class OfficeHours:
    """The opening hours of offices as bits of integers; the lowest bit is the slot `base`."""

    def __init__(self, offices: Iterable[OfficePlace]) -> None:
        known = list(offices)
        days = [each.first.toordinal() for each in known]
        self.base = (min(days, default=_EPOCH) - _EPOCH - 2) * SLOTS_A_DAY
        alike = {(each.opened, each.first, each.last): each for each in known}  # most offices share their hours
        bits = {hours: _bits(each, self.base) for hours, each in alike.items()}
        self.open: Mapping[str, int] = {each.site: bits[each.opened, each.first, each.last] for each in known}
        self.slots: Mapping[str, int] = {site: bits.bit_count() for site, bits in self.open.items()}

    def stretch(self, first: int, end: int) -> int:
        """Return the bits of the slots from `first` to before `end`."""
        first, end = max(first - self.base, 0), max(end - self.base, 0)
        return ((1 << max(end - first, 0)) - 1) << first

    def is_open(self, site: str, slot_no: int) -> bool:
        return slot_no >= self.base and bool(self.open[site] >> (slot_no - self.base) & 1)


def _bits(office: OfficePlace, base: int) -> int:
    length = (office.last.toordinal() - _EPOCH + 3) * SLOTS_A_DAY - base
    held = bytearray(max(length, 0) // 8 + 1)
    day = office.first
    while day <= office.last:
        for slot_no in office.opened(day):
            held[(slot_no - base) >> 3] |= 1 << ((slot_no - base) & 7)
        day += timedelta(1)
    return int.from_bytes(held, "little")
