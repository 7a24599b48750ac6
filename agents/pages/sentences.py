"""Sentences about the figures of a desk, the same on every surface."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from agents.translation import Words
from agents.writing import Writing
from streams.calls.counts import Counts
from streams.indicators.channel import ReasonCount
from streams.indicators.service import BookedVisits
from streams.insight.losses import Losses
from streams.requests.request import OTHER

SHOWN: Final = 8  # reasons; the others are summed


def booked_sentence(booked: BookedVisits, text: Words) -> str:
    """Return how many visitors had an appointment and were served, and the mean waits of both kinds, as counted."""
    writing = Writing(text.language)
    return text(
        "With an appointment, as counted: tickets {issued}, served {served}, no-shows {no_show}; mean wait {wait}, "
        "without an appointment {walk_in}",
        issued=writing.number(booked.issued),
        served=writing.number(booked.served),
        no_show=writing.number(booked.no_show),
        wait=writing.duration(booked.wait),
        walk_in=writing.duration(booked.walk_in_wait),
    )


def apart(raw: Counts, configured: float, text: Words) -> str:
    """Return the sentence: the counted rate, the configured one, and the number of calls.

    >>> from agents.language import Language
    >>> apart(Counts(7_000, 6_384, 616, 0, 0), 0.041, Words(Language.EN))
    'counted 8.80%, configured 4.10%, on 7,000 calls: either the counting or the configured rate is wrong'
    """
    writing = Writing(text.language)
    return text(
        "counted {counted}, configured {configured}, on {calls} calls: either the counting or the configured rate is "
        "wrong",
        counted=writing.percent(raw.lost_rate),
        configured=writing.percent(configured),
        calls=writing.number(raw.offered),
    )


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


def losses_sentence(lost: Losses, text: Words) -> str | None:
    """Return the lost calls by cause; None if no cause is known."""
    if not (lost.agents or lost.callers or lost.neither):
        return None
    number = Writing(text.language).number
    return text(
        "calls lost in the last month in hours above the target: {agents} with too few agents for the usual "
        "callers, {callers} with more callers than usual, {neither} although the agents sufficed, {unknown} for "
        "an unknown cause",
        agents=number(lost.agents),
        callers=number(lost.callers),
        neither=number(lost.neither),
        unknown=number(lost.unknown),
    )
