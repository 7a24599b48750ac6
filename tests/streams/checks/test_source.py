"""What a source's sequence numbers and timestamps reveal about the transport."""

from __future__ import annotations

from streams.checks.source import NUMBER_PATIENCE_MS, SourceHealth

HOUR = 3_600_000


def test_numbers_that_never_come_are_missing_once_they_are_old_enough() -> None:
    source = SourceHealth()
    for at, seq in enumerate((1, 2, 6)):
        source.add(seq, at)
    assert source.missing == 0, "they may be under way"
    source.close(2 + NUMBER_PATIENCE_MS + 1)
    assert source.missing == 3
    source.add(4, 2 + NUMBER_PATIENCE_MS + 2)
    assert source.missing == 2, "one came after all"


def test_a_clock_that_stays_behind_has_fallen_and_a_single_late_event_has_not() -> None:
    source = SourceHealth()
    for at in (10 * HOUR, 5 * HOUR, 10 * HOUR + 1):
        source.add(None, at)
    assert source.fallen == 0
    for second in range(40):
        source.add(None, 5 * HOUR + second * 1000)
    assert (source.fallen, source.by) == (1, 5 * HOUR + 1)


def test_numbers_that_begin_anew_are_a_restart() -> None:
    source = SourceHealth()
    for at, seq in enumerate((5_000, 5_001, 1, 2)):
        source.add(seq, at)
    assert (source.restarts, source.missing) == (1, 0)
