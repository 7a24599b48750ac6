"""Incidents are numbered by their beginning, regardless of later decisions, and an office silence has one number."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from agents.history.numbered import LAST, is_number, named, numbered
from streams.kept.times import HOUR_MS
from streams.watch.office import OfficeSilence
from tests.agents.history.known import FALL, RISE, STUCK, told

PARIS = ZoneInfo("Europe/Paris")
KNOWN = [told(STUCK, "open", 4), told(FALL, "closed", 5), told(RISE, "dismissed", 3)]


def numbers(known: list[dict[str, Any]], *silences: OfficeSilence) -> dict[str, int]:
    return {each.incident["id"]: each.number for each in numbered(known, silences, PARIS)}


def test_numbers_follow_the_moments_in_the_ids_and_the_list_keeps_its_order() -> None:
    assert numbers(KNOWN) == {RISE: 1, STUCK: 2, FALL: 3}
    assert [each.number for each in numbered(KNOWN, (), PARIS)] == [2, 3, 1]
    moved = [{**each, "status": "confirmed", "from": "2019-01-01T08:00:00+01:00"} for each in reversed(KNOWN)]
    assert numbers(moved) == numbers(KNOWN), "neither a decision nor another beginning changes one"
    later = told("circulation-20130501T090000Z-rise", "open", 5, line="circulation")
    assert numbers([later, *KNOWN]) == {**numbers(KNOWN), str(later["id"]): 4}, "by the moment, then by the line"


def test_a_silence_of_the_office_takes_the_first_number_of_its_lines_and_moves_no_other() -> None:
    silent = [
        told(f"{line}-20130410T073000Z-silence", "open", 4, line=line, cause="silence", kind="missing")
        for line in ("standard", "circulation")
    ]
    alone = numbers([*KNOWN, *silent])
    ids = [str(each["id"]) for each in silent]
    assert [alone[each] for each in ids] == [4, 3]
    start = 1_365_579_000_000  # 2013-04-10, 7:30
    together = numbers([*KNOWN, *silent], OfficeSilence("closed", start, start + HOUR_MS, ids))
    assert together == {RISE: 1, STUCK: 2, "office-20130410T073000Z-closed": 3, FALL: 5}


@pytest.mark.parametrize(("name", "found"), [("1", RISE), (LAST, FALL), ("0", None), ("4", None), ("01", None)])
def test_a_number_names_one_or_none(name: str, found: str | None) -> None:
    chosen = named(numbered(KNOWN, (), PARIS), name)
    assert (chosen.incident["id"] if chosen else None) == found
    assert is_number(name)


def test_of_none_there_is_no_last() -> None:
    assert named([], LAST) is None
    assert not is_number(RISE)
