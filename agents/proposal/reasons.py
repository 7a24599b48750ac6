"""Why each value of a proposal is proposed: in words, in one language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, Literal, NamedTuple, TypeAlias

from agents.language import Language
from agents.proposal.office import Proposal, ProposedLine
from agents.translation import Words
from agents.writing import Writing
from streams.insight.weekly_hours import LEAST_DAYS, LEAST_QUARTERS, WeeklyHours
from streams.kept.times import SLOTS_A_DAY
from streams.said import said

FEW_CALLS: Final = 10  # a line with fewer may be somebody's trial
DAWN: Final = 24  # quarters: 06:00; offices open later,
LATE: Final = 88  # and close before 22:00
_WEEKDAYS: Final = (
    *(said("Mondays"), said("Tuesdays"), said("Wednesdays"), said("Thursdays"), said("Fridays")),
    *(said("Saturdays"), said("Sundays")),
)
ZoneFrom: TypeAlias = Literal["told", "mapping", "machine", "default"]
_ZONES: Final = {
    "told": said("given by --timezone"),
    "mapping": said("that of the file's times, by its mapping"),
    "machine": said("this machine's; --timezone NAME gives another"),
    "default": said("a default, as this machine keeps universal time; --timezone NAME gives another"),
}


class Provenance(NamedTuple):
    """Say where a proposal comes from, beside its traffic."""

    words: str  # the files, as another command takes them
    site_told: bool  # by the events, or by whoever asked
    zone: ZoneFrom
    by_number: bool  # lines are numbers dialled


class Reasons:
    """Say in one language why a proposal is what it is."""

    def __init__(self, proposal: Proposal, provenance: Provenance, language: Language) -> None:
        self._proposal, self._from = proposal, provenance
        self._text, self._writing = Words(language), Writing(language)

    def whole(self) -> str:
        """Say what the proposal was made of."""
        text, first, last = self._text, self._proposal.first, self._proposal.last
        number, files = sum(line.calls for line in self._proposal.lines), self._from.words
        if first and last:
            span = text("{first} to {last}", first=first, last=last) if first < last else str(first)
            files = text(
                "{name}: {sentence}", name=files, sentence=f"{self._calls(number)}, {span}" if number else span
            )
        return text(
            "Proposed by tocsin init {files}. Read it over: each comment says where a value comes from; what is not "
            "written keeps its default, which config/lozere.yaml explains.",
            files=files,
        )

    def site(self) -> str | None:
        """Say where the site's name comes from; None where it was told."""
        if self._from.site_told:
            return None
        return self._text("a default: nothing names the office; write yours, as lozere")

    def zone(self) -> str:
        """Say where the time zone comes from."""
        return self._text(_ZONES[self._from.zone])

    def holidays(self) -> str:
        """Say how the days were found on which the office is closed, or open all the same."""
        text, days = self._text, self._proposal.exceptional
        if self._proposal.country is None:
            reasons = [text("no country: neither the time zone nor the calls show whose public holidays are kept")]
        else:
            reasons = [text("country by the time zone"), text("no public holiday confirms it")]
            if kept := len(days.kept):
                reasons[-1] = text.counted(
                    "{count} public holiday without an answer", "{count} public holidays without an answer", kept
                )
        if days.worked:
            reasons.append(text("open: holidays with answered calls"))
        if days.closed:
            reasons.append(text("closed: working days without an answer; check them"))
        return self._joined(reasons)

    def doubts(self) -> Iterator[str]:
        """Say which days a person should look at."""
        for first, last in self._proposal.exceptional.holes:
            yield self._text(
                "nobody from {first} to {last}: a hole in the record, or a closing to be added under closed",
                first=first,
                last=last,
            )
        for day in self._proposal.exceptional.doubted:
            yield self._text(
                "{day}: calls and no answer: closed (add it under closed), or counted wrong?",
                day=day,
            )

    def hours(self) -> str:
        """Say what the opening hours were guessed from."""
        text, told, hours = self._text, self._proposal, self._proposal.hours
        days = self._days(told.days)
        from_ = text("the tickets called on {days}", days=days)
        if told.answered:
            from_ = text("{calls} answered calls on {days}", calls=self._writing.number(told.answered), days=days)
        if hours is None:
            return text(
                "a default: {calls} show no hours ({days} days and {quarters} busy quarters of an hour are needed); "
                'write yours, as "Mo-Fr 08:30-12:00,13:30-17:00"',
                calls=from_,
                days=LEAST_DAYS,
                quarters=LEAST_QUARTERS,
            )
        reasons = [text("guessed from {calls}", calls=from_)]
        if told.answered:
            reasons.append(text("{share} of them came in these hours", share=self._writing.percent(told.within, 1)))
        if self._from.zone in {"machine", "default"} and _at_night(hours):
            reasons.append(text("at night: is the time zone right?"))
        if hours.unseen:
            reasons.append(text("not in the record: {days}", days=self._weekdays(hours.unseen)))
        return self._joined(reasons)

    def line(self, line: ProposedLine) -> str:
        """Say what a line was found by."""
        text = self._text
        reasons = [text("readings alone, no call")]
        if line.calls:
            reasons = [text("{calls} on {days}", calls=self._calls(line.calls), days=self._days(line.days))]
        if 0 < line.calls < FEW_CALLS and self._proposal.days > LEAST_DAYS:
            reasons.append(text("a trial? then take it out"))
        if line.closed:
            reasons.append(
                text(
                    "nobody answers it on {days}; opening hours are the office's, not a line's",
                    days=self._weekdays(line.closed),
                )
            )
        if self._from.by_number:
            reasons.append(text("a number dialled: take it out if it is a phone's"))
        return self._joined(reasons)

    def rate(self, line: ProposedLine) -> str:
        """Say what a line's usual rate is the median of, or why it has none."""
        text, usual, suspected = self._text, line.usual, line.suspected
        if usual is None:
            reasons = [text("no expected_lost_rate: too few lost ({count}) for a median", count=line.lost)]
            if suspected:
                reasons.append(text("the analysis suspects {days}, left out", days=self._days(suspected)))
            return self._joined(reasons)
        of = self._days(usual.days)
        if usual.each != 1:
            of = text("stretches of {each} days, {days} in all", each=usual.each, days=usual.days)
        reasons = [text("expected_lost_rate: the median of {days}", days=of), self._calls(usual.calls)]
        if suspected:
            reasons.append(text("without {days} that the analysis suspects", days=self._days(suspected)))
        return ", ".join(reasons)

    def _joined(self, reasons: Iterable[str]) -> str:
        return self._text.semicolon.join(reasons)

    def _calls(self, number: int) -> str:
        return self._text.counted("{calls} call", "{calls} calls", number, calls=self._writing.number(number))

    def _days(self, number: int) -> str:
        return self._text.counted("{days} day", "{days} days", number, days=self._writing.number(number))

    def _weekdays(self, numbers: Iterable[int]) -> str:
        return ", ".join(self._text(_WEEKDAYS[number]) for number in numbers)


def _at_night(hours: WeeklyHours) -> bool:
    """Tell whether hours lie where offices are shut; those that never end do not."""
    edges = [edge for spans in hours.week for span in spans for edge in span]
    return bool(edges) and edges != [0, SLOTS_A_DAY] * 7 and not (DAWN <= min(edges) < max(edges) <= LATE)
