"""How many of a line's answered callers called it again, as a sentence."""

from __future__ import annotations

from agents.desk_view.reading import DeskView
from agents.translation import Words
from agents.writing import Writing
from streams.indicators.line import LineTotals
from streams.indicators.repeats import Repeats, together


def shown_repeats(view: DeskView, text: Words) -> str | None:
    """Return the sentence of a line's period; None of other desks, and if no caller is known."""
    totals = view.found.totals
    if not isinstance(totals, LineTotals) or not totals.repeats:
        return None
    return repeats_sentence(together("", totals.repeats), text)


def repeats_sentence(of: Repeats, text: Words) -> str:
    """Return the share of callers who called again, or why it is not shown."""
    writing = Writing(text.language)
    number, known = writing.number, writing.number(of.known)
    if of.bounds is None:
        return text(
            "Whether answered callers call again is not shown: the caller is known for {known} of {answered} answers.",
            known=known,
            answered=number(of.answered),
        )
    return text(
        "Of {known} answers to known callers, {again} were followed by another call of the same caller to this line "
        "within half an hour: {share} (95%: {bounds}).",
        known=known,
        again=number(of.again),
        share=writing.percent(of.share, 1),
        bounds=repeats_bounds(of, text),
    )


def repeats_bounds(of: Repeats, text: Words) -> str:
    """Return the interval of the share."""
    percent = Writing(text.language).percent
    low, high = of.bounds or (None, None)
    return text("{low} to {high}", low=percent(low, 1), high=percent(high, 1))
