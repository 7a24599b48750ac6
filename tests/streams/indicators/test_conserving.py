"""For any miscount and any number of crashes, figures conserve calls, and both ways of computing them agree."""

from __future__ import annotations

import pytest

from streams.calls.counts import Counts
from streams.indicators.line import LineTotals
from streams.kept.times import QUARTER_MS
from streams.simulation.faults.mechanisms import MECHANISMS
from streams.watch.gate import conserves
from streams.watch.quarantine import correct
from tests.streams.indicators.faulty import Office, random_fault

SEEDS = (1,)


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_figures_conserve_calls_whatever_is_counted_wrong(mechanism: str) -> None:
    for seed in SEEDS:
        told = Office(random_fault(mechanism, seed), seed)
        told.close()
        check(told)
        assert slots_agree(told) > 0


@pytest.mark.slow
@pytest.mark.parametrize("mechanism", ["stale", "events-late", "rows-twice", "answers-missing"])
def test_they_conserve_calls_however_often_a_worker_dies(mechanism: str) -> None:
    fault = random_fault(mechanism, 1)
    killed, whole = Office(fault, 1, killed_every=97), Office(fault, 1)
    check(killed)
    assert slots_agree(killed) == slots_agree(whole)
    assert correct(killed.line.figures.counts(), killed.line.watch) == correct(
        whole.line.figures.counts(), whole.line.watch
    )
    assert killed.totals() == whole.totals()


def check(told: Office) -> None:
    raw = told.line.figures.counts()
    found, totals = correct(raw, told.line.watch), told.totals()
    assert raw == totals.all_raw
    assert conserves(raw)
    assert (found.counts is None) == (found.guard is not None) == (found.method == "unavailable")
    if found.counts is not None:
        assert conserves(found.counts)
        assert found.counts.offered <= raw.offered
    check_year(totals)


def check_year(totals: LineTotals) -> None:
    stretches = [*totals.months, *totals.weeks]
    counted = [totals.raw, totals.corrected, totals.all_raw, totals.all_corrected]
    counted += [each for stretch in stretches for each in (stretch.raw, stretch.corrected, stretch.quarantined)]
    assert all(conserves(each) for each in counted if each is not None)
    assert (totals.corrected is None) == (totals.guard is not None)
    if totals.low is not None and totals.corrected is not None and totals.high is not None:
        assert 0 <= totals.low <= (totals.corrected.lost_rate or 0) <= totals.high <= 1


def slots_agree(told: Office) -> int:
    """Check that the watch's slots agree with the ledger; return how many were compared."""
    kept = {slot_no: slot for day in told.ledger() for slot_no, slot in day.slots.items()}
    settled = told.line.watch.settled // QUARTER_MS
    compared = {slot_no: slot for slot_no, slot in told.line.state.watch.kept(0, settled) if slot.offered}
    for slot_no, slot in compared.items():
        assert Counts.of(slot) == Counts.of(kept[slot_no])
    days = told.line.state.watch.days
    first = min(min(slots) for slots in days.values() if slots)
    missing = [no for no, slot in kept.items() if first <= no < settled and slot.offered and no not in compared]
    assert missing == []
    assert told.line.state.watch.missed == 0
    return len(compared)
