"""Metrics of a line: counted calls, waiting callers, and no series for unknown values."""

from __future__ import annotations

import asyncio
import time

import pytest

from config.settings import Line
from tests.agents.scraping import NOW, OFFICE, Worker, calls
from tests.streams.telling import value as told


def test_a_counter_that_counts_conversations_as_lost_is_suspected() -> None:
    worker = Worker()
    for number in range(12):
        at = NOW - 7200 + 300 * number
        worker.take(told("offered", at, str(number)), told("lost", at + 5, str(number), wait=5, reason="abandoned"))
        worker.take(told("ended", at + 65, str(number), talk=60))
        if number == 3:
            assert worker.value("tocsin_miscount_suspected", kind="answered-as-lost") == 0
    worker.take(told("offered", NOW, "later"))
    assert worker.value("tocsin_miscount_suspected", kind="answered-as-lost") == 1
    assert worker.value("tocsin_miscount_suspected", kind="drift") == 0
    since = worker.value("tocsin_incident_start_timestamp_seconds", verdict="miscount", kind="answered-as-lost")
    assert since is not None
    assert NOW - 7200 - 900 < since <= NOW - 7200
    assert worker.value("tocsin_overload") == 0
    assert worker.value("tocsin_incidents_total", verdict="miscount", kind="answered-as-lost") == 1
    assert worker.value("tocsin_quarantined_slots") == 4, "an hour of calls"
    assert worker.value("tocsin_lost_call_ratio_expected") == pytest.approx(0.02)
    before = worker.scrape()
    worker.restart()
    assert {at: v for at, v in worker.scrape().items() if "_age_" not in at[0]} == {
        at: v for at, v in before.items() if "_age_" not in at[0]
    }


def test_a_diversion_for_a_reason_that_else_counts_as_lost_is_not_forgotten() -> None:
    worker = Worker()
    worker.take(told("diverted", NOW, reason="timeout"))
    assert worker.value("tocsin_calls_diverted_total", reason="timeout") == 1
    assert worker.value("tocsin_calls_lost_total", reason="timeout") == 0


def test_a_call_whose_wait_nobody_knows_makes_no_wait() -> None:
    worker = Worker()
    worker.take(told("lost", NOW))
    names = {name for name, _ in worker.scrape()}
    assert "tocsin_lost_call_ratio" in names
    assert names.isdisjoint({"tocsin_call_wait_seconds_mean", "tocsin_call_wait_seconds_quantile"})


def test_windows_decay_with_the_clock_of_the_events() -> None:
    worker = Worker()
    worker.take(told("lost", NOW))
    worker.take(told("offered", NOW + 400, line="circulation"), line="circulation")
    windows = {dict(labels)["window"] for name, labels in worker.scrape() if name == "tocsin_lost_call_ratio"}
    assert windows == {"15m", "1h", "1d"}


def test_who_waits_and_how_long() -> None:
    worker = Worker()
    assert (worker.value("tocsin_calls_waiting"), worker.value("tocsin_call_longest_wait_seconds")) == (0, 0)
    worker.take(told("offered", NOW, "1"), told("offered", NOW + 30, "2"), told("answered", NOW + 90, "2"))
    assert (worker.value("tocsin_calls_waiting"), worker.value("tocsin_call_longest_wait_seconds")) == (1, 90)


def test_where_only_outcomes_are_told_nobody_knows_who_waits() -> None:
    final = {name: line.model_copy(update={"lifecycle": "final"}) for name, line in OFFICE.lines.items()}
    worker = Worker(OFFICE.model_copy(update={"lines": final}))
    worker.take(told("answered", NOW, "1", wait=30))
    assert worker.value("tocsin_calls_answered_total") == 1
    names = {name for name, _ in worker.scrape()}
    assert names.isdisjoint({"tocsin_calls_waiting", "tocsin_call_longest_wait_seconds"})


@pytest.mark.parametrize(("end", "unresolved"), [(2, 1), (3, 1), (4, 0), (None, 0)])
def test_by_the_wall_clock_open_calls_become_unresolved_and_waits_grow_without_events(
    end: int | None, unresolved: int
) -> None:
    """Only if the broker confirms that no record waits to be folded, except a transaction's marker."""
    worker = Worker(OFFICE.model_copy(update={"clock": "wall"}), ends={0: end, 1: 0})
    now = time.time()
    worker.take(told("offered", now - 7_400, "old"), told("offered", now - 300, "new"))  # which alone is too recent
    asyncio.run(worker.progress.pass_time())
    assert worker.value("tocsin_calls_unresolved_total") == unresolved
    assert worker.value("tocsin_calls_waiting") == 1
    assert worker.value("tocsin_call_longest_wait_seconds") == pytest.approx(300, abs=5)
    worker.restart()
    assert worker.value("tocsin_calls_unresolved_total") == unresolved


def test_counters_less_what_is_overcounted_are_what_the_ledger_has() -> None:
    worker = Worker()
    worker.take(told("offered", NOW, "late"), told("offered", NOW + 100, "lost"))
    worker.take(told("lost", NOW + 130, "lost", reason="abandoned"), told("offered", NOW + 20_000, "much later"))
    assert worker.value("tocsin_calls_unresolved_total") == 1
    assert worker.value("tocsin_calls_overcounted", outcome="unresolved") == 0
    worker.take(told("answered", NOW + 60, "late"), told("answered", NOW + 140, "lost"))
    (line,) = (each for each in worker.ownership.partitions[0].lines.values() if each.name == "standard")
    slots = [slot for day in line.days() for slot in day.slots.values()]
    for outcome in ("answered", "lost", "diverted", "unresolved"):
        shown = sum(
            value
            for (name, labels), value in worker.scrape().items()
            if name == f"tocsin_calls_{outcome}_total" and ("line", "standard") in labels
        )
        above = worker.value("tocsin_calls_overcounted", outcome=outcome)
        assert above == (outcome in {"lost", "unresolved"}), "a counter never falls"
        assert shown - above == sum(getattr(slot, outcome) for slot in slots)
    before = worker.value("tocsin_calls_overcounted", outcome="unresolved")
    worker.restart()
    assert worker.value("tocsin_calls_overcounted", outcome="unresolved") == before == 1


def test_after_a_change_of_the_reasons_every_call_is_somewhere_and_no_counter_falls() -> None:
    worker = Worker()
    worker.take(*calls(6, reason="abandoned"), *calls(4, "answered"))
    before = {name: value for name, value in worker.scrape().items() if name[0].startswith("tocsin_calls_")}
    lines = {**OFFICE.lines, "standard": Line(expected_lost_rate=0.02, lost_reasons=("timeout",))}
    other = Worker(OFFICE.model_copy(update={"lines": lines}))
    for key, record in worker.records(0).items():
        other.ownership.restore(0, key, record)
    other.assign([0, 1])
    other.take(*calls(6, reason="abandoned"), *calls(4, "answered"), *calls(15, reason="abandoned"))
    after = other.scrape()
    fallen = {name for name, value in before.items() if name[0].endswith("_total") and after.get(name, 0) < value}
    assert fallen == set()
    of = {
        name: sum(v for (found, own), v in after.items() if found == name and ("line", "standard") in own)
        for name in (f"tocsin_calls_{each}_total" for each in ("offered", "answered", "lost", "diverted", "unresolved"))
    }
    offered, *outcomes = of.values()
    assert (offered, outcomes) == (19, [4, 6, 9, 0])
