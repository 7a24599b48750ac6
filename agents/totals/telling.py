"""A year's indicators in words, in one language."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from agents.language import THIN, Language
from agents.pages import sheets, words
from agents.pages.breaks import breaks
from agents.pages.evidence import sentence
from agents.pages.periods import called
from agents.pages.withheld import why, withheld
from agents.translation import Words
from agents.writing import NOTHING, Writing
from streams.indicators.indicator import Compared, Figure, Indicator
from streams.indicators.period import Period
from streams.periods.named import kind_of
from streams.watch.incident import Evidence, Incident


class Telling(Writing):
    """Writes indicators in one language; `text` and `counted` translate."""

    def __init__(self, language: Language, zone: ZoneInfo) -> None:
        super().__init__(language)
        self.zone = zone
        self.text = Words(language)
        self.counted = self.text.counted
        self.colon, self.semicolon = self.text.colon, self.text.semicolon

    def says(self, evidence: Evidence) -> str:
        return sentence(evidence, self.language)

    def what(self, incident: Incident) -> str:
        return words.what(incident, self.language)

    def dismissed(self, incident: Incident, *, named: bool) -> str:
        """Return what the checks suspected, and when a person dismissed it; with `named`, also who did, and why."""
        decision, (start, end) = incident.decisions[-1], map(self.local, incident.bounds())
        told = self.text(
            "The checks suspected a miscount ({what}), from {start} to {end}; dismissed by {name} on {moment}, it "
            "changes no figure.",
            what=self.what(incident),
            start=start,
            end=end,
            name=decision.by if named else self.text("a person of the office"),
            moment=self.local(decision.at),
        )
        if not (named and decision.note):
            return told
        return " ".join((told, self.text("Reason: “{note}”", note=decision.note)))

    def withheld(self, indicator: Indicator) -> str:
        """Return that an indicator is withheld, and why; empty if it is not."""
        if indicator.guard is None:
            return ""
        return withheld(indicator.guard, indicator.coverage, self.zone, self.language)

    def why(self, indicator: Indicator) -> str:
        """Return why an indicator is withheld; empty if it is not."""
        if indicator.guard is None:
            return ""
        return why(indicator.guard, indicator.coverage, self.zone, self.language)

    def notes(self, indicator: Indicator, withheld: str) -> list[str]:
        """Return the notes below an indicator's value: why it is `withheld`, its margin, target and coverage."""
        low, high, found = indicator.corrected.low, indicator.corrected.high, [withheld] if indicator.guard else []
        if indicator.parts:
            found.append(self.together(indicator.parts))
        if low is not None and high is not None:
            least, most = self.value(indicator, low), self.value(indicator, high)
            found.append(self.text("margin: {low} to {high}", low=least, high=most))
        if indicator.target is not None:
            found.append(self.text("target: {aim}", aim=self.aim(indicator)))
        if indicator.coverage < 1 and indicator.guard is None:
            share = self.percent(indicator.coverage, 1)
            of_line = indicator.of == "line"
            found.append(
                self.text("on {share} of the opening hours", share=share)
                if of_line
                else self.text("on {share} of the days", share=share)
            )
        return found

    def together(self, parts: Sequence[str]) -> str:
        """Return the short ids of a sum's parts as a phrase."""
        return self.text("{parts} together", parts=" + ".join(parts))

    def breaks(self, indicator: Indicator) -> list[str]:
        return breaks(indicator, self.language)

    def title(self, indicator: Indicator) -> str:
        """Return an indicator's title, without its subject."""
        return self.text(sheets.title(indicator))

    def name(self, indicator: Indicator) -> str:
        """Return an indicator's title with its subject."""
        return f"{self.title(indicator)}{self.colon}{indicator.label}"

    def value(self, indicator: Indicator, found: float | None, digits: int = 2) -> str:
        """Write a value in the unit of an indicator; a dash for None."""
        if indicator.unit == "share" or found is None:
            return self.percent(found, digits)
        day = "j" if self.language is Language.FR else "d"
        return f"{self.number(found, digits)}{THIN}{'min' if indicator.unit == 'minutes' else day}"

    def marked(self, indicator: Indicator, figure: Figure) -> str:
        """Write a figure, with the code of any status but the normal one."""
        return f"{self.value(indicator, figure.value)}{'' if figure.status == 'A' else f'{THIN}{figure.status}'}"

    def bounds(self, low: float | None, high: float | None, unknown: str = NOTHING, of: Indicator | None = None) -> str:
        """Write an interval of shares, or in the unit of an indicator."""
        if low is None or high is None:
            return unknown
        written = [self.percent(each) if of is None else self.value(of, each) for each in (low, high)]
        return self.text("{low} to {high}", low=written[0], high=written[1])

    def edition(self, edition: str, period: Period, today: date) -> str:
        """Mark an edition as provisional if the period is not over."""
        return edition if today > period.last else f"{edition} · {self.text('provisional: the period is not over')}"

    def target(self, indicator: Indicator) -> str:
        """Write the target of an indicator with ≥ or <; a dash for none."""
        if indicator.target is None:
            return NOTHING
        whole = round(indicator.target * 100, 6).is_integer()
        return f"{'≥' if indicator.at_least else '<'}{THIN}{self.value(indicator, indicator.target, 0 if whole else 2)}"

    def amount(self, indicator: Indicator, value: float, digits: int = 2) -> str:
        """Write a value with its unit in words, for a sentence."""
        if indicator.unit == "share":
            return self.percent(value, digits)
        return self._units(indicator, value, digits)

    def bare(self, indicator: Indicator, value: float | None) -> str:
        """Write a value without its unit; only a share keeps its percent sign."""
        return self.percent(value) if indicator.unit == "share" else self.number(value, 2)

    def difference(self, indicator: Indicator, value: float) -> str:
        """Write a difference of two values, with the unit in words."""
        if indicator.unit == "share":
            points = value * 100
            return self.counted("{points} point", "{points} points", points, points=self.number(points, 2))
        return self._units(indicator, value, 2)

    def aim(self, indicator: Indicator) -> str:
        """Write the target of an indicator in words."""
        if indicator.target is None:
            return NOTHING
        share = indicator.unit == "share"
        aim = self.promised(indicator.target) if share else self.amount(indicator, indicator.target, 0)
        return self.text("at least {value}", value=aim) if indicator.at_least else self.text("below {value}", value=aim)

    def when(self, of: Period) -> str:
        """Write a period with its preposition."""
        told = self.period(of)
        match kind_of(of):
            case "year" | "month":
                return self.text("in {period}", period=told)
            case "quarter":
                return self.text("in {quarter}", quarter=told)
        return told

    def beside(self, other: Compared) -> str:
        """Write another period with its preposition, and its days if some were not counted."""
        when = self.when(other.period)
        return when if other.whole else f"{when} ({self.period(other.counted)})"

    def period(self, of: Period) -> str:
        """Write a period: the year, the quarter, the month, or its first and last day."""
        return called(of, self.text)

    def compared(self, indicator: Indicator, other: Compared) -> str:
        """Write the same indicator of another year, with its days if they are not the whole year."""
        when = self.period(other.period if other.whole else other.counted)
        return f"{when}{self.colon}{self.value(indicator, other.corrected)}"

    def local(self, at: int) -> str:
        """Write a moment (epoch ms) in the office's time."""
        return self.moment(datetime.fromtimestamp(at / 1000, self.zone))

    def yes(self, met: bool | None) -> str:  # noqa: FBT001 -- it is the value that is written
        """Write whether a target is met; a dash for None."""
        return NOTHING if met is None else self.text("yes") if met else self.text("no")

    def _units(self, indicator: Indicator, value: float, digits: int) -> str:
        written = self.number(value, digits)
        if indicator.unit == "minutes":
            return self.counted("{minutes} minute", "{minutes} minutes", value, minutes=written)
        if indicator.days == "working":
            return self.counted("{days} working day", "{days} working days", value, days=written)
        return self.counted("{days} day", "{days} days", value, days=written)
