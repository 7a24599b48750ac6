"""The forecast week on the page of a line or a service."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import NamedTuple

from markupsafe import Markup

from agents.board.periods.pictures import FOOT, HEAD, HEIGHT, LEAST_TOP, LEFT, NARROW, RIGHT, WIDE, levels_of
from agents.desk_view.figures import ShownRow
from agents.forecast.shortfall import warnings
from agents.forecast.week import SCORED, ForecastWeek
from agents.forecast.written import DeskKind, doubt, interval, sentence, week_title
from agents.pages.svg import element, path, picture
from agents.translation import Words
from agents.writing import NOTHING, Writing
from streams.forecast.expected import ExpectedDay, quantiles


class ForecastWriter:
    """A week in words, figures and a picture; of a week that is over, with what came."""

    def __init__(self, text: Words, kind: DeskKind, week: ForecastWeek) -> None:
        self._text = text
        self._writing = Writing(text.language)
        self._kind = kind
        self._week = week
        self._levels = quantiles([each.total for each in week.days])
        self._days = list(zip_longest(week.days, self._levels, week.came))

    @property
    def sound(self) -> bool:
        return self._week.sound

    @property
    def over(self) -> bool:
        """Whether it is known what came."""
        return bool(self._week.came)

    def title(self) -> str:
        text = self._text
        return text("Forecast, and what came") if self.over else week_title(self._kind, text)

    def total(self) -> str:
        return self._text("In all: {sentence}", sentence=sentence(self._week.total, self._text))

    def warnings(self) -> list[str]:
        """Return a sentence for each day that will likely miss its target."""
        return warnings(self._week.outlooks, self._text)

    def score(self) -> str:
        """Say how good the forecasts of the weeks before were."""
        text, score = self._text, self._week.score
        if score is None:
            return text("Past forecasts are not scored yet: too few days are known.")
        if score.worse:
            return text(
                "No forecast is shown: over {weeks} weeks, the mean of the last eight same weekdays was closer "
                "(error {usual}, forecast {error}).",
                weeks=SCORED,
                usual=self._writing.number(score.usual, 2),
                error=self._writing.number(score.pinball, 2),
            )
        return text(
            "Forecasts of the {weeks} weeks before: the 95% interval held on {held} of {days} days. Their error is "
            "{less} below the error of the mean of the last eight same weekdays.",
            weeks=SCORED,
            held=self._writing.percent(score.days_held, 0),
            days=self._writing.number(score.days),
            less=self._writing.percent(1 - score.pinball / score.usual if score.usual else 0.0, 0),
        )

    def picture(self) -> Markup:
        bands = [
            DayBand(
                levels[0],
                (levels[3], levels[5]),
                levels[-1],
                day.total.mean,
                came,
                ": ".join((self._name(day), sentence(day.total, self._text))),
                self._ticks(day),
            )
            for day, levels, came in self._days
        ]
        return week_bands(bands, self.title())

    def columns(self) -> list[str]:
        text = self._text
        return [text("expected"), text("95 times in 100"), *([text("came")] if self.over else []), ""]

    def rows(self) -> list[ShownRow]:
        rows = []
        for day, levels, came in self._days:
            note = self._week.off.names.get(day.date, "") or doubt(levels, self._text)
            known = [NOTHING if came is None else self._writing.number(came)] if self.over else []
            rows.append(ShownRow(self._name(day), [*interval(day.total, levels, self._text), *known, note]))
        return rows

    def _name(self, day: ExpectedDay) -> str:
        return f"{self._writing.weekday(day.date)} {self._writing.day(day.date, year=False)}"

    def _ticks(self, day: ExpectedDay) -> tuple[str, str]:
        name = self._writing.weekday(day.date)
        return f"{name} {day.date.day}", f"{name[:2]} {day.date.day}"


class DayBand(NamedTuple):
    low: float  # the interval
    likely: tuple[float, float]  # half of such days lie in it
    high: float
    mean: float
    came: float | None  # None if the day is not over, or unknown
    says: str  # tooltip
    ticks: tuple[str, str]  # label below the day: long, and short for a phone


def week_bands(days: Sequence[DayBand], label: str) -> Markup:
    """Draw a week wide and narrow, for any screen; the style sheet shows one of the two."""
    return _bands(days, label, WIDE) + _bands(days, label, NARROW)


def _bands(days: Sequence[DayBand], label: str, width: int) -> Markup:
    step = (width - LEFT - RIGHT) / max(1, len(days))
    levels = levels_of(max([LEAST_TOP, *(max(day.high, day.came or 0.0) for day in days)]))

    def y(count: float) -> float:
        return HEIGHT - FOOT - count / levels[-1] * (HEIGHT - FOOT - HEAD)

    def parts() -> Iterator[str]:
        for level in levels:
            yield element("text", str(level), cls="tick", x=LEFT - 8, y=y(level) + 5, text_anchor="end")
            yield element("path", cls="grid", d=path([(LEFT, y(level)), (width - RIGHT, y(level))]))
        for number, day in enumerate(days):
            x, end = LEFT + (number + 0.2) * step, LEFT + (number + 0.8) * step
            inside = [element("title", day.says)]
            for cls, low, high in (("interval", day.low, day.high), ("likely", *day.likely)):
                if high > low:
                    inside.append(element("rect", cls=cls, x=x, y=y(high), width=end - x, height=y(low) - y(high)))
            if day.high:
                inside.append(element("path", cls="mean", d=path([(x, y(day.mean)), (end, y(day.mean))])))
            if day.came is not None and (day.came or day.high):
                inside.append(element("circle", cls="came", cx=(x + end) / 2, cy=y(day.came), r=6))
            yield element("g", *inside)
            tick = day.ticks[width != WIDE]
            yield element("text", tick, cls="tick", x=(x + end) / 2, y=HEIGHT - 7, text_anchor="middle")
        yield element("path", cls="axis", d=path([(LEFT, y(0)), (width - RIGHT, y(0))]))

    return picture(width, HEIGHT, label, parts(), "wide" if width == WIDE else "narrow")
