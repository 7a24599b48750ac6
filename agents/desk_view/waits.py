"""Waits over a period, formatted: a summary, and classes with bars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from agents.desk_view.reading import DeskView
from agents.translation import Words
from agents.writing import Writing
from streams.indicators.wait import Wait
from streams.kept.waits import Waits
from streams.periods.wait_classes import CALL_CLASSES, TICKET_CLASSES, wait_classes


class ShownBars(NamedTuple):
    """A sentence, and classes as bars: each with its size relative to the largest class."""

    title: str
    says: str
    head: str  # heading of the column of classes
    classes: list[tuple[str, str, float]]


def shown_waits(view: DeskView, text: Words) -> list[ShownBars]:
    """Return the waits, if they are known."""
    if view.found.waits is None:
        return []
    titles, ends = (text("Answered calls"), text("Lost calls")), CALL_CLASSES
    if view.found.suspect:  # the waits of calls with the wrong outcome are unknown
        titles = text("Answered calls, as counted"), text("Lost calls, as counted")
    if view.kind == "services":
        titles, ends = (text("Wait until called"), text("Time at the counter")), TICKET_CLASSES
        if view.found.suspect:
            titles = text("Wait until called, as counted"), text("Time at the counter, as counted")
    titled = zip(titles, view.found.waits, strict=True)
    return [_shown(title, waits, ends, text) for title, waits in titled if waits.count]


def _shown(title: str, waits: Waits, ends: Sequence[float], text: Words) -> ShownBars:
    writing, wait = Writing(text.language), Wait.of(waits)
    says = text(
        "{count} waits: mean {mean}, half within {p50}, 9 of 10 within {p90}, longest {longest}",
        count=writing.number(wait.count),
        mean=writing.duration(wait.mean),
        p50=writing.duration(wait.p50),
        p90=writing.duration(wait.p90),
        longest=writing.duration(wait.max),
    )
    classes = wait_classes(waits, ends)
    most = max(1, *(each.waits for each in classes))
    shown = []
    for each in classes:
        upto = text("longer") if each.upto is None else text("up to {time}", time=_short(each.upto))
        said = f"{writing.number(each.waits)} · {writing.percent(each.waits / waits.count, 0)}"
        shown.append((upto, said, each.waits / most))
    return ShownBars(title, says, text("Wait"), shown)


def _short(seconds: float) -> str:
    """Format the end of a class of waits.

    >>> _short(20.0), _short(120.0)
    ('20 s', '2 min')
    """
    return f"{seconds:.0f} s" if seconds < 60 else f"{seconds / 60:.0f} min"  # noqa: PLR2004 -- a minute
