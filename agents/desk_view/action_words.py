"""What actions changed, in words: the figure before and since, and the change with its interval."""

from __future__ import annotations

from agents.desk_view.actions import ActionEffect
from agents.translation import Words
from agents.writing import NOTHING, Writing
from streams.figures.mean import CorrectedMean


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
