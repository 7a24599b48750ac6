"""Months and quarters of an indicator add up to its period, and show uncounted and withheld parts."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from agents.open_data.observations import PublishedEdition, observations
from streams.calls.counts import Counts
from streams.calls.definition import LineDefinition
from streams.indicators.annual import Annual
from streams.indicators.breaks import Break
from streams.indicators.indicator import Figure, Indicator
from streams.indicators.period import Period
from streams.periods.named import kind_of
from streams.periods.series import IndicatorStretch, by_month, by_quarter
from tests.agents.totals.year import PARIS, wrong, year
from tests.streams.indicators.telling import incident


def day_of(at: int) -> date:
    return datetime.fromtimestamp(at / 1000, UTC).date()


def of(annual: Annual, name: str) -> tuple[Indicator, list[IndicatorStretch], list[IndicatorStretch]]:
    each = next(found for found in annual.indicators if found.id == name)
    months = by_month(annual, each, day_of)
    return each, months, by_quarter(annual, months)


@pytest.mark.parametrize("name", ["lost_rate:circulation", "lost_rate:standard", "mean_days:im341"])
def test_months_and_quarters_sum_up_to_the_period(name: str) -> None:
    each, months, quarters = of(year(wrong()), name)
    assert (len(months), len(quarters)) == (12, 4)
    for stretches in (months, quarters):
        assert sum(stretch.raw.part or 0 for stretch in stretches) == each.raw.part
        assert sum(stretch.raw.whole or 0 for stretch in stretches) == each.raw.whole
    assert {kind_of(quarter.period) for quarter in quarters} == {"quarter"}


def test_a_month_that_is_withheld_withholds_its_quarter_and_no_other() -> None:
    _, months, quarters = of(year(wrong()), "lost_rate:circulation")
    assert [month.period.first.month for month in months if month.corrected.status == "Q"] == [9, 10]
    assert [quarter.corrected.status for quarter in quarters] == ["A", "A", "Q", "Q"]
    for stretch in (*months, *quarters):
        withheld = stretch.corrected.status == "Q"
        figures = (stretch.corrected.value, stretch.corrected.part, stretch.corrected.whole)
        assert (None in figures) is withheld
        assert stretch.raw.status == ("U" if withheld else "A")


@pytest.mark.parametrize("name", ["lost_rate:circulation", "mean_days:im341"])
def test_a_quarter_by_its_months_is_the_quarter_asked_for_alone(name: str) -> None:
    _, _, quarters = of(year(wrong()), name)
    for quarter in quarters:
        alone, _, _ = of(year(wrong(), period=quarter.period), name)
        assert (quarter.raw.part, quarter.raw.whole) == (alone.raw.part, alone.raw.whole)
        if quarter.corrected.value is not None:
            assert (quarter.corrected.part, quarter.corrected.whole) == (alone.corrected.part, alone.corrected.whole)


def test_a_month_out_of_order_is_no_zero_and_counts_against_the_coverage_of_its_quarter() -> None:
    annual = year(wrong())
    september = annual.lines["circulation"].months[8]
    september.raw, september.left_out = Counts(), september.slots
    october = annual.lines["circulation"].months[9]
    october.corrected, october.left_out = october.raw, 0
    _, months, quarters = of(annual, "lost_rate:circulation")
    assert (months[8].counted, months[8].raw.part) == (None, None)
    third = quarters[2]
    assert third.coverage < 0.75
    assert (third.raw.status, third.corrected.status, third.corrected.part) == ("U", "Q", None)
    assert quarters[3].corrected.status == "A"


def test_a_doubt_makes_its_months_suspect() -> None:
    _, months, _ = of(year(wrong(verdict="undecided", status="open", decisions=[])), "lost_rate:circulation")
    assert [month.raw.status for month in months] == [*"AAAAAAAAUUAA"]


def test_a_service_has_means_by_month_and_none_by_quarter() -> None:
    _, months, quarters = of(year(), "wait:cartes")
    assert {month.raw.value for month in months} == {15.0}
    assert not quarters


def test_a_month_that_a_register_counted_wrong_is_withheld_with_its_quarter() -> None:
    may = date(2013, 5, 1), date(2013, 5, 31)
    stamped = incident(*may, line="im341", desk="channel", cause="same moments", kind="same-stamp", id="stamped")
    each, months, quarters = of(year(stamped), "mean_days:im341")
    assert (each.method, each.corrected.value) == ("exclude", 3.0)
    assert [month.corrected.status for month in months] == [*"AAAAQAAAAAAA"]
    assert [(month.raw.value, month.raw.status) for month in months[3:6]] == [(3.0, "A"), (3.0, "U"), (3.0, "A")]
    assert [quarter.corrected.status for quarter in quarters] == ["A", "Q", "A", "A"]
    rows = observations(PublishedEdition(year(stamped), None), "Préfecture", PARIS)
    (row,) = (
        row for row in rows if (row["objet"], row["indicateur"], row["periode"]) == ("im341", "mean_days", "2013-05")
    )
    assert (row["valeur"], row["valeur_brute"]) == (None, 3.0)
    assert row["motif"] == "non publié : certains de ses jours ont été mal comptés ou sont en doute"


def test_a_survey_has_no_months() -> None:
    assert of(year(), "satisfaction:accueil")[1:] == ([], [])


def test_what_has_not_begun_has_no_row_and_what_is_not_over_is_provisional() -> None:
    _, months, quarters = of(year(today=date(2013, 5, 20)), "lost_rate:standard")
    assert [month.raw.status for month in months] == [*"AAAAP"]
    assert [quarter.period.first.month for quarter in quarters] == [1]


def test_a_month_of_which_nothing_was_counted_is_no_zero() -> None:
    annual = year(today=date(2013, 12, 31))
    each = annual.indicators[0]
    each.counted = Period(date(2013, 3, 4), date(2013, 12, 31))
    months = by_month(annual, each, day_of)
    assert [month.raw.part is None for month in months][:4] == [True, True, False, False]
    assert by_quarter(annual, months)[0].raw.status == "E"


def test_a_month_without_a_request_has_none_and_no_rate() -> None:
    annual = year()
    annual.channels["im341"].months = [month for month in annual.channels["im341"].months if month.name != "2013-05"]
    _, months, _ = of(annual, "mean_days:im341")
    may = months[4].raw
    assert (may.value, may.part, may.whole, may.status) == (None, 0, 0, "A")


def test_the_ends_of_any_other_stretch_are_cut() -> None:
    period = Period(date(2013, 1, 15), date(2013, 5, 14))
    each, months, quarters = of(year(period=period), "lost_rate:standard")
    assert [month.period.name for month in (months[0], months[-1])] == [
        "2013-01-15/2013-01-31",
        "2013-05-01/2013-05-14",
    ]
    assert sum(month.raw.whole or 0 for month in months) == each.raw.whole
    assert not quarters


def test_a_month_is_not_parted_again() -> None:
    period = Period(date(2013, 4, 1), date(2013, 4, 30))
    assert of(year(period=period), "lost_rate:standard")[1:] == ([], [])
    quarter = Period(date(2013, 4, 1), date(2013, 6, 30))
    _, months, quarters = of(year(period=quarter), "lost_rate:standard")
    assert (len(months), quarters) == (3, [])


def test_a_quarter_of_which_nothing_was_counted_is_no_zero() -> None:
    annual = year()
    for name in ("lost_rate:circulation", "mean_days:im341"):
        each = next(found for found in annual.indicators if found.id == name)
        each.counted = Period(date(2013, 4, 10), date(2013, 12, 31))
        months = by_month(annual, each, day_of)
        assert [month.counted is None for month in months] == [True] * 3 + [False] * 9
        first, second, *_ = by_quarter(annual, months)
        assert (first.counted, first.raw, first.corrected) == (None, Figure(None, None, None), Figure(None, None, None))
        assert (second.counted, second.raw.status) == (Period(date(2013, 4, 10), date(2013, 6, 30)), each.raw.status)


def test_a_month_in_which_the_definition_changed_is_a_break_in_the_series() -> None:
    annual = year()
    each = next(found for found in annual.indicators if found.id == "lost_rate:standard")
    before, after = (LineDefinition(lost_reasons=(), short_call=0, within=within) for within in (0, 20_000))
    each.breaks = [Break(date(2013, 3, 31), before, after, mixed=False)]
    assert [month.raw.status for month in by_month(annual, each, day_of)] == [*"AABAAAAAAAAA"]
