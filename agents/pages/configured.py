"""The sentence about a counted lost rate that is surely not the configured one."""

from __future__ import annotations

from agents.translation import Words
from agents.writing import Writing
from streams.calls.counts import Counts


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
