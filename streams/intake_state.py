"""What an intake knows of its partition that belongs to none of its desks."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field


@dataclass(slots=True)
class IntakeState:
    """Hold what belongs to a partition of an input topic and to none of its desks."""

    number: int  # of the partition
    offset: int = -1  # of the last record that was read
    feed: str = ""  # the topic that this offset is of, as the broker identifies it
    epoch: int = 0  # which making of the topic it is, as the configuration counts
    rejected: dict[str, int] = field(default_factory=dict)  # records that were no event of a desk, by reason
    # By `site/source`: the moment of its last event, and never beyond its record's, epoch ms
    sources: dict[str, int] = field(default_factory=dict)
    # In a record alone, by a desk's id: the last offset that the desk's own record holds, or names as to be read again
    desks: dict[str, int] = field(default_factory=dict)

    @property
    def others(self) -> int:
        """Return 0: an intake has no other input."""
        return 0

    def name_sites(self, sites: Collection[str]) -> None:
        """Name the site of each source. An earlier version left it out, as there was only one site."""
        own = {name: at for name, at in self.sources.items() if name.partition("/")[0] in sites}
        if len(sites) == 1:
            (site,) = sites
            own |= {f"{site}/{name}": at for name, at in self.sources.items() if name not in own}
        self.sources = own
