"""An office as a part of sums: its place, its figures, and the hours in which it should have been counted."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from streams.indicators.annual import Annual


class RolledOffice(NamedTuple):
    """An office in service during the period."""

    annual: Annual
    label: str
    region: str | None = None
    department: str | None = None
    opened: int = 0  # slots of opening hours in which each of its lines should have been counted
    apart: Collection[str] = ()  # lines whose calls are already counted on another of its lines

    @property
    def site(self) -> str:
        return self.annual.site

    @property
    def silent(self) -> bool:
        """Return whether no line, service or channel of the office has a counted day."""
        return not any(each.counted for each in self.annual.indicators)
