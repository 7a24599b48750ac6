"""The reason for each value of a proposal, in one language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, Literal, NamedTuple, TypeAlias

from agents.language import Language
from agents.proposal.office import Proposal, ProposedLine
from agents.translation import Words
from agents.writing import Writing
from config.settings import located
from streams.insight.weekly_hours import LEAST_DAYS, LEAST_QUARTERS, WeeklyHours
from streams.kept.times import SLOTS_A_DAY
from streams.said import said

FEW_CALLS: Final = 10  # a line with fewer may be a test
DAWN: Final = 24  # quarter-hour 06:00; offices open later
LATE: Final = 88  # quarter-hour 22:00; offices close earlier
_WEEKDAYS: Final = (
    *(said("Mondays"), said("Tuesdays"), said("Wednesdays"), said("Thursdays"), said("Fridays")),
    *(said("Saturdays"), said("Sundays")),
)
ZoneFrom: TypeAlias = Literal["told", "mapping", "machine", "default"]
_ZONES: Final = {
    "told": said("given by --timezone"),
    "mapping": said("the time zone in the file's mapping"),
    "machine": said("this machine's time zone; change it with --timezone NAME"),
    "default": said("a default, because this machine uses universal time; change it with --timezone NAME"),
}


class Provenance(NamedTuple):
    """The origin of a proposal, besides its traffic."""

    words: str  # the files, as arguments of another command
    site_told: bool  # given by the events or by --site
    zone: ZoneFrom
    by_number: bool  # lines are dialled numbers


class Reasons:
    """The reasons for the values of a proposal, in one language."""

    def __init__(self, proposal: Proposal, provenance: Provenance, language: Language) -> None:
        self._proposal, self._from = proposal, provenance
        self._text, self._writing = Words(language), Writing(language)

    def whole(self) -> str:
        """Return what the whole proposal is based on."""
        text, first, last = self._text, self._proposal.first, self._proposal.last
        number, files = sum(line.calls for line in self._proposal.lines), self._from.words
        if first and last:
            span = text("{first} to {last}", first=first, last=last) if first < last else str(first)
            files = text(
                "{name}: {sentence}", name=files, sentence=f"{self._calls(number)}, {span}" if number else span
            )
        return text(
            "Proposed by tocsin init {files}. Please check: each comment says where a value comes from. "
            "Settings not written here keep their defaults, which {file} explains.",
            files=files,
            file=located(None),
        )

    def site(self) -> str | None:
        """Return the reason for the site's id; None if it was given."""
        if self._from.site_told:
            return None
        return self._text("a default, because the files do not name the office; replace it with yours, such as lozere")

    def zone(self) -> str:
        return self._text(_ZONES[self._from.zone])

    def holidays(self) -> str:
        """Return how the closed days, and the open holidays, were found."""
        text, days = self._text, self._proposal.exceptional
        if self._proposal.country is None:
            reasons = [text("no country: neither the time zone nor the calls show which public holidays apply")]
        else:
            reasons = [text("country from the time zone"), text("no public holiday confirms it")]
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
        """Yield the days that a person should check."""
        for first, last in self._proposal.exceptional.holes:
            yield self._text(
                "no activity from {first} to {last}: a gap in the record, or a closure to add under `closed`",
                first=first,
                last=last,
            )
        for day in self._proposal.exceptional.doubted:
            yield self._text(
                "{day}: calls, but no answers: was the office closed (add the day under `closed`), or was the "
                "counting wrong?",
                day=day,
            )

    def hours(self) -> str:
        """Return the source from which the opening hours were guessed."""
        text, proposal, hours = self._text, self._proposal, self._proposal.hours
        days = self._days(proposal.days)
        if not proposal.days and proposal.lines and all(line.totals for line in proposal.lines):
            return text(
                "a default: a counter's totals do not show the hours; replace it with yours, such as \"Mo-Fr "
                '08:30-12:00,13:30-17:00"'
            )
        from_ = text("the tickets called on {days}", days=days)
        if proposal.answered or not proposal.services:
            from_ = text("{calls} answered calls on {days}", calls=self._writing.number(proposal.answered), days=days)
        if hours is None:
            return text(
                "a default: {calls} are too few to show the hours (at least {days} days and {quarters} busy "
                'quarter-hours are needed); replace it with yours, such as "Mo-Fr 08:30-12:00,13:30-17:00"',
                calls=from_,
                days=LEAST_DAYS,
                quarters=LEAST_QUARTERS,
            )
        reasons = [text("guessed from {calls}", calls=from_)]
        if proposal.answered:
            reasons.append(text("{share} of these within the hours", share=self._writing.percent(proposal.within, 1)))
        if self._from.zone in {"machine", "default"} and _at_night(hours):
            reasons.append(text("at night: is the time zone right?"))
        if hours.unseen:
            reasons.append(text("not in the record: {days}", days=self._weekdays(hours.unseen)))
        return self._joined(reasons)

    def line(self, line: ProposedLine) -> str:
        text = self._text
        reasons = [text("only readings, no calls")]
        if line.calls:
            reasons = [text("{calls} on {days}", calls=self._calls(line.calls), days=self._days(line.days))]
        if 0 < line.calls < FEW_CALLS and self._proposal.days > LEAST_DAYS:
            reasons.append(text("if this was a test, remove the line"))
        if line.closed:
            reasons.append(
                text(
                    "no answers on {days}; opening hours apply to the whole office, not to a line",
                    days=self._weekdays(line.closed),
                )
            )
        if line.dialled:
            reasons.append(text("a number that callers from outside dialled; they entered no queue"))
        elif self._from.by_number or line.dialled is not None:
            reasons.append(text("a dialled number: remove it if it belongs to a telephone"))
        for each in line.overflows:
            facts = {"left": each.left, "entered": each.entered, "calls": self._calls(each.calls)}
            shared = text("a line of its own, because several queues overflow into it")
            if each.left in line.queues:
                shared = text("one line, because each of these callers is one attempt")
            overflow = text("{left} overflows into {entered} ({calls} left one and entered the other at once)", **facts)
            reasons += [overflow] if shared in reasons else [overflow, shared]
        return self._joined(reasons)

    def rate(self, line: ProposedLine) -> str:
        """Return what a line's usual rate is based on, or why it has none."""
        text, usual, suspected = self._text, line.usual, line.suspected
        if usual is None:
            reasons = [text("no expected_lost_rate: too few lost calls ({count}) for a median", count=line.lost)]
            if suspected:
                reasons.append(
                    text("left out, because the analysis suspects a miscount: {days}", days=self._days(suspected))
                )
            return self._joined(reasons)
        of = self._days(usual.days)
        if usual.each != 1:
            of = text("stretches of {each} days, covering {days} days", each=usual.each, days=usual.days)
        reasons = [text("expected_lost_rate: the median of {days}", days=of), self._calls(usual.calls)]
        if suspected:
            reasons.append(text("without {days} with a suspected miscount", days=self._days(suspected)))
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
    """Return whether any hours are at a time when offices are closed; false for hours of 24/7."""
    edges = [edge for spans in hours.week for span in spans for edge in span]
    return bool(edges) and edges != [0, SLOTS_A_DAY] * 7 and not (DAWN <= min(edges) < max(edges) <= LATE)
