"""The rows add up to the raw figures, are the same whatever the period, and name no caller, call or note."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from itertools import chain
from typing import Any

import msgspec

from agents.history.incident_json import incident_json
from agents.history.ledger import History
from agents.kafka.client import Topic, topic
from agents.totals.history import figures
from agents.totals.plan import plan_of
from agents.warehouse.columns import KEYS, TABLES
from agents.warehouse.rows import OfficeRecords, Row, months, tables_of
from config.offices import Offices
from config.settings import Settings
from streams.indicators.period import Period
from streams.ledger.day import CallSlot, LineDay, day_key, write_day
from streams.watch.facts import KeptSentences
from streams.watch.incident import Decided, Evidence
from tests.agents.nation.made import MONTH, PARIS, TODAY, MadeRecord, history, offices
from tests.streams.indicators.telling import incident

NOW = datetime(2013, 3, 1, 12, tzinfo=PARIS)
CALLER, NOTE = "hmac:5f1c", "panne du 4 mars"
FAULT = (date(2013, 1, 14), date(2013, 1, 16))


def told(known: History, settings: Settings, first: date = FAULT[0], last: date = FAULT[1]) -> str:
    """Add a miscount of the line circulation that a person confirmed; return its id."""
    name = incident(first, last).id
    given: dict[str, Any] = {
        "status": "confirmed",
        "evidence": [Evidence("lost rate", 0.8, 0.02, 12.0, KeptSentences("appels perdus", "lost calls"), [CALLER])],
        "decisions": [Decided(name, 1_389_258_180_000, 1, "confirm", "m.durand", NOTE, None, None)],
    }
    value = msgspec.json.encode({"site": settings.site, **incident_json(incident(first, last, **given), PARIS)})
    known.take(MadeRecord(topic(settings, Topic.INCIDENTS), f"{settings.site}/{name}".encode(), value))
    return name


@cache
def counted() -> tuple[Offices, History]:
    of = offices()
    return of, history(of)


def office(site: str = "a", period: Period = MONTH, now: datetime = NOW) -> OfficeRecords:
    of, known = counted()
    return OfficeRecords(of.sites[site], known.copy(), period, now)


def counted_on(of: OfficeRecords, *days: date) -> None:
    """Add days on which the line circulation lost a twentieth of its calls."""
    for number, day in enumerate(days, 1_000):
        slots = {no: CallSlot(offered=40, answered=38, lost=2) for no in plan_of(of.settings).opened(day)}
        found = LineDay(id="a/circulation", day=day.isoformat(), offset=number, closed=True, slots=slots)
        of.history.take(MadeRecord(topic(of.settings, Topic.LEDGER), day_key(found).encode(), write_day(found)))


def faulty_january() -> OfficeRecords:
    """Return the year of an office with a miscount that leaves too little of January, but enough of the year."""
    found = office(period=Period.of_year(2013), now=datetime(2014, 1, 15, 12, tzinfo=PARIS))
    told(found.history, found.settings, date(2013, 1, 7), date(2013, 1, 25))
    counted_on(found, *Period(date(2013, 2, 1), date(2013, 5, 31)).days())
    return found


def corrected_rate(of: OfficeRecords) -> float | None:
    """Return the corrected lost rate of circulation over the period."""
    found = figures(of.settings, of.history, of.period, of.now.date()).lines["circulation"].corrected
    return None if found is None else found.lost_rate


def table(of: OfficeRecords, name: str) -> list[Row]:
    return [*chain(*tables_of(of)[name].values())]


def test_the_open_slots_of_a_line_add_up_to_its_raw_figures_with_and_without_a_miscount() -> None:
    found = office()
    for is_wrong in (False, True):
        if is_wrong:
            told(found.history, found.settings)
        line = figures(found.settings, found.history, MONTH, TODAY).lines["circulation"]
        assert (line.method == "exclude") is is_wrong
        for name in ("slots", "days"):
            rows = [each for each in table(found, name) if each["name"] == "circulation" and each.get("open", True)]
            for of in ("offered", "lost"):
                assert sum(each[f"raw_{of}"] for each in rows) == getattr(line.raw, of)
            inside = {each["quality"] for each in rows if FAULT[0] <= each["day"] <= FAULT[1]}
            assert inside == ({"U"} if is_wrong else {"A"})
            assert {each["quality"] for each in rows if each["day"] < FAULT[0]} == {"A"}
        assert sum(each["lost_reasons"].get("abandoned", 0) for each in rows) == line.raw.lost


def test_a_slot_or_a_day_is_the_same_whatever_the_period_that_is_written() -> None:
    found = office(period=Period(date(2012, 12, 1), date(2013, 3, 31)))
    told(found.history, found.settings)
    counted_on(found, date(2012, 12, 12), date(2013, 3, 8))
    whole = tables_of(found)
    for year, month in months(found.period):
        alone = tables_of(found._replace(period=Period.of_months(year, month, 1)))
        for name in ("slots", "days", "incidents", "decisions"):
            assert alone[name] == {(year, month): whole[name][year, month]}


def test_calls_outside_opening_hours_have_rows_but_are_in_no_figure() -> None:
    found = office()
    day = LineDay(
        id="a/standard", day="2013-01-05", offset=99, closed=True, slots={1_508_204: CallSlot(offered=3, lost=3)}
    )
    found.history.take(MadeRecord(topic(found.settings, Topic.LEDGER), day_key(day).encode(), write_day(day)))
    (row,) = [each for each in table(found, "slots") if not each["open"] and each["kind"] == "line"]
    assert (row["raw_lost"], row["day"], row["hour"]) == (3, date(2013, 1, 5), 12)
    assert not any(each["day"] == row["day"] for each in table(found, "days") if each["name"] == "standard")


def test_a_counter_has_its_tickets_and_waits_and_a_doubtful_day_is_marked() -> None:
    found = office()
    days = [each for each in table(found, "days") if each["kind"] == "service"]
    assert sum(each["raw_issued"] for each in days) == 62
    assert {(each.get("wait_count", 0), each.get("wait_seconds", 0)) for each in days} == {(1, 600.0)}
    assert {each["quality"] for each in days} == {"A"}


def test_what_is_not_over_yet_is_provisional_or_left_out() -> None:
    rows = table(office(now=datetime(2013, 1, 31, 10, tzinfo=PARIS)), "slots")
    last = [each for each in rows if each["day"] == date(2013, 1, 31) and each["name"] == "standard"]
    assert [each["hour"] for each in last] == [9, 9, 9, 9]
    (day,) = [
        each
        for each in table(office(now=datetime(2013, 1, 31, 9, 50, tzinfo=PARIS)), "days")
        if each["day"] == date(2013, 1, 31) and each["name"] == "standard"
    ]
    assert (day["slots"], day["quality"]) == (4, "P")


def test_incidents_and_decisions_are_filed_where_the_incident_began() -> None:
    found = office()
    name = told(found.history, found.settings)
    found = found._replace(period=Period(date(2012, 12, 1), date(2013, 2, 28)))
    made = tables_of(found)
    assert [*made["incidents"]] == [(2012, 12), (2013, 1), (2013, 2)]
    (row,), (decision,) = made["incidents"][2013, 1], made["decisions"][2013, 1]
    assert (row["id"], row["kind"], row["name"]) == (name, "line", "circulation")
    assert (decision["incident"], decision["decision"], decision["decided_by"]) == (name, "confirm", "m.durand")


def test_the_figures_of_now_have_no_edition() -> None:
    rows = table(office(), "vintages")
    wanted = figures(office().settings, office().history, MONTH, TODAY)
    assert [(each["id"], each["raw"], each["corrected"]) for each in rows] == [
        (each.id, each.raw.value, each.corrected.value) for each in wanted.indicators
    ]
    assert {each["edition"] for each in rows} == {None}


def test_every_row_has_only_columns_of_its_table_and_names_no_caller_or_note() -> None:
    found = office()
    told(found.history, found.settings)
    made = {name: table(found, name) for name in TABLES}
    for name, rows in made.items():
        assert rows
        for row in rows:
            assert row.keys() <= TABLES[name].keys()
        assert len({tuple(row[each] for each in KEYS[name]) for row in rows}) == len(rows)
    assert TABLES["vintages"].keys() == made["vintages"][0].keys()
    assert CALLER not in str(made)
    assert NOTE not in str(made)
