"""What an office's actions changed: a desk's figure before and since each, without what counting faults added."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final, NamedTuple

from agents.desk_view.reading import DeskKind, DeskReader, desks_of
from agents.history.ledger import History
from agents.translation import Words
from agents.writing import NOTHING, Writing
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


class ActionWords:
    def __init__(self, text: Words) -> None:
        self._text = text
        self._writing = Writing(text.language)

    def columns(self) -> tuple[str, ...]:
        text = self._text
        return text("before"), text("since"), text("change, 95 times in 100"), text("so the figure")

    def cells(self, effect: ActionEffect) -> tuple[str, ...]:
        """Return an effect: the figure before and since, the interval of the change, and what follows."""
        text, change = self._text, effect.change
        figures = self._figure(effect, effect.before), self._figure(effect, effect.since)
        if change is None:
            return (*figures, NOTHING, text("is not known yet") if effect.since is None else text("is not known"))
        low, high = (self._signed(effect, each) for each in (change.low, change.high))
        between = text("{least} to {most}", least=low, most=high)
        if not change.told:
            return (*figures, between, text("may not have changed: it cannot be known at this volume"))
        return (*figures, between, text("fell") if change.value < 0 else text("rose"))

    def head(self, effect: ActionEffect) -> str:
        """Return the day and the name of an action."""
        return f"{self._writing.day(effect.action.date)}{self._text.colon}{effect.action.label}"

    def figure(self, effect: ActionEffect) -> str:
        text = self._text
        if effect.kind == "channels":
            what = text("Replies in time") if effect.share else text("Delay of replies")
        else:
            what = text("Calls lost in opening hours") if effect.share else text("Wait at the counter")
        return f"{effect.label or effect.name}{text.colon}{what}"

    def _figure(self, effect: ActionEffect, mean: CorrectedMean | None) -> str:
        value = None if mean is None else mean.value
        if effect.share:
            return self._writing.percent(value, 1)
        return self._writing.duration(value) if effect.kind == "services" else self._days(value)

    def _signed(self, effect: ActionEffect, value: float) -> str:
        sign = "-" if value < 0 else "+"
        if effect.share:
            points = 100 * abs(value)
            return sign + self._text.counted(
                "{points} point", "{points} points", points, points=self._writing.number(points, 1)
            )
        return f"{sign}{self._writing.duration(abs(value)) if effect.kind == 'services' else self._days(abs(value))}"

    def _days(self, value: float | None) -> str:
        return NOTHING if value is None else self._text("{days} days", days=self._writing.number(value, 1))
