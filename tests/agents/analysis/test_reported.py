"""A line known only from readings has figures in an analysis, and the same ones in a year."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from agents.analysis.fold import Analysis
from agents.analysis.report import document
from agents.analysis.reported import days_of
from agents.sources.entry import Accepted, Entry
from agents.totals.plan import plan_of
from config.settings import Line, Settings
from streams.events import Reading
from streams.indicators.annual import annual
from streams.indicators.period import Period
from tests.streams.indicators.telling import held

PARIS = ZoneInfo("Europe/Paris")
OFFICE = Settings(site="lozere", lines={"accueil": Line(lifecycle="totals")})
FIRST = date(2013, 1, 7)


def told(day: date, offered: int, answered: int, lost: int) -> Reading:
    since, at = (datetime(each.year, each.month, each.day, tzinfo=PARIS) for each in (day, day + timedelta(1)))
    return Reading(line="accueil", mode="interval", since=since, at=at, offered=offered, answered=answered, lost=lost)


def readings(days: int, *, summed: bool = False, zeros: range = range(0), every_day: bool = False) -> list[Reading]:
    chance = random.Random(5)
    given = []
    for number in range(days):
        day = FIRST + timedelta(number)
        if not every_day and not OFFICE.calendar().open_intervals(day):
            continue
        calls = 0 if number in zeros else round(chance.gauss(200, 20))
        lost = sum(chance.random() < 0.04 for _ in range(calls))
        given.append(told(day, calls, calls - lost, calls if summed else lost))
    return given


def analysed(given: list[Reading]) -> Analysis:
    analysis = Analysis(OFFICE)
    entries: list[Entry] = [Accepted(row, each, b"") for row, each in enumerate(given, 1)]
    analysis.take(entries)
    return analysis


def told_of(given: list[Reading]) -> dict[str, Any]:
    figures: dict[str, Any] = document(analysed(given))["lines"]["accueil"]
    return figures


def test_sound_readings_are_the_figures_and_tell_no_wait() -> None:
    given = readings(60)
    line = told_of(given)
    sums = {name: sum(getattr(each, name) for each in given) for name in ("offered", "answered", "lost")}
    assert {name: line["raw"][name] for name in sums} == sums
    assert {name: line["corrected"][name] for name in sums} == sums
    assert (line["raw"]["unresolved"], line["corrected"]["method"], line["corrected"]["coverage"]) == (0, "none", 1.0)
    assert (line["wait"]["answered"]["count"], line["wait"]["lost"]["mean"]) == (None, None)
    assert line["service_level"]["rate"] is None
    assert set(line["service_levels"].values()) == {None}
    again = {"15m": None, "30m": None, "60m": None}
    whole = dict.fromkeys(("callers", "attempts", "repeats", "reached_nobody", "net_lost", "attempts_per_net_lost"))
    assert line["callers"] == whole | {"again_after_lost": again, "again_after_answered": again, "unfollowed": None}
    assert {name: line["reported"][name] for name in sums} == sums


@pytest.mark.parametrize("days", [1, 60])
def test_a_column_that_is_a_sum_is_recounted_and_raw_stays_as_it_was_told(days: int) -> None:
    line, sound = told_of(readings(days, summed=True)), told_of(readings(days))
    assert line["raw"]["lost"] == line["reported"]["lost"]
    assert line["raw"]["lost_rate"] > 0.5
    if days > 1:
        assert {name: line["corrected"][name] for name in ("offered", "answered", "lost", "unresolved")} == {
            name: sound["raw"][name] for name in ("offered", "answered", "lost", "unresolved")
        }
        assert line["corrected"]["method"] == "recount"
    else:
        assert line["corrected"]["guard"].startswith("no baseline")


def test_a_sum_is_recounted_on_days_on_which_the_office_is_closed_too() -> None:
    line, sound = (told_of(readings(60, summed=summed, every_day=True)) for summed in (True, False))
    for figure in ("offered", "answered", "lost", "lost_rate"):
        assert line["corrected"][figure] == sound["raw"][figure]
    assert (line["corrected"]["method"], line["corrected"]["coverage"]) == ("recount", 1.0)


def test_what_was_not_reported_is_a_gap_whether_as_zero_or_not_at_all() -> None:
    as_zero = told_of(readings(70, zeros=range(35, 42)))
    absent = told_of([each for each in readings(70) if not date(2013, 2, 11) <= each.since.date() < date(2013, 2, 18)])  # type: ignore[union-attr]
    for line in (as_zero, absent):
        assert line["corrected"]["coverage"] == pytest.approx(0.9, abs=0.001)
        assert line["corrected"]["method"] == "exclude"
    assert as_zero["reported"]["not_reported"] == 5


def test_a_year_has_the_same_figures() -> None:
    analysis = analysed(readings(90, summed=True, zeros=range(35, 42)))
    line = analysis.lines["accueil"]
    given = held(days_of(line), line.state.watch.incidents)
    year = annual(given, plan_of(OFFICE), Period(FIRST, FIRST + timedelta(89)), date(2014, 1, 1))
    of_year, of_analysis = year.lines["accueil"], document(analysis)["lines"]["accueil"]
    assert of_year.corrected is not None
    assert of_year.corrected.lost == of_analysis["corrected"]["lost"]
    assert of_year.coverage == pytest.approx(of_analysis["corrected"]["coverage"])
    assert of_year.answered_wait.count is None
