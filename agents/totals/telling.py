"""How a year's indicators are told in one language."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from agents.language import THIN, Language
from agents.pages import sheets, words
from agents.pages.breaks import breaks
from agents.pages.evidence import sentence
from agents.pages.periods import called
from agents.pages.withheld import withheld
from agents.translation import Words
from agents.writing import NOTHING, Writing
from streams.indicators.indicator import Compared, Indicator
from streams.indicators.period import Period
from streams.periods.named import kind_of
from streams.watch.incident import Evidence, Incident


class Telling(Writing):
    """Tell in one language: `text` and `counted` say, the others write."""

    def __init__(self, language: Language) -> None:
        """Take the language of all that is told."""
        super().__init__(language)
        self.text = Words(language)
        self.counted = self.text.counted
        self.colon, self.semicolon = self.text.colon, self.text.semicolon

    def says(self, evidence: Evidence) -> str:
        """Return what a check says."""
        return sentence(evidence, self.language)

    def what(self, incident: Incident) -> str:
        """Return what an incident is."""
        return words.what(incident, self.language)

    def withheld(self, indicator: Indicator, zone: ZoneInfo) -> str:
        """Return that an indicator is withheld, and why; nothing where it is not."""
        if indicator.guard is None:
            return ""
        return withheld(indicator.guard, indicator.coverage, zone, self.language)

    def notes(self, indicator: Indicator, withheld: str) -> list[str]:
        """Return what stands below an indicator's value: why it is `withheld`, its margin, target and coverage."""
        low, high, found = indicator.corrected.low, indicator.corrected.high, [withheld] if indicator.guard else []
        if low is not None and high is not None:
            found.append(self.text("margin: {low} to {high}", low=self.percent(low), high=self.percent(high)))
        if indicator.target is not None:
            found.append(self.text("target: {aim}", aim=self.aim(indicator)))
        if indicator.coverage < 1 and indicator.guard is None:
            found.append(self.text("on {share} of the opening hours", share=self.percent(indicator.coverage, 1)))
        return found

    def breaks(self, indicator: Indicator) -> list[str]:
        """Return every break of an indicator's series."""
        return breaks(indicator, self.language)

    def title(self, indicator: Indicator) -> str:
        """Return an indicator's title, without its subject."""
        return self.text(sheets.title(indicator))

    def name(self, indicator: Indicator) -> str:
        """Return an indicator's title with its subject."""
        return f"{self.title(indicator)}{self.colon}{indicator.label}"

    def value(self, indicator: Indicator, found: float | None, digits: int = 2) -> str:
        """Write a value in the unit of an indicator; a dash where there is none."""
        if indicator.unit == "share" or found is None:
            return self.percent(found, digits)
        day = "j" if self.language is Language.FR else "d"
        return f"{self.number(found, digits)}{THIN}{'min' if indicator.unit == 'minutes' else day}"

    def target(self, indicator: Indicator) -> str:
        """Write what an indicator should stay below, or reach; a dash where it has no target."""
        if indicator.target is None:
            return NOTHING
        whole = round(indicator.target * 100, 6).is_integer()
        return f"{'≥' if indicator.at_least else '<'}{THIN}{self.value(indicator, indicator.target, 0 if whole else 2)}"

    def amount(self, indicator: Indicator, value: float, digits: int = 2) -> str:
        """Write a value with its unit in words, as a sentence has it."""
        if indicator.unit == "share":
            return self.percent(value, digits)
        return self._units(indicator, value, digits)

    def bare(self, indicator: Indicator, value: float | None) -> str:
        """Write a value beside another one of the same unit: a share with its sign, all else without."""
        return self.percent(value) if indicator.unit == "share" else self.number(value, 2)

    def difference(self, indicator: Indicator, value: float) -> str:
        """Write how far two values are apart, with the unit in words."""
        if indicator.unit == "share":
            points = value * 100
            return self.counted("{points} point", "{points} points", points, points=self.number(points, 2))
        return self._units(indicator, value, 2)

    def aim(self, indicator: Indicator) -> str:
        """Write what an indicator is to stay below, or at or above, in words."""
        if indicator.target is None:
            return NOTHING
        share = indicator.unit == "share"
        aim = self.promised(indicator.target) if share else self.amount(indicator, indicator.target, 0)
        return self.text("at least {value}", value=aim) if indicator.at_least else self.text("below {value}", value=aim)

    def when(self, of: Period) -> str:
        """Write in which period."""
        told = self.period(of)
        match kind_of(of):
            case "year" | "month":
                return self.text("in {period}", period=told)
            case "quarter":
                return self.text("in {quarter}", quarter=told)
        return told

    def beside(self, other: Compared) -> str:
        """Write in which other period, and on which days of it where some were not counted."""
        when = self.when(other.period)
        return when if other.whole else f"{when} ({self.period(other.counted)})"

    def period(self, of: Period) -> str:
        """Write a period: the year, the quarter, the month, or from when to when."""
        return called(of, self.text)

    def compared(self, indicator: Indicator, other: Compared) -> str:
        """Write the same indicator of another year, with its days where they are not the whole year."""
        when = self.period(other.period if other.whole else other.counted)
        return f"{when}{self.colon}{self.value(indicator, other.corrected)}"

    def local(self, at: int, zone: ZoneInfo) -> str:
        """Write a moment (ms) in a zone."""
        return self.moment(datetime.fromtimestamp(at / 1000, zone))

    def yes(self, met: bool | None) -> str:  # noqa: FBT001 -- it is the value that is written
        """Write whether a target is met; a dash where that is not known."""
        return NOTHING if met is None else self.text("yes") if met else self.text("no")

    def _units(self, indicator: Indicator, value: float, digits: int) -> str:
        """Write days or minutes."""
        written = self.number(value, digits)
        if indicator.unit == "minutes":
            return self.counted("{minutes} minute", "{minutes} minutes", value, minutes=written)
        if indicator.days == "working":
            return self.counted("{days} working day", "{days} working days", value, days=written)
        return self.counted("{days} day", "{days} days", value, days=written)
