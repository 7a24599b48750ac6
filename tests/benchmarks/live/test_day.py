"""The paces come from docs/scale.md, and events come at the given rate from all desks."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.capacity.inputs import AskedScale
from benchmarks.live.day import TITLES, Cost, Pace, cells, events_of, offices_of, paces
from benchmarks.live.meter import Told
from config.offices import OfficeFiles
from streams.events import milliseconds

SMALL = AskedScale("a region", 3, 2, 1, 50.0, 20.0)
BEGINS = 1_400_000_000.0


def test_the_peak_of_a_scale_is_above_its_mean() -> None:
    rates = {each.name: each.rate for each in paces()}
    assert len(rates) == 4
    assert rates["a ministry, peak of the year"] > rates["a ministry, mean of the day"] > 50


def test_a_scale_has_its_offices_and_its_events_come_at_its_rate(tmp_path: Path) -> None:
    offices = OfficeFiles(offices_of(SMALL, tmp_path), {}).load()
    assert [(len(each.lines), len(each.services)) for each in offices.sites.values()] == [(2, 1)] * 3
    events = events_of(offices, 5.0, BEGINS, BEGINS + 3_600)
    times = [milliseconds(event.at) / 1000 for event in events]
    assert times == sorted(times)
    assert all(BEGINS <= at < BEGINS + 3_600 for at in times)
    assert len(events) / 3_600 == pytest.approx(5.0, rel=0.25)
    assert {event.site for event in events} == set(offices.sites)


def test_a_row_has_a_cell_for_each_title_and_its_parts_add_up() -> None:
    spent = {"fold": 1.0, "checkpoint": 2.0, "scrape": 3.0, "packing of pages": 0.5}
    told = Told(10.0, 9.0, 8.0, spent, 1_000_000, 0.05, "checkpoint", [10.0, 20.0])
    row = dict(zip(TITLES, cells(Pace(SMALL, "noon", 5.0), Cost(told, 1.0, [0.2, 0.3])), strict=False))
    assert len(cells(Pace(SMALL, "noon", 5.0), Cost(told, 1.0, [0.2, 0.3]))) == len(TITLES)
    parts = [
        row[f"{part}, us"] for part in ("fold", "checkpoint", "scrape", "status", "time passing", "Faust", "client")
    ]
    assert parts == ["1", "2", "4", "0", "0", "2", "0"]
    assert row["all, us"] == "9"
    assert row["of a core"] == "90.0 %"
