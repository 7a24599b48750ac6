"""A new vintage appears only if a figure changes, and older vintages never change."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from streams.indicators.annual import Annual, annual
from streams.indicators.breakdown import AnswerGroup, Breakdown, Theme
from streams.indicators.period import Period
from streams.indicators.plan import LinePlan
from streams.indicators.survey import Share
from streams.indicators.vintage import Vintage, parse_vintage_key, vintage, vintage_key
from streams.ledger.day import CallSlot
from streams.watch.incident import Incident
from tests.streams.indicators.telling import LINE, held, incident, line_days, plan

YEAR = Period.of_year(2013)
LATER = date(2014, 2, 1)


def figures(*incidents: Incident, today: date = LATER, line: LinePlan = LINE, year: int = 2013) -> Annual:
    days = line_days(date(2013, 1, 1), date(2013, 12, 31), lambda _: CallSlot(offered=10, answered=9, lost=1))
    others = line_days(date(2012, 1, 1), date(2012, year - 2011, 28), lambda _: CallSlot(offered=10, lost=10))
    return annual(held([*days, *others], incidents), plan(lines={"circulation": line}), YEAR, today)


def test_the_same_figures_are_the_same_vintage() -> None:
    first = vintage([], figures(), 1_000)
    assert (first.number, first.at) == (1, 1_000)
    assert vintage([first], figures(today=date(2014, 6, 1)), 2_000) is first
    renamed = msgspec.structs.replace(LINE, label="Cartes grises")
    assert vintage([first], figures(line=renamed, year=2014), 2_000) is first
    assert vintage([first], figures(incident(date(2013, 1, 5), date(2013, 1, 6), verdict="overload")), 2_000) is first


def test_a_decision_that_changes_a_figure_makes_a_new_one_and_so_does_its_return() -> None:
    suspected = incident(date(2013, 9, 2), date(2013, 9, 6))
    first = vintage([], figures(suspected), 1_000)
    suspected.status = "dismissed"
    second = vintage([first], figures(suspected), 2_000)
    suspected.status = "open"
    third = vintage([second, first], figures(suspected), 3_000)
    assert [each.number for each in (first, second, third)] == [1, 2, 3]
    assert (third.digest, third.at) == (first.digest, 3_000)
    assert first.annual.indicators[0].method == "exclude"


def test_a_target_is_a_figure_too() -> None:
    first = vintage([], figures(), 1_000)
    other = msgspec.structs.replace(LINE, target=0.05)
    assert vintage([first], figures(line=other), 2_000).number == 2


def test_a_vintage_outlives_its_encoding() -> None:
    first = vintage([], figures(incident(date(2013, 9, 2), date(2013, 9, 6))), 1_000)
    assert msgspec.json.decode(msgspec.json.encode(first), type=Vintage) == first


def test_the_groups_of_a_survey_are_figures_and_an_edition_without_groups_is_that_of_earlier_versions() -> None:
    first = vintage([], figures(), 1_000)
    assert b"breakdowns" not in msgspec.json.encode(first)
    groups = [
        AnswerGroup("channel", "post", Share("delay", 9, 12, 0.75, 0.47, 0.91, 0)),
        AnswerGroup("channel", "", None),
    ]
    annual = msgspec.structs.replace(figures(), breakdowns=[Breakdown("delay", groups, 3, [Theme("hours", 3)])])
    second = vintage([first], annual, 2_000)
    assert second.number == 2
    assert msgspec.json.decode(msgspec.json.encode(second), type=Vintage) == second


@pytest.mark.parametrize("other", ["lozere/2013-01-01", "lozere/vintages/2013-01-01", "a/b/vintages/2013/00001", ""])
def test_a_key_is_told_from_that_of_a_day(other: str) -> None:
    assert parse_vintage_key(vintage_key("lozere", "2013", 64 * "a")) == ("lozere", "2013", 64 * "a")
    for period in ("2013-Q2", "2013-06", "2013-04-01/2013-06-30"):
        assert parse_vintage_key(vintage_key("lozere", period, 64 * "a")) == ("lozere", period, 64 * "a")
    assert parse_vintage_key("lozere/vintages/2013/00001") == ("lozere", "2013", "00001")
    assert parse_vintage_key(other) is None
