"""The demand around closing is shown on the page of a line or a counter, in words, bars and JSON."""

from __future__ import annotations

import json
from datetime import date, datetime

from agents.board.periods.download import as_json
from agents.desk_view.closing import closing_sentence, quarters, shown_closings
from agents.desk_view.reading import DeskReader
from agents.language import Language
from agents.translation import Words
from streams.indicators.closing import ClosingTime
from streams.ledger.day import CallSlot, LedgerDay, LineDay, ServiceDay, TicketSlot
from streams.periods.named import period_of
from tests.agents.board.known import SETTINGS, history
from tests.agents.totals.year import PARIS

LATER = datetime(2014, 11, 4, 12, 0, tzinfo=PARIS)
NOON = round(datetime(2013, 3, 4, 13, tzinfo=PARIS).timestamp()) // 900  # the office closes
CALLS = {NOON - 1: CallSlot(offered=4, answered=4), NOON: CallSlot(offered=1, lost=1)}
DAYS: list[LedgerDay] = [
    LineDay(id="lozere/circulation", day="2013-03-04", slots=CALLS),
    ServiceDay(id="lozere/cartes", day="2013-03-04", slots={NOON + 1: TicketSlot(issued=3, served=3, late=1)}),
]
CLOSING = ClosingTime("13:00", 1, [0, 4, 1, 0])


def test_a_page_has_the_quarters_before_and_after_closing() -> None:
    reader, told = DeskReader(SETTINGS), history(days=DAYS)
    line = reader.view(told, "lines", "circulation", period_of("2013-03"), LATER)
    (shown,) = shown_closings(line, Words(Language.EN))
    assert shown.title == "Around closing at 13:00"
    assert shown.says == "1 call in the half-hour after closing, 4 in the half-hour before. Days: 1."
    assert [each[0] for each in shown.classes] == [
        "from 12:30",
        "from 12:45",
        "from 13:00, closed",
        "from 13:15, closed",
    ]
    assert [each[1:] for each in shown.classes] == [("0", 0.0), ("4", 1.0), ("1", 0.25), ("0", 0.0)]
    counter = reader.view(told, "services", "cartes", period_of("2013-03"), LATER)
    assert json.loads(as_json(counter, "lozere", PARIS))["closings"] == [
        {"at": "13:00", "days": 1, "quarters": [0, 0, 0, 3]}
    ]
    assert json.loads(as_json(counter, "lozere", PARIS))["raw"]["late"] == 1
    today = datetime.combine(date(2013, 3, 4), LATER.timetz())
    under_way = reader.view(told, "lines", "circulation", period_of("2013-03"), today)
    assert shown_closings(under_way, Words(Language.EN)) == []


def test_a_closing_in_french() -> None:
    french = Words(Language.FR)
    assert closing_sentence(CLOSING, french, tickets=True).startswith("1 ticket dans la demi-heure après")
    assert next(quarters(CLOSING, french)) == ("12\N{NARROW NO-BREAK SPACE}h\N{NARROW NO-BREAK SPACE}30", 0)
