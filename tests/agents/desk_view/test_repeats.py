"""The page of a line says how many answered callers called again."""

from __future__ import annotations

import json
from datetime import datetime

from agents.board.periods.download import as_json
from agents.desk_view.reading import DeskReader, DeskView
from agents.desk_view.repeats import shown_repeats
from agents.language import Language
from agents.translation import Words
from streams.ledger.day import CallSlot, LineDay
from streams.periods.named import period_of
from tests.agents.board.known import SETTINGS, history
from tests.agents.totals.year import PARIS

LATER = datetime(2014, 11, 4, 12, 0, tzinfo=PARIS)
NOON = round(datetime(2013, 3, 4, 12, tzinfo=PARIS).timestamp()) // 900


def view(known: int, again: int) -> DeskView:
    slot = CallSlot(offered=90, answered=90, known_answered=known, called_again=again)
    days = [LineDay(id="lozere/circulation", day="2013-03-04", slots={NOON: slot})]
    return DeskReader(SETTINGS).view(history(days=[*days]), "lines", "circulation", period_of("2013-03"), LATER)


def test_a_line_has_the_share_of_its_period() -> None:
    says = shown_repeats(view(80, 8), Words(Language.EN))
    assert says is not None
    assert says.startswith("Of 80 answers to known callers, 8 were followed by another call")
    assert "10.0% (95%: 4.8% to 18.0%)" in says
    shown = json.loads(as_json(view(80, 8), "lozere", PARIS))["called_again"]
    assert (shown["known"], shown["again"], shown["share"]) == (80, 8, 0.1)


def test_it_is_withheld_without_most_of_the_callers_and_absent_without_any() -> None:
    says = shown_repeats(view(40, 8), Words(Language.EN))
    assert says is not None
    assert "is not shown" in says
    assert shown_repeats(view(0, 0), Words(Language.EN)) is None
