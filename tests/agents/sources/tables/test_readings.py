"""A table of a counter's totals becomes readings of the line mapped to its queue; unreadable rows are refused."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.sources.entry import Accepted, Entry, Refused
from agents.sources.tables.readings import Spans
from agents.sources.tables.table_file import READINGS
from config.mapping import Table, available
from config.refusal import ConfigError
from streams.events import Reading, ServiceReading
from tests.agents.sources.contexts import context

HEADER = "line,at,mode,offered,answered,lost,since\n"
PARIS = ZoneInfo("Europe/Paris")
LINES = {"600": "circulation", "standard": "standard"}
ZONES = st.sampled_from(["Europe/Paris", "Indian/Reunion", "America/Cayenne", "Pacific/Chatham"]).map(ZoneInfo)


def read(text: str, table: Table | None = None) -> list[Entry]:
    chosen = available({})["readings"] if table is None else table
    by = context(source="wallboard", table=chosen, line_of=LINES.get)
    return list(READINGS.read(text.encode().splitlines(keepends=True), by))


def told(text: str, table: Table | None = None) -> list[Reading]:
    found = [each.event for each in read(text, table) if isinstance(each, Accepted)]
    assert all(isinstance(each, Reading) for each in found)
    return found  # type: ignore[return-value]  # just asserted


def test_rows_are_readings_in_the_order_of_their_moments() -> None:
    rows = "standard,2013-03-04 09:00,cumulative,99999999,9,1.0,\n600,1362382200,interval,,,3,1362381300\n"
    first, second = told(HEADER + rows)
    assert (first.line, first.mode, first.at, first.since) == ("circulation", "interval", 1362382200.0, 1362381300.0)
    assert (first.offered, first.answered, first.lost) == (None, None, 3)
    assert (second.line, second.mode, second.at, second.since) == ("standard", "cumulative", 1362384000.0, None)
    assert (second.offered, second.answered, second.lost) == (99_999_999, 9, 1)
    assert (second.id, second.source, second.site) == ("wallboard:standard:1362384000.0", "wallboard", "lozere")


def test_a_share_is_of_the_calls_offered_or_of_the_tickets_issued() -> None:
    (of_line,) = told('line,at,offered,lost\nstandard,1362382200,120,"16,7 %"\n')
    assert (of_line.offered, of_line.lost) == (120, 20)
    (refused,) = read('line,at,lost\nstandard,1362382200,"16,7 %"\n')
    assert isinstance(refused, Refused)
    rows = "service,at,issued,served,no_show\ncartes,1362382200,40,95%,5 %\n"
    (of_service,) = (each.event for each in read(rows, available({})["service-readings"]) if isinstance(each, Accepted))
    assert isinstance(of_service, ServiceReading)
    assert (of_service.served, of_service.no_show) == (38, 2)


def test_a_row_that_says_no_mode_is_told_by_its_beginning() -> None:
    found = told("line,at,lost,since\nstandard,1362382200,3,1362381300\nstandard,1362382201,3,\n")
    assert [each.mode for each in found] == ["interval", "cumulative"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("nobody,1362382200,cumulative,1,1,0,", "unknown-line"),
        ("standard,,cumulative,1,1,0,", "no-time"),
        ("standard,soon,cumulative,1,1,0,", "no-time"),
        ("standard,1362382200,daily,1,1,0,", "unknown-outcome"),
        ("standard,1362382200,cumulative,,,,", "no-count"),
        ("standard,1362382200,cumulative,many,,,", "no-count"),
    ],
)
def test_what_is_no_reading_is_refused(row: str, reason: str) -> None:
    (refused,) = read(HEADER + row + "\n")
    assert isinstance(refused, Refused)
    assert (refused.row, refused.why.reason) == (2, reason)


def test_a_file_without_its_line_is_refused() -> None:
    with pytest.raises(ConfigError):
        read("at,mode,offered\n1,cumulative,1\n")


def mapping(**more: object) -> Table:
    keys: dict[str, object] = {"of": "readings", "queue": "line", "moments": {"since": "day"}, "lost": "lost"}
    return Table.model_validate_json(json.dumps({k: v for k, v in (keys | more).items() if v is not None}))


def test_a_date_alone_is_a_day_of_the_office_whatever_the_clock_does_in_it() -> None:
    rows = "day,line,lost\n30/03/2024,600,3\n31/03/2024,600,4\n27/10/2024,600,5\n"
    found = told(rows, mapping(period="day", moments={"since": {"column": "day", "format": "%d/%m/%Y"}}))
    begun = [datetime.fromtimestamp(float(each.since or 0), PARIS) for each in found]  # type: ignore[arg-type]  # epoch
    assert [(each.month, each.day, each.hour) for each in begun] == [(3, 30, 0), (3, 31, 0), (10, 27, 0)]
    assert [each.at - each.since for each in found] == [86_400, 23 * 3_600, 25 * 3_600]  # type: ignore[operator]
    assert {each.mode for each in found} == {"interval"}


@pytest.mark.parametrize(
    ("since", "at", "refused"),
    [
        ("2024-03-01T00:00", "2024-04-01T00:00", True),
        ("2024-03-04T08:00", "2024-03-05T08:01", True),
        ("2024-03-04T08:00", "2024-03-05T08:00", False),
        ("2024-10-27T00:00", "2024-10-28T00:00", False),  # 25 hours
        ("2024-03-31T00:00", "2024-04-01T00:30", True),  # 23.5 hours
    ],
)
def test_an_interval_of_more_than_a_day_is_refused(since: str, at: str, *, refused: bool) -> None:
    (found,) = read(f"line,at,lost,since\nstandard,{at},3,{since}\n")
    assert isinstance(found, Refused) == refused
    if isinstance(found, Refused):
        assert (found.row, found.why.reason) == (2, "long-interval")
        assert "more than a day" in found.why.detail


def test_a_running_total_may_have_begun_long_ago() -> None:
    row = "standard,2024-04-01T00:00,cumulative,1,1,0,2024-03-01T00:00\n"
    assert [(each.mode, each.since) for each in told(HEADER + row)] == [("cumulative", None)]


def test_a_moment_with_an_offset_lies_in_the_day_that_the_office_has_then() -> None:
    (found,) = told("day,line,lost\n2024-03-29T23:30:00Z,600,3\n", mapping(period="day"))
    assert datetime.fromtimestamp(found.since, PARIS) == datetime(2024, 3, 30, tzinfo=PARIS)  # type: ignore[arg-type]


def test_quarters_of_an_hour_that_comes_twice_stand_side_by_side() -> None:
    clock = [*(f"02:{minute:02}" for minute in (0, 15, 30, 45)), *(f"02:{minute:02}" for minute in (0, 15, 30, 45))]
    rows = "".join(f"2024-10-27 {each},{line},1\n" for each in [*clock, "03:00"] for line in ("600", "standard"))
    found = told("day,line,lost\n" + rows, mapping(period="15m"))
    for line in LINES.values():
        own = [each for each in found if each.line == line]
        assert [each.since for each in own[1:]] == [each.at for each in own[:-1]]
        assert (len(own), own[-1].at - own[0].since) == (9, 9 * 900)  # type: ignore[operator]


def test_a_reading_says_what_its_counter_counts() -> None:
    (found,) = told("day,line,lost\n2024-03-29,600,3\n", mapping(period="day", counts={"lost": ["abandoned"]}))
    assert found.lost_reasons == ("abandoned",)


LINES_AS_COLUMNS = {
    "600": {"answered": "reception answered", "lost": "reception lost"},
    "standard": {"answered": "standard answered", "lost": "standard lost"},
}


def test_a_row_with_columns_for_each_line_tells_of_each_and_an_empty_cell_of_nothing() -> None:
    table = mapping(queue=None, lost=None, lines=LINES_AS_COLUMNS, period="day")
    header = "day;reception answered;reception lost;standard answered;standard lost\n"
    found = told(header + "2024-03-04;90;10;50;5\n2024-03-05;91;9;;\n", table)
    assert [(each.line, each.answered, each.lost) for each in found] == [
        ("circulation", 90, 10),
        ("standard", 50, 5),
        ("circulation", 91, 9),
    ]
    (refused,) = read(header + "2024-03-04;;;;\n", table)
    assert isinstance(refused, Refused)
    assert refused.why.reason == "no-count"
    with pytest.raises(ConfigError):
        read("day;reception answered;reception lost\n", table)


def test_a_row_of_a_service_has_its_people_and_waits() -> None:
    header = "service,since,at,issued,served,no_show,waiting,mean_wait,answered_within_300,answered_within_900\n"
    row = "titres,2013-03-04 09:00,2013-03-04 10:00,14,11,1,2,522,4,9\n"
    (accepted,) = read(header + row, available({})["service-readings"])
    assert isinstance(accepted, Accepted)
    assert accepted.event == ServiceReading(
        service="titres",
        mode="interval",
        since=1362384000.0,
        at=1362387600.0,
        issued=14,
        served=11,
        no_show=1,
        waiting=2,
        mean_wait=522.0,
        answered_within={"300": 4, "900": 9},
        id=accepted.event.id,
        source="wallboard",
        site=accepted.event.site,
    )


def test_an_object_of_a_line_has_its_waits() -> None:
    row = {"line": "standard", "at": "2013-03-04T10:00:00Z", "offered": 9, "answered": 8, "lost": 1, "mean_wait": 12.5}
    (reading,) = told(json.dumps({**row, "answered_within": {"20": 7, "60": 8}}) + "\n")
    assert (reading.mean_wait, reading.answered_within) == (12.5, {"20": 7, "60": 8})


def test_a_limit_is_whole_seconds() -> None:
    document = {"of": "readings", "queue": "line", "moments": {"at": "at"}, "lost": "lost", "within": {"soon": "soon"}}
    with pytest.raises(ValueError, match="whole seconds"):
        Table.model_validate(document)


@given(ZONES, st.integers(1990, 2099), st.integers(0, 365))
def test_days_of_any_year_stand_side_by_side_at_local_midnights(zone: ZoneInfo, year: int, number: int) -> None:
    spans, day = Spans("day", zone), datetime(year, 1, 1, tzinfo=zone) + timedelta(number)
    first = spans.of("standard", day.timestamp())
    second = spans.of("standard", (day + timedelta(1)).timestamp())
    assert first[1] == second[0]
    for moment in (*first, *second):
        assert datetime.fromtimestamp(moment, zone).hour == 0
    assert spans.of("standard", first[1] - 1) == first


@given(ZONES, st.integers(1990, 2099), st.integers(0, 366 * 96))
def test_quarters_read_by_the_local_clock_follow_each_other(zone: ZoneInfo, year: int, number: int) -> None:
    """The file has local clock times, so an hour occurs twice when summer time ends."""
    spans = Spans("15m", zone)
    true = [datetime(year, 1, 1, tzinfo=UTC) + timedelta(minutes=15 * (number + each)) for each in range(12)]
    naive = [each.astimezone(zone).replace(fold=0) for each in true]
    begun = naive[0].timestamp()
    if begun != true[0].timestamp():
        return  # it begins in the second of the two hours, which cannot be recognized
    assert [spans.of("standard", each.timestamp())[0] for each in naive] == [each.timestamp() for each in true]
