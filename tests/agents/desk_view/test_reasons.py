"""Reasons for lost calls on a line's page and in its downloads: exact to the unit, and never 0 if unknown."""

from __future__ import annotations

import csv
import json
from datetime import date
from io import StringIO

from agents.board.follower import Known
from streams.kept.waits import Waits
from streams.ledger.day import CallSlot, LedgerDay
from tests.agents.board.known import SETTINGS, history
from tests.agents.board.test_server import ask
from tests.streams.indicators.telling import line_days, slot_at

FIRST, LAST = date(2013, 9, 2), date(2013, 9, 6)
EARLIER = CallSlot(offered=9, answered=7, lost=2)  # as counted by an earlier version that kept no reasons
KEPT = CallSlot(
    offered=10,
    answered=6,
    lost=3,
    diverted=1,
    lost_for={"abandoned": 2, "full": 1},
    diverted_for={"voicemail": 1},
    talked=1,
    lost_short=1,
    lost_within=2,
)
WEEK = "/lines/circulation?period=2013-W36"


def waited(*seconds: int) -> Waits:
    found = Waits()
    for each in seconds:
        found.add(each * 1_000)
    return found


def told(*, earlier_days: int) -> Known:
    """Return a week whose first days an earlier version counted, with calls on one evening."""
    days = line_days(FIRST, LAST, lambda _: KEPT)
    days[:earlier_days] = line_days(FIRST, LAST, lambda _: EARLIER)[:earlier_days]
    days[4].answered_waits, days[4].lost_waits = waited(8), waited(20, 40)
    days[4].slots[slot_at(LAST, 20)] = CallSlot(offered=4, diverted=4, diverted_for={"closed": 4})
    written: list[LedgerDay] = [*days]
    return Known(history(days=written), {}, {})


def test_each_reason_has_its_calls_and_they_sum_up_to_what_was_lost() -> None:
    page, document, table = ask(
        f"{WEEK}&lang=en", f"{WEEK}&format=json", f"{WEEK}&format=csv", what=told(earlier_days=0)
    )
    slots = sum(len(each.slots) for each in line_days(FIRST, LAST, lambda _: KEPT))
    figures = json.loads(document.text)
    assert figures["reasons"]["lost"] == {"abandoned": 2 * slots, "full": slots}
    assert figures["raw"]["lost"] == sum(figures["reasons"]["lost"].values()) == 3 * slots
    assert figures["raw"]["diverted"] == sum(figures["reasons"]["diverted"].values()) == slots
    assert figures["reasons_at_any_hour"]["diverted"] == {"voicemail": slots, "closed": 4}
    assert figures["laws"] == {"talked": slots, "legs": 0, "copies": 0, "ghosts": 0}
    assert {kind: (wait["count"], wait["mean"]) for kind, wait in figures["wait"].items()} == {
        "answered": (1, 8.0),
        "lost": (2, 30.0),
    }
    rows = list(csv.DictReader(StringIO(table.text)))
    for row in rows:
        for outcome in ("lost", "diverted"):
            of = [int(count) for name, count in row.items() if name.startswith(f"{outcome}_")]
            assert sum(of) == int(row[outcome])
    assert sum(int(row["lost_full"]) for row in rows) == slots
    for words in (
        "Why calls were lost",
        f"abandoned{2 * slots} · 67%{2 * slots}",
        f"queue full{slots} · 33%{slots}",
    ):
        assert words in page.page
    assert "closed0 · 0%4" in page.page
    assert f"without the {slots} lost within 5 s" in page.page


def test_where_an_earlier_version_counted_the_reasons_are_not_known_and_not_nought() -> None:
    page, document, table = ask(
        f"{WEEK}&lang=en", f"{WEEK}&format=json", f"{WEEK}&format=csv", what=told(earlier_days=2)
    )
    figures = json.loads(document.text)
    lost = figures["reasons"]["lost"]
    assert sum(lost.values()) == figures["raw"]["lost"]
    assert lost["not_kept"] == 2 * sum(len(each.slots) for each in line_days(FIRST, date(2013, 9, 3), lambda _: KEPT))
    assert "not known: counted before reasons were kept" in page.page
    rows = list(csv.DictReader(StringIO(table.text)))
    before = [row for row in rows if row["from"] < "2013-09-04" and row["lost"] != "0"]
    assert before
    assert all(row["lost_not_kept"] == row["lost"] and row["lost_full"] == "" for row in before)
    assert {row["lost_full"] for row in rows if row not in before} == {"0", "4"}
    assert all(row["lost_not_kept"] == "0" for row in rows if row not in before)


def test_a_counter_has_no_reasons() -> None:
    page, table = ask("/services/cartes?period=2013-03&lang=en", "/services/cartes?period=2013-03&format=csv")
    assert "Why calls" not in page.page
    assert "lost_full" not in table.text


def test_a_line_of_readings_says_that_these_give_none() -> None:
    lines = {"circulation": SETTINGS.lines["circulation"].model_copy(update={"lifecycle": "totals"})}
    days = line_days(FIRST, LAST, lambda _: CallSlot(offered=9, answered=7, lost=2, reported=1))
    written: list[LedgerDay] = [*days]
    what = Known(history(days=written), {}, {})
    (page,) = ask(f"{WEEK}&lang=en", what=what, settings=SETTINGS.model_copy(update={"lines": lines}))
    assert "not known: readings give no reasons" in page.page
