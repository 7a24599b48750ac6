"""Prometheus sees each indicator raw, corrected and its target, and what is not known not at all."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families

from agents.metrics.indicators import exposition
from streams.indicators.annual import Annual
from tests.agents.totals.year import wrong, year


def samples(annual: Annual) -> dict[tuple[str, ...], float]:
    families = text_string_to_metric_families(exposition(annual).decode())
    return {
        (sample.name, sample.labels["indicator"], sample.labels.get("value", "")): sample.value
        for family in families
        for sample in family.samples
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
