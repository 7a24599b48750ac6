"""A check is not applied if its input is missing, and each slot without a check has a reason."""

from __future__ import annotations

from datetime import date
from typing import Any

from streams.certificate.coverage import CheckedShare, RecordTells, coverage, read_slots, told_by
from streams.events import Reading
from streams.indicators.judged import JudgedSlots
from streams.indicators.period import Period
from streams.kept.times import QUARTER_MS
from streams.kept.waits import Waits
from streams.ledger.day import CallSlot, LineDay
from tests.streams.indicators.telling import days, incident, line_days, opened, slot_at

PERIOD = Period(date(2013, 3, 4), date(2013, 5, 31))
ALL = RecordTells(callers=True, talks=True, ends=True, waits=True)


def busy(slot_no: int) -> CallSlot:
    return CallSlot(offered=10, answered=9, lost=1) if slot_no % 2 else CallSlot()


def checks(counted: list[LineDay], tells: RecordTells = ALL, **more: Any) -> dict[str, CheckedShare]:
    span = Period(*(date.fromisoformat(each.day) for each in (counted[0], counted[-1])))
    judged = JudgedSlots(counted, more.pop("incidents", []), opened, span)
    given: dict[str, Any] = {"expected": True, "witnessed": None, "read": set(), **more}
    found = coverage(judged.slots, PERIOD, opened, span, tells, **given)
    return {each.check: each for each in found}


def test_every_slot_is_spoken_for_or_has_its_reason() -> None:
    found = checks(line_days(date(2013, 3, 18), PERIOD.last, busy))
    whole = 8 * len(days(PERIOD.first, PERIOD.last))
    for each in found.values():
        assert each.spoke + sum(each.silent.values()) == each.whole
        assert each.of == "days" or each.whole == whole
    counted = 8 * len(days(date(2013, 3, 18), PERIOD.last))
    assert found["prior"].spoke == counted // 2
    assert found["prior"].silent == {"not counted": whole - counted, "no calls": counted // 2}


def test_what_is_usual_is_known_after_the_ninth_sound_day_is_learnt_and_no_fault_is_learnt() -> None:
    counted = line_days(PERIOD.first, PERIOD.last, busy)
    learnt = checks(counted)["silence"]
    assert learnt.silent == {"learning": 8 * len(days(date(2013, 3, 4), date(2013, 3, 16)))}
    fault = incident(date(2013, 3, 4), date(2013, 3, 8))
    assert checks(counted, incidents=[fault])["silence"].silent == {"learning": learnt.silent["learning"] + 8 * 5}
    before = line_days(date(2013, 2, 4), PERIOD.last, busy)
    assert checks(before)["silence"].silent == {}, "it was learnt before the period"


def test_what_a_record_does_not_tell_was_not_checked_and_what_nobody_knows_neither() -> None:
    found = checks(
        line_days(PERIOD.first, PERIOD.last, busy), RecordTells(callers=False, talks=None, ends=False, waits=True)
    )
    assert [found[each].spoke for each in ("callers", "talks", "ends", "waits")] == [0, 0, 0, 0]
    assert "not told" in found["callers"].silent
    assert "not known" in found["talks"].silent
    assert found["copies"].spoke > 0


def test_a_line_without_rate_readings_or_witness_says_so() -> None:
    counted = line_days(PERIOD.first, PERIOD.last, busy)
    found = checks(counted, expected=False)
    assert "no rate" in found["prior"].silent
    assert set(found["readings"].silent) == {"no readings"}
    assert set(found["witness"].silent) == {"no witness"}
    assert checks(counted, witnessed={slot_at(PERIOD.first, 9)})["witness"].spoke == 1
    assert "not heard" in checks(counted, witnessed=set())["witness"].silent
    assert "readings" not in checks(counted, read=None), "what was not looked at is not told of"
    assert checks(counted, read={slot_at(PERIOD.first, 9)})["readings"].spoke == 1


def test_running_totals_cover_the_time_since_those_before_them() -> None:
    at = QUARTER_MS / 1000
    readings = [Reading(line="standard", mode="cumulative", at=n * at, lost=n) for n in (8, 4)]
    assert read_slots(readings) == {4, 5, 6, 7}
    assert read_slots([Reading(line="standard", mode="interval", since=2 * at, at=3 * at, lost=1)]) == {2}
    assert read_slots(readings[:1]) == set()


def test_a_law_that_named_a_call_shows_what_the_record_tells() -> None:
    waits = Waits()
    waits.add(5)
    day = LineDay(id="a/b", day="2013-03-04", slots={1: CallSlot(1, 0, 1, talked=1)}, lost_waits=waits)
    assert told_by([day], ends=True) == RecordTells(callers=None, talks=True, ends=True, waits=True)
    assert told_by([], ends=False) == RecordTells(callers=None, talks=None, ends=False, waits=False)


def test_a_line_with_too_few_sound_days_is_never_learnt() -> None:
    counted = line_days(date(2013, 5, 24), PERIOD.last, busy)
    silence = checks(counted)["silence"]
    assert (silence.spoke, silence.share) == (0, 0.0)
    assert silence.silent == {"not counted": silence.whole - 6 * 8, "learning": 6 * 8}
    assert checks(counted)["prior"].share == 6 * 4 / silence.whole


def test_a_check_of_no_slot_at_all_has_covered_nothing() -> None:
    assert CheckedShare("silence", "open slots", 0, 0, {}).share == 0.0
