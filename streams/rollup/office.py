"""An office as a part of sums: where it stands, its own figures, and the hours in which it should have been counted."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from streams.indicators.annual import Annual


class RolledOffice(NamedTuple):
    """Hold an office that was in service in the period."""

    annual: Annual
    label: str
    region: str | None = None
    department: str | None = None
    opened: int = 0  # slots of opening hours in which each of its lines should have been counted
    apart: Collection[str] = ()  # lines whose calls are those of another of its lines already

    @property
    def site(self) -> str:
        """Return its id."""
        return self.annual.site

    @property
    def silent(self) -> bool:
        """Tell whether nothing was counted of it: no day of any line, service or channel."""
        return not any(each.counted for each in self.annual.indicators)
