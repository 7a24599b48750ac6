"""The requests of a channel by reason, in words, such as the causes of complaints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from agents.translation import Words
from agents.writing import Writing
from streams.indicators.channel import ReasonCount
from streams.requests.request import OTHER

SHOWN: Final = 8  # reasons; the others are summed


def reasons_sentence(reasons: Sequence[ReasonCount], received: int, text: Words) -> str:
    """Return how many of the `received` requests name which reason, and in how many months; there is at least one.

    >>> from agents.language import Language
    >>> reasons_sentence([ReasonCount("waiting", 12, 5), ReasonCount("error", 3, 1)], 20, Words(Language.EN))
    'By reason, as counted: waiting 12 (5 months), error 3 (1 month); no reason 5'
    """
    number = Writing(text.language).number
    parts = [f"{_named(each.reason, text)} {number(each.received)} ({_months(each, text)})" for each in reasons[:SHOWN]]
    if rest := sum(each.received for each in reasons[SHOWN:]):
        parts.append(text("other reasons {count}", count=number(rest)))
    says = text("By reason, as counted: {reasons}", reasons=", ".join(parts))
    without = received - sum(each.received for each in reasons)
    return says if not without else says + text.semicolon + text("no reason {count}", count=number(without))


def _named(reason: str, text: Words) -> str:
    return text("other reasons") if reason == OTHER else reason


def _months(each: ReasonCount, text: Words) -> str:
    return text.counted("{count} month", "{count} months", each.months)
