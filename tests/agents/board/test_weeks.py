"""Forecast weeks: computed once a day, and exported unless eight weekdays were better."""

from __future__ import annotations

import asyncio
from datetime import date, datetime
from typing import Any

import pytest
from prometheus_client.core import Metric

from agents.board import weeks
from agents.board.figures import expected_counts, missed_targets
from agents.board.follower import Known
from agents.board.weeks import KeptWeeks
from agents.board.years import KeptYears
from agents.forecast.shortfall import DayOutlook
from agents.forecast.week import ForecastWeek
from config.settings import Settings
from streams.forecast.days_off import DaysOff
from streams.forecast.expected import Expected, ExpectedDay
from streams.forecast.score import Score
from streams.insight.losses import Losses
from streams.status import LineMonth
from streams.watch.incident import Decided
from tests.agents.board.known import SETTINGS, follower, history, line, suspected
from tests.agents.board.test_server import ask
from tests.agents.forecast.varied import OFFICE, UNTIL, varied
from tests.agents.totals.year import PARIS
from tests.waiting import PATIENCE

LAST = date(2013, 12, 31)  # of the ledger
DAY = ExpectedDay(LAST, Expected(100.0, 0.01), ())


def told(error: float = 0.9) -> ForecastWeek:
    return ForecastWeek(
        [DAY] * 7, [], Score(130, error, 1.0, 0.95), DaysOff(), DAY.total, [DayOutlook(LAST, 0.9, 0.1, [])]
    )


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Return the weeks that were computed, by name and first day; the line `standard` has a bad forecast."""
    found: list[Any] = []

    def week_from(
        _history: object, _settings: Settings, _kind: str, name: str, first: date, today: date, _: object
    ) -> object:
        found.append((name, first, today))
        return None if name == "cartes" else told(1.1 if name == "standard" else 0.9)

    monkeypatch.setattr(weeks, "week_from", week_from)
    return found


def test_a_week_is_computed_once_a_day_and_after_each_decision(asked: list[Any]) -> None:
    read = follower(Known(history(suspected()), {}, {}), 1.0)
    kept, desk = KeptWeeks(SETTINGS, read, KeptYears(SETTINGS, read)), ("services", "cartes")

    async def ask(*days: date) -> None:
        for day in days:
            await kept.of(desk, day, day)  # type: ignore[arg-type]

    asyncio.run(ask(LAST, LAST))
    assert len(asked) == 1, "also if there is none"
    read.known = read.known._replace(history=history(suspected(status="dismissed")))
    asyncio.run(ask(LAST))
    assert len(asked) == 1, "no decision was made"
    decided = suspected()
    decided.decide(Decided(decided.id, 1_388_000_000_000, 7, "confirm", "", "", None, None))
    read.known = read.known._replace(history=history(decided))
    asyncio.run(ask(LAST, date(2014, 1, 1)))
    assert asked[1:] == [("cartes", LAST, LAST), ("cartes", date(2014, 1, 1), date(2014, 1, 1))]


@pytest.mark.usefixtures("asked")
def test_prometheus_gets_the_weeks_that_may_be_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weeks, "RENEW_SECONDS", 0.0)
    read = follower(Known(history(), {}, {}), 1.0)
    kept = KeptWeeks(SETTINGS, read, KeptYears(SETTINGS, read))

    enough, kept_of = asyncio.Event(), kept.of

    async def of(*given: Any) -> ForecastWeek | None:
        found = await kept_of(*given)
        if given[0] == ("services", "cartes"):  # the last
            enough.set()
        return found

    monkeypatch.setattr(kept, "of", of)

    async def keep() -> None:
        keeper = asyncio.create_task(kept.keep())
        await asyncio.wait_for(enough.wait(), PATIENCE)
        keeper.cancel()

    asyncio.run(keep())
    calls, tickets = expected_counts("lozere", kept.coming())
    assert {each.labels["line"] for each in calls.samples} == {"circulation"}
    assert len(calls.samples) == 7 * 3
    assert value(calls, "0", "0.025") < value(calls, "0", "0.5") < value(calls, "0", "0.975")
    assert not tickets.samples
    (missed,) = missed_targets("lozere", kept.coming()).samples
    assert (missed.labels, missed.value) == ({"site": "lozere", "line": "circulation", "days_ahead": "0"}, 0.8)


def value(metric: Metric, ahead: str, quantile: str) -> float:
    (found,) = [
        each.value
        for each in metric.samples
        if (each.labels["days_ahead"], each.labels["quantile"]) == (ahead, quantile)
    ]
    return float(found)


@pytest.mark.slow
def test_each_line_and_service_has_its_coming_week() -> None:
    at = datetime(UNTIL.year, UNTIL.month, UNTIL.day, 8, 30, tzinfo=PARIS)
    known = Known(history(days=varied()), {"lozere/circulation": line(at=at)}, {})
    (found,) = ask("/week?lang=en", what=known, settings=OFFICE)
    assert "The coming week" in found.page
    assert 'href="/lines/circulation"' in found.text
    assert found.text.count('class="interval"') > 7
    assert "In all: " in found.page
    assert "95% interval held" in found.page


@pytest.mark.slow
def test_a_day_that_will_likely_miss_its_target_has_a_warning() -> None:
    at = datetime(UNTIL.year, UNTIL.month, UNTIL.day, 8, 30, tzinfo=PARIS)
    month = LineMonth(Losses(), dict.fromkeys(range(7 * 24), 2))
    known = Known(history(days=varied(talk=300_000)), {"lozere/circulation": line(at=at, month=month)}, {})
    (found,) = ask("/week?lang=en", what=known, settings=OFFICE)
    assert "Wednesday 18 December: the target will likely be missed with the usual agents" in found.page
    assert "agents from 10:00 to 12:00" in found.page


def test_a_desk_of_too_few_days_is_named() -> None:
    (found,) = ask("/week?lang=fr", what=Known(history(days=[]), {}, {}), settings=OFFICE)
    assert "Circulation" in found.page
    assert 'class="interval"' not in found.text
