"""How figures, dates, times and durations are written in a language; None is written as a dash."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from babel.dates import format_date
from babel.numbers import format_decimal

from agents.language import THIN, Language

NOTHING: Final = "—"
_MANY_MINUTES: Final = 10  # a longer time is written without seconds
_MANY_HOURS: Final = 48  # a longer time is written in days
_LOCALES: Final = {Language.FR: "fr", Language.EN: "en_GB"}


class Writing:
    """Figures, dates and durations in one language."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._locale = _LOCALES[language]
        self._french = language is Language.FR

    def number(self, value: float | None, digits: int = 0) -> str:
        """Write a number.

        >>> Writing(Language.EN).number(12345.678, 2), Writing(Language.FR).number(12345.678, 2).replace(THIN, " ")
        ('12,345.68', '12 345,68')
        """
        if value is None:
            return NOTHING
        pattern = f"#,##0{'.' * bool(digits)}{'0' * digits}"
        return format_decimal(value, pattern, locale=self._locale)

    def percent(self, share: float | None, digits: int = 2) -> str:
        """Write a share as a percentage.

        >>> Writing(Language.EN).percent(0.1956), Writing(Language.FR).percent(0.1956).replace(THIN, " ")
        ('19.56%', '19,56 %')
        """
        if share is None:
            return NOTHING
        return f"{self.number(share * 100, digits)}{THIN if self._french else ''}%"

    def promised(self, share: float) -> str:
        """Write a share that somebody has set, with no more digits than needed.

        >>> [Writing(Language.EN).promised(each) for each in (0.1, 0.025, 0.9999)]
        ['10%', '2.5%', '99.99%']
        """
        return self.percent(share, next((digits for digits in (0, 1) if _whole(share * 10 ** (digits + 2))), 2))

    def day(self, when: date, *, year: bool = True) -> str:
        """Write a date, with or without its year.

        >>> Writing(Language.EN).day(date(2013, 9, 1)), Writing(Language.FR).day(date(2013, 9, 1))
        ('1 September 2013', '1er septembre 2013')
        """
        written = format_date(when, "d MMMM y" if year else "d MMMM", locale=self._locale)
        return f"1er{written[1:]}" if self._french and when.day == 1 else written

    def weekday(self, when: date) -> str:
        return format_date(when, "EEEE", locale=self._locale)

    def month(self, when: date) -> str:
        """Write the month's short name.

        >>> Writing(Language.EN).month(date(2013, 9, 1)), Writing(Language.FR).month(date(2013, 9, 1))
        ('Sept', 'sept.')
        """
        return format_date(when, "MMM", locale=self._locale)

    def initial(self, when: date) -> str:
        """Write the month's initial.

        >>> Writing(Language.FR).initial(date(2013, 9, 1))
        'S'
        """
        return format_date(when, "LLLLL", locale=self._locale)

    def whole_month(self, when: date) -> str:
        """Write a month and its year.

        >>> Writing(Language.EN).whole_month(date(2013, 9, 1)), Writing(Language.FR).whole_month(date(2013, 9, 1))
        ('September 2013', 'septembre 2013')
        """
        return format_date(when, "LLLL y", locale=self._locale)

    def quarter(self, when: date) -> str:
        """Write a quarter and its year.

        >>> Writing(Language.EN).quarter(date(2013, 4, 1)), Writing(Language.FR).quarter(date(2013, 4, 1))
        ('2nd quarter 2013', '2e trimestre 2013')
        """
        return format_date(when, "QQQQ y", locale=self._locale)

    def clock(self, local: datetime) -> str:
        """Write the time of day of a local moment.

        >>> Writing(Language.EN).clock(datetime(2013, 9, 2, 8, 5))
        '08:05'
        """
        if self._french:
            return f"{local.hour}{THIN}h{THIN}{local.minute:02}"
        return f"{local.hour:02}:{local.minute:02}"

    def moment(self, local: datetime) -> str:
        """Write a local date and time."""
        return f"{self.day(local.date())} {'à' if self._french else 'at'} {self.clock(local)}"

    def duration(self, seconds: float | None) -> str:
        """Write a duration.

        >>> [Writing(Language.EN).duration(each).replace(THIN, " ") for each in (9.4, 125, 1830, 11040, 259200)]
        ['9 s', '2 min 05 s', '30 min', '3 h 04 min', '3 d']
        """
        if seconds is None:
            return NOTHING
        minutes, rest = divmod(round(seconds), 60)
        hours, minutes = divmod(minutes, 60)
        if hours >= _MANY_HOURS:
            return f"{hours // 24}{THIN}{'j' if self._french else 'd'}"
        if hours:
            return f"{hours}{THIN}h{THIN}{minutes:02}{THIN}min"
        if minutes >= _MANY_MINUTES:
            return f"{minutes}{THIN}min"
        return f"{minutes}{THIN}min{THIN}{rest:02}{THIN}s" if minutes else f"{rest}{THIN}s"


def _whole(value: float) -> bool:
    return round(value, 6).is_integer()
