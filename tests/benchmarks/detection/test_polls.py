"""Real polls of displays: read, played with each fault, and scored."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest

from benchmarks.detection.cases.polls import OF_POLLS, play_polls, read_polls


@pytest.fixture
def file(tmp_path: Path) -> str:
    """Return a file of polls: two months of an office that is closed on Saturdays and Sundays."""
    chance, rows = Random(1), ["captured,location,appt_wait,no_appt_wait"]
    for number in range(60):
        day = date(2024, 10, 1) + timedelta(number)
        for hour in range(8, 17):
            wait = "" if day.weekday() > 4 else f"{40 * chance.lognormvariate(0, 0.4):.1f}"
            rows.append(f"{day} {hour:02}:00:00,yreka,,{wait}")
    path = tmp_path / "waits.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    return str(path)


def test_a_poll_without_a_wait_is_none_and_a_wait_is_in_seconds(file: str) -> None:
    days = read_polls(Path(file))["yreka"]
    assert len(days) == 60
    assert {len(polls) for day, polls in days.items() if day.weekday() > 4} == {0}
    assert min(poll.wait for polls in days.values() for poll in polls) > 300


@pytest.mark.parametrize("what", OF_POLLS)
def test_every_fault_but_scattered_zeros_is_named_and_sound_polls_are_not(file: str, what: str) -> None:
    played = play_polls(file, what, "yreka")
    assert played.named is (what != "every other wait 0")
    assert (play_polls(file, "", "yreka").incidents, played.wrong) == ([], [])
