"""What truly happens on a line that is measured: a world that changes for good, losses, and a record of every call."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from benchmarks.detection.losses import Loss, befallen
from benchmarks.detection.office import LINE
from streams.simulation.attempt import Attempt
from streams.simulation.office import OfficeDay
from streams.simulation.simulate import Reality
from streams.simulation.world import World


class Change(Struct, frozen=True, kw_only=True):
    """Describe what is otherwise on a line from a moment on, for good."""

    since: float  # epoch s
    agents: int = 0  # more than before
    patience: float = 1.0  # times the one before


class Lived:
    """Play a world, with what befalls its callers; keep the line's true calls, by their start."""

    def __init__(
        self,
        world: Reality,
        days: Sequence[OfficeDay],
        losses: Sequence[Loss] = (),
        after: Reality | None = None,
        since: float = 0.0,
    ) -> None:
        self.office, self.seed, self.overloads = world.office, world.seed, world.overloads
        self.profiles, self.lines = world.profiles, world.lines
        self.days = days
        self.calls: list[tuple[int, bool]] = []  # when each began (epoch ms), and whether it was lost
        self._world, self._after, self._since = world, after, since
        self._losses = losses

    def day(self, day: OfficeDay) -> dict[str, list[Attempt]]:
        """Return the attempts of every line on a day."""
        world = self._world if self._after is None or day.start < self._since else self._after
        lines = world.day(day)
        for loss in self._losses:
            if loss.start < day.end and loss.end > day.start:
                lines[LINE] = befallen(lines[LINE], loss, day.opened)
        self.calls += ((each.start, each.outcome == "lost") for each in lines[LINE])
        return lines


def changed(world: World, change: Change) -> World:
    """Return the world as it is after a change."""
    after = World(world.office, world.days, world.seed)
    fitted = world.lines[LINE]
    after.lines[LINE] = replace(
        fitted, agents=max(1, fitted.agents + change.agents), patience=fitted.patience * change.patience
    )
    return after
