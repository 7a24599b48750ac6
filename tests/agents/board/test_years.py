"""A year's figures are computed on request, and recomputed only after a change and not too often."""

from __future__ import annotations

import asyncio
import time
from datetime import date, datetime

import pytest

from agents import cache
from agents.board import years
from agents.board.follower import Follower
from agents.board.years import KeptYears
from agents.totals.history import figures
from streams.indicators.annual import Annual
from streams.indicators.period import Period
from streams.periods.named import period_of
from tests.agents.board.known import SETTINGS, follower, history, known, suspected
from tests.agents.totals.year import PARIS, wrong


def of(kept: KeptYears, *asked: int | str) -> list[Annual | None]:
    async def ask() -> list[Annual | None]:
        return [await kept.of(period_of(str(name))) for name in asked]

    return asyncio.run(ask())


@pytest.fixture
def read() -> Follower:
    return follower(known(suspected()), 1.0)


def test_the_years_are_those_of_the_ledger_and_figures_those_of_totals(read: Follower) -> None:
    kept = KeptYears(SETTINGS, read)
    assert kept.known() == [2013, 2012]
    assert of(kept, 2011, 2013) == [
        None,
        figures(SETTINGS, read.known.history, Period.of_year(2013), date(2013, 12, 31)),
    ]
    assert [each.period.name for each in kept.shown()] == ["2013"]


def test_today_is_the_ledgers_last_day_or_by_the_clock(read: Follower) -> None:
    assert KeptYears(SETTINGS, read).today() == date(2013, 12, 31)
    assert KeptYears(SETTINGS.model_copy(update={"clock": "wall"}), read).today() == datetime.now(PARIS).date()


def test_figures_are_computed_anew_when_the_ledger_changed_and_not_too_often(
    read: Follower, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = KeptYears(SETTINGS, read)
    first, same = of(kept, 2013, 2013)
    assert same is first
    read.known = read.known._replace(history=history(suspected(status="dismissed")))
    assert of(kept, 2013) == [first], "a minute has not passed"
    monkeypatch.setattr(cache, "monotonic", lambda: time.monotonic() + years.EVERY_SECONDS)
    (second,) = of(kept, 2013)
    assert second is not None
    assert second.indicators[0].corrected.value == second.indicators[0].raw.value
    assert of(kept, 2013)[0] is second


def test_quarters_and_months_are_those_with_days_and_the_last_asked_for_are_kept(
    read: Follower, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(years, "KEPT", 2)
    kept = KeptYears(SETTINGS, read)
    assert [each.name for each in kept.parts(2013)][:5] == ["2013-Q1", "2013-01", "2013-02", "2013-03", "2013-Q2"]
    assert kept.parts(2011) == []
    (quarter, none) = of(kept, "2013-Q3", "2011-Q3")
    assert none is None
    assert quarter == figures(SETTINGS, read.known.history, period_of("2013-Q3"), date(2013, 12, 31))
    assert of(kept, "2013-Q3")[0] is quarter
    of(kept, "2013", "2013-09")
    assert [each.period.name for each in kept.shown()] == ["2013"], "no part of a year is shown to Prometheus"
    assert of(kept, "2013-Q3")[0] is not quarter


def test_the_latest_years_are_kept_for_prometheus(read: Follower, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = KeptYears(SETTINGS, read)

    async def keep() -> None:
        keeper = asyncio.create_task(kept.keep())
        while len(kept.shown()) < 2:  # noqa: ASYNC110 -- it has no event to wait for
            await asyncio.sleep(0.01)
        keeper.cancel()

    asyncio.run(keep())
    assert [each.period.name for each in kept.shown()] == ["2013", "2012"]
    monkeypatch.setattr(years, "SHOWN", 1)
    assert [each.period.name for each in kept.shown()] == ["2013"]


def test_what_a_person_decided_is_in_the_figures_at_once(read: Follower) -> None:
    kept = KeptYears(SETTINGS, read)
    (before,) = of(kept, 2013)
    read.known = read.known._replace(history=history(wrong(status="dismissed")))
    (after,) = of(kept, 2013)
    assert before is not None
    assert after is not None
    assert after.indicators[0].corrected.value == after.indicators[0].raw.value != before.indicators[0].corrected.value
