"""A moment comes from its columns: a date and a time, both with a zone, or an epoch in either unit."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from agents.sources.tables.moments import Moments
from config.mapping import Table
from streams.decoding import Invalid


def at(written: dict[str, str], moment: Any, **more: Any) -> str | None:
    said = {"of": "calls", "id": "id", "queue": {"fixed": "x"}, "moments": {"offered": moment}, **more}
    table = Table.model_validate_json(json.dumps(said))
    found = Moments(table, "Europe/Paris").named(written, "offered")
    return None if found is None else datetime.fromtimestamp(found, UTC).isoformat()


IN_TWO = {"date": "d", "time": "t", "zone": "z"}


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("", "2026-03-04T07:30:00+00:00"),
        ("+02:00", "2026-03-04T06:30:00+00:00"),
        ("-0330", "2026-03-04T12:00:00+00:00"),
        ("UTC+1", "2026-03-04T07:30:00+00:00"),
        ("Z", "2026-03-04T08:30:00+00:00"),
        ("America/New_York", "2026-03-04T13:30:00+00:00"),
    ],
)
def test_a_zone_stands_in_a_column_of_its_own(zone: str, expected: str) -> None:
    assert at({"d": "2026-03-04", "t": "08:30:00", "z": zone}, IN_TWO) == expected


@pytest.mark.parametrize("zone", ["Mars", "+99:00", "+1:99", "CEST?"])
def test_what_is_no_zone_is_refused(zone: str) -> None:
    with pytest.raises(Invalid, match=r"in column z; expected a UTC offset such as \+02:00, or a zone's name"):
        at({"d": "2026-03-04", "t": "08:30:00", "z": zone}, IN_TWO)


def test_a_time_that_tells_its_own_offset_needs_no_zone() -> None:
    said = {"m": "2026-03-04T08:30:00+05:00", "z": "Mars"}
    assert at(said, {"column": "m", "zone": "z"}) == "2026-03-04T03:30:00+00:00"


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("1700000000", "seconds", "2023-11-14T22:13:20+00:00"),
        ("1700000000500", "milliseconds", "2023-11-14T22:13:20.500000+00:00"),
        ("1700000000,5", "seconds", "2023-11-14T22:13:20.500000+00:00"),
    ],
)
def test_an_epoch_has_its_unit(text: str, unit: str, expected: str) -> None:
    assert at({"m": text}, {"column": "m", "unit": unit}, decimal="comma") == expected


@pytest.mark.parametrize("offset", [" +0100", " +01:00", " +01", "+0100"])
def test_an_offset_may_stand_apart_as_exports_of_databases_write_it(offset: str) -> None:
    assert at({"m": f"2026-02-04 15:20:06.415{offset}"}, "m") == "2026-02-04T14:20:06.415000+00:00"
    assert at({"m": "2026-02-04 14:20:06.415 UTC"}, "m") == "2026-02-04T14:20:06.415000+00:00"
    with pytest.raises(Invalid, match="expected epoch seconds or ISO 8601"):
        at({"m": f"2026-02-04{offset}"}, "m")


def test_an_epoch_in_another_unit_is_refused_with_the_expected_one() -> None:
    with pytest.raises(Invalid, match="expected epoch seconds or ISO 8601"):
        at({"m": "1700000000500"}, "m")


def test_a_date_without_a_year_takes_the_mappings() -> None:
    moment = {"date": "d", "time": "t", "format": "%m/%d %H:%M:%S"}
    leap = {"d": "02/29", "t": "08:30:00"}
    assert at(leap, moment, year=2024) == "2024-02-29T07:30:00+00:00"
    with pytest.raises(Invalid, match="expected a `year` in the mapping, as %m/%d %H:%M:%S has none"):
        at(leap, moment)
    with pytest.raises(Invalid, match="expected a time in the form %m/%d"):
        at(leap, moment, year=2023)


DAYS_FIRST = {"column": "m", "format": "%d/%m/%Y %H:%M"}


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("04/03/2026 9h02", DAYS_FIRST),
        ("04/03/2026 9 h 02", DAYS_FIRST),
        ("2026-03-04 9h02", "m"),
        ("mercredi 4 mars 2026 à 9h02", "m"),
        ("Mer. 4 mars 2026, 09:02:00", "m"),
        ("4\u00a0MARS 2026 9h02", DAYS_FIRST),
        ("46085,3763888889", {"column": "m", "format": "excel"}),
        ("46085 0,376388888888889", {"column": "m", "format": "excel"}),
    ],
)
def test_a_moment_is_read_as_french_people_and_excel_write_it(text: str, moment: Any) -> None:
    assert at({"m": text}, moment, decimal="comma") == "2026-03-04T08:02:00+00:00"


def test_a_date_and_a_time_of_two_columns_may_be_in_words() -> None:
    assert at({"d": "1er août 2026", "t": "9h", "z": ""}, IN_TWO) == "2026-08-01T07:00:00+00:00"


@pytest.mark.parametrize(
    "text", ["lundi 4 mars 2026", "04/03/2026", "30 février 2026", "4 ju 2026", "9h02", "46085.38", "04/03/2026 9h2"]
)
def test_a_moment_that_may_mean_two_days_or_none_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="expected epoch seconds or ISO 8601"):
        at({"m": text}, "m")


@pytest.mark.parametrize("text", ["mercredi 4 mars 2026", "nan", "1e9", "46085,38", "12"])
def test_what_is_no_day_number_of_excel_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="expected the number of a day, as Excel counts them, such as 46085.38"):
        at({"m": text}, {"column": "m", "format": "excel"})
