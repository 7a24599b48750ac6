"""The subject of a mail: the day's figure, or why there is none. A figure in doubt is always marked."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from agents.desk_view.words import PeriodWords
from agents.mail.sums import LinesSum
from agents.translation import Words
from agents.writing import Writing
from streams.calls.counts import Counts
from streams.indicators.period import Period
from streams.indicators.plan import LeadingRate
from streams.periods.named import kind_of


def one_line(text: str) -> str:
    r"""Return a text on one line, as a header requires.

    >>> one_line("Accueil\r\nBcc: x@y.example \x00")
    'Accueil Bcc: x@y.example'
    """
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())


class SubjectWriter:
    """Subjects in one language; `leads` is the rate to name first."""

    def __init__(self, text: Words, zone: ZoneInfo, leads: LeadingRate = "lost_rate") -> None:
        self._text = text
        self._leads = leads
        self._writing = Writing(text.language)
        self._periods = PeriodWords(text, zone)

    def subject(self, period: Period, today: date, summary: str, office: str) -> str:
        """Return the subject of a mail: period, figures and office."""
        return one_line(f"{self.when(period, today)}{self._text.colon}{summary} - {office}")

    def when(self, period: Period, today: date) -> str:
        """Return a period's name on a day: yesterday is named, and the current year is left out."""
        first, writing = period.first, self._writing
        if kind_of(period) != "day":
            return _capital(self._periods.period(period))
        day = f"{writing.weekday(first)} {writing.day(first, year=first.year != today.year)}"
        return self._text("Yesterday, {day}", day=day) if first == today - timedelta(1) else _capital(day)

    def lines(self, found: LinesSum) -> str:
        """Return the lines' summary: withheld lines with the reason, then the sum of the others."""
        text, calls = self._text, found.calls
        parts = [text("{line}, figure withheld ({why})", line=each.label, why=each.why) for each in found.withheld]
        if calls is not None and parts:
            parts.append(
                text.counted(
                    "without this line, {others}",
                    "without these lines, {others}",
                    len(parts),
                    others=self._sum(calls, found),
                )
            )
        elif calls is not None:
            return self._sum(calls, found)
        return text.semicolon.join(parts) or text("no call was counted")

    def _sum(self, calls: Counts, found: LinesSum) -> str:
        text, writing = self._text, self._writing
        word = text("corrected") if found.corrected else text("to be checked") if found.doubted else ""
        rate = ", ".join(filter(None, (writing.percent(calls.lost_rate, 1), word)))
        offered = text.counted("{number} call", "{number} calls", calls.offered, number=writing.number(calls.offered))
        lost = text.counted("{number} lost", "{number} lost", calls.lost, number=writing.number(calls.lost))
        rates = [f"{lost} ({rate})"]
        if found.answer_rate is not None:
            answered = text("{share} answered", share=writing.percent(found.answer_rate, 0))
            leads = self._leads == "answer_rate"
            rates.insert(0 if leads else 1, f"{answered} ({word})" if leads and word else answered)
        return ", ".join([offered, *rates])


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
