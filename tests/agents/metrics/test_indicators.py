"""Metrics of each indicator: raw, corrected and target; unknown values have no series."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families

from agents.metrics.indicators import exposition
from streams.indicators.annual import Annual
from tests.agents.totals.year import wrong, year
from tests.streams.indicators.telling import opened


def samples(annual: Annual) -> dict[tuple[str, ...], float]:
    families = text_string_to_metric_families(exposition(annual, opened).decode())
    return {
        (sample.name, of, sample.labels.get("value", "")): sample.value
        for family in families
        for sample in family.samples
        for of in [sample.labels.get("indicator", sample.labels.get("line", ""))]
        if sample.labels["site"] == "lozere" and sample.labels["year"] == "2013"
    }


def test_raw_corrected_and_target_are_shown() -> None:
    annual = year(wrong())
    found, rate = samples(annual), annual.indicators[0]
    of = ("tocsin_indicator", "lost_rate:circulation")
    assert found[*of, "raw"] == rate.raw.value
    assert found[*of, "corrected"] == rate.corrected.value
    assert found[*of, "target"] == 0.10
    assert found["tocsin_indicator_coverage_ratio", "lost_rate:circulation", ""] == rate.coverage


def test_what_is_not_published_is_not_shown() -> None:
    found = samples(year(wrong(start=1_356_998_400_000)))
    assert ("tocsin_indicator", "lost_rate:circulation", "corrected") not in found
    assert ("tocsin_indicator", "lost_rate:circulation", "raw") in found
    assert ("tocsin_indicator", "mean_days:im341", "target") not in found


def test_what_misses_its_target_says_so_raw_and_corrected() -> None:
    found = samples(year(wrong()))
    of = ("tocsin_indicator_off_target", "lost_rate:circulation")
    assert (found[*of, "raw"], found[*of, "corrected"]) == (1, 0)
    assert ("tocsin_indicator_off_target", "mean_days:im341", "raw") not in found


def test_the_lost_calls_that_the_year_allows_are_shown_with_what_is_used_of_them() -> None:
    found = samples(year(wrong()))
    used = "tocsin_lost_call_budget_used_ratio"
    assert found["tocsin_year_elapsed_ratio", "", ""] == 1
    assert found[used, "circulation", "raw"] > 1 > found[used, "circulation", "corrected"]
    assert found[used, "standard", "raw"] == 0
    gone = "tocsin_lost_call_budget_gone_timestamp_seconds"
    assert 1_378_080_000 < found[gone, "circulation", "raw"] < 1_383_260_400  # September and October, the bad months
    assert (gone, "circulation", "corrected") not in found
    assert found["tocsin_lost_call_budget", "circulation", ""] > 0
    assert found["tocsin_lost_call_budget_elapsed_ratio", "circulation", ""] == 1
