"""What an office's actions changed: a desk's figure before and since each, without what counting faults added."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final, NamedTuple

from agents.desk_view.reading import DeskKind, DeskReader, desks_of
from agents.history.ledger import History
from config.settings import Action, Channel, Settings
from streams.figures.difference import FigureChange, difference
from streams.figures.mean import CorrectedMean
from streams.indicators.period import Period

WEEKS: Final = 13  # before and since an action


class ActionEffect(NamedTuple):
    """A desk's figure before an action and since; None of a period without a day."""

    kind: DeskKind
    name: str
    label: str  # the office's name of the desk
    action: Action
    before: CorrectedMean | None
    since: CorrectedMean | None
    share: bool  # the figure is a share; otherwise seconds of a service, or days of a channel

    @property
    def change(self) -> FigureChange | None:
        """The change; None while it is unknown."""
        if self.before is None or self.since is None:
            return None
        return difference(self.before, self.since, share=self.share)


def effects_of(
    reader: DeskReader, history: History, settings: Settings, kind: DeskKind, name: str, within: Period, today: date
) -> list[ActionEffect]:
    """Return the effects of a desk's actions in a period; another action ends the weeks before or since.

    The figure is a line's lost rate in opening hours, a service's mean wait, a channel's share in time or mean delay.
    """
    desk = desks_of(settings)[kind].get(name)
    if desk is None:  # a sum has no actions of its own
        return []
    actions = sorted(desk.actions, key=lambda each: each.date)
    share = desk.target_days is not None if isinstance(desk, Channel) else kind == "lines"
    found = []
    for earlier, each, later in zip([None, *actions], actions, [*actions[1:], None], strict=False):
        if not within.first <= each.date <= within.last:
            continue
        first = each.date - timedelta(7 * WEEKS)
        last = min(each.date + timedelta(7 * WEEKS - 1), today - timedelta(1))
        if earlier is not None:
            first = max(first, earlier.date)
        if later is not None:
            last = min(last, later.date - timedelta(1))
        before, since = (
            reader.mean(history, kind, name, Period(start, end)) if start <= end else None
            for start, end in ((first, each.date - timedelta(1)), (each.date, last))
        )
        found.append(ActionEffect(kind, name, desk.label, each, before, since, share))
    return found


def office_effects(settings: Settings, history: History, within: Period, today: date) -> list[ActionEffect]:
    """Return the effects of all desks' actions in a period, by day."""
    reader = DeskReader(settings)
    found = [
        effect
        for kind, desks in desks_of(settings).items()
        for name in desks
        for effect in effects_of(reader, history, settings, kind, name, within, today)
    ]
    return sorted(found, key=lambda each: each.action.date)
