"""An office among others: where it stands, what it shares with them, and in which slots it is open."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, timedelta
from typing import Final, Literal, TypeAlias, get_args

from msgspec import Struct

from streams.indicators.plan import Opened
from streams.kept.times import SLOTS_A_DAY

Scope: TypeAlias = Literal["exchange", "provider", "department", "region", "nation"]
SCOPES: Final[tuple[Scope, ...]] = get_args(Scope)  # the smallest first: what explains enough is blamed
EQUIPMENT: Final[frozenset[Scope]] = frozenset({"exchange", "provider"})
NATION: Final = ""  # the name of the one nation

# Gives the numbers of the slots, from the first up to, without, the second, in which calls entered any line of a site.
SiteHeard: TypeAlias = Callable[[str, int, int], Collection[int]]

_EPOCH: Final = date(1970, 1, 1).toordinal()


class OfficePlace(Struct, frozen=True):
    """Hold where an office stands, when it is open and from which day to which it is counted."""

    site: str
    opened: Opened
    first: date
    last: date
    exchange: str | None = None
    provider: str | None = None
    department: str | None = None
    region: str | None = None

    def named(self, scope: Scope) -> str | None:
        """Return the exchange, provider, department, region or nation that it belongs to; None where nobody said."""
        named: str | None = NATION if scope == "nation" else getattr(self, scope)
        return named


class OfficeHours:
    """Hold the opening hours of offices as bits, the lowest being that of the slot `base`."""

    def __init__(self, offices: Iterable[OfficePlace]) -> None:
        known = list(offices)
        days = [each.first.toordinal() for each in known]
        self.base = (min(days, default=_EPOCH) - _EPOCH - 2) * SLOTS_A_DAY
        alike = {(each.opened, each.first, each.last): each for each in known}  # offices mostly open alike
        bits = {hours: _bits(each, self.base) for hours, each in alike.items()}
        self.open: Mapping[str, int] = {each.site: bits[each.opened, each.first, each.last] for each in known}
        self.slots: Mapping[str, int] = {site: bits.bit_count() for site, bits in self.open.items()}

    def stretch(self, first: int, end: int) -> int:
        """Return the bits of all slots from one up to, without, another."""
        first, end = max(first - self.base, 0), max(end - self.base, 0)
        return ((1 << max(end - first, 0)) - 1) << first

    def is_open(self, site: str, slot_no: int) -> bool:
        """Tell whether an office is open in a slot."""
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
