"""A period's name in a reader's language."""

from __future__ import annotations

from agents.translation import Words
from agents.writing import Writing
from streams.indicators.period import Period
from streams.periods.named import kind_of


def called(period: Period, text: Words) -> str:
    writing, first, last = Writing(text.language), period.first, period.last
    match kind_of(period):
        case "day":
            return f"{writing.weekday(first)} {writing.day(first)}"
        case "week":
            return text("week of {day}", day=writing.day(first))
        case "month":
            return writing.whole_month(first)
        case "quarter":
            return writing.quarter(first)
        case "year":
            return str(first.year)
        case "range":
            begins = writing.day(first).removesuffix(f" {last.year}")
            return text("from {first} to {last}", first=begins, last=writing.day(last))
