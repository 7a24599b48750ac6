"""The demand around closing as pictures of the report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from agents.desk_view.closing import closing_sentence, closing_title, quarters
from agents.report.bars import LimitMark, ValueBar, bars
from agents.report.blocks import Picture
from agents.totals.telling import Telling
from streams.indicators.closing import HALF, ClosingTime


def closings(every: Iterable[ClosingTime], telling: Telling, *, tickets: bool) -> Iterator[Picture]:
    """Yield a picture for each closing time: two quarters of an hour before it, and two after."""
    for each in every:
        title, says = closing_title(each, telling.text), closing_sentence(each, telling.text, tickets=tickets)
        drawn = [ValueBar(time, count, telling.number(count)) for time, count in quarters(each, telling.text)]
        label, mark = f"{title}{telling.colon}{says}", LimitMark(HALF, telling.text("closing"))
        yield Picture(f"{title}. {says}", bars(drawn, label, limit=mark), says)
