"""Today is the clock's day; in a replay, the ledger's last."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime

import pytest

from agents.history.today import now, today
from config.shared import Shared

DAYS = [date(2013, 9, 11), date(2013, 9, 12)]
LATE = datetime(2026, 12, 3, 23, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", LATE.timestamp)


def test_a_replay_is_at_the_end_of_the_ledgers_last_day() -> None:
    replay = Shared(clock="event", timezone="Europe/Paris")
    assert today(replay, DAYS) == date(2013, 9, 12)
    assert now(replay, DAYS).isoformat() == "2013-09-12T23:59:59.999999+02:00"


def test_a_live_system_or_an_empty_replay_is_at_the_clocks_local_day() -> None:
    assert today(Shared(timezone="Europe/Paris"), DAYS) == date(2026, 12, 4)
    assert today(Shared(clock="event", timezone="Europe/Paris"), []) == date(2026, 12, 4)
