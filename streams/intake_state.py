"""The state of an intake that belongs to none of its desks."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field


@dataclass(slots=True)
class IntakeState:
    """The part of a partition's state that belongs to none of its desks."""

    number: int  # of the partition
    offset: int = -1  # of the last record that was read
    feed: str = ""  # the topic's id, as given by the broker, to which this offset belongs
    epoch: int = 0  # the topic's epoch, as configured
    rejected: dict[str, int] = field(default_factory=dict)  # records that were no event of a desk, by reason
    # By `site/source`: the moment (epoch ms) of its last event, at most the moment of that event's record
    sources: dict[str, int] = field(default_factory=dict)
    # Only in a record, by a desk's id: the last offset that the desk's own record includes, or marks for replay
    desks: dict[str, int] = field(default_factory=dict)

    @property
    def others(self) -> int:
        """Return 0, as an intake has no other input."""
        return 0

    def name_sites(self, sites: Collection[str]) -> None:
        """Add the site to the name of each source. An earlier version omitted it, as there was only one site."""
        own = {name: at for name, at in self.sources.items() if name.partition("/")[0] in sites}
        if len(sites) == 1:
            (site,) = sites
            own |= {f"{site}/{name}": at for name, at in self.sources.items() if name not in own}
        self.sources = own
