"""The forecast week on a desk's page: coming, or beside what came; not if eight weekdays were better."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

import pytest

from agents.board.follower import Known
from agents.board.periods.forecast import DayBand, ForecastWriter, week_bands
from agents.forecast.week import ForecastWeek
from agents.language import Language
from agents.translation import Words
from streams.forecast.days_off import DaysOff
from streams.forecast.expected import Expected, ExpectedDay
from streams.forecast.score import Score
from tests.agents.board.known import history, line
from tests.agents.board.test_server import ask
from tests.agents.forecast.varied import OFFICE, UNTIL, varied
from tests.agents.html import Page
from tests.agents.totals.year import PARIS

MONDAY = date(2013, 12, 23)
DAYS = [ExpectedDay(MONDAY + timedelta(ahead), Expected(mean, 0.02), ()) for ahead, mean in enumerate((80.0, 2.0, 0.0))]
DAY = DayBand(20, (40, 60), 80, 50, None, "says", ("Monday 4", "Mo 4"))


def writer(error: float | None = 0.9, *came: float | None, language: Language = Language.EN) -> ForecastWriter:
    score = None if error is None else Score(130, error, 1.0, 0.95)
    off = DaysOff({MONDAY + timedelta(2): "Noël"})
    return ForecastWriter(Words(language), "lines", ForecastWeek(DAYS, came, score, off, DAYS[0].total))


def test_each_day_has_its_interval_and_its_holiday_or_doubt() -> None:
    rows = writer().rows()
    assert [each.head for each in rows] == ["Monday 23 December", "Tuesday 24 December", "Wednesday 25 December"]
    assert rows[0].cells == ["80", "54 to 110", ""]
    assert rows[1].cells == ["2.0", "0 to 5", "too few to say more"]
    assert rows[2].cells == ["0", "—", "Noël"]


def test_what_came_stands_beside_what_was_expected() -> None:
    found = writer(0.9, 71.0, None, 0.0)
    assert found.title() == "Forecast, and what came"
    assert [each.cells[2] for each in found.rows()] == ["71", "—", "0"]
    assert found.columns()[2] == "came"
    assert str(found.picture()).count("circle") == 2, "one a size: no call on a holiday is no point"


def test_the_score_is_said_and_a_worse_forecast_is_not_sound() -> None:
    assert "95% interval held on 95% of 130 days" in writer().score()
    assert "10% below" in writer().score()
    assert "too few days" in writer(None).score()
    worse = writer(1.25, language=Language.FR)
    assert not worse.sound
    assert "erreur 1,00, prévision 1,25" in worse.score()


@pytest.mark.slow
def test_the_page_shows_the_coming_week_and_a_past_week_beside_what_came() -> None:
    at = datetime(UNTIL.year, UNTIL.month, UNTIL.day, 8, 30, tzinfo=PARIS)
    what = Known(history(days=varied()), {"lozere/circulation": line(at=at)}, {})
    now, past, day, falls = ask(
        "/lines/circulation?lang=en",
        "/lines/circulation?lang=en&period=2013-W45",
        "/lines/circulation?lang=en&period=2013-11-05",
        "/services/cartes?lang=fr&period=2013-W45",
        what=what,
        settings=OFFICE,
    )
    assert "Calls of the coming week" in now.page
    assert "Tuesday 17 December" in now.page
    assert "Forecast, and what came" in past.page
    assert 'class="came"' in past.text
    assert 'class="interval"' not in day.text
    assert "Prévision et réalité" in falls.page


def heights(drawn: str, cls: str) -> list[float]:
    return [float(each) for each in re.findall(rf'<rect class="{cls}"[^>]* height="([\d.]+)"', drawn)]


def test_intervals_stand_to_scale() -> None:
    drawn = week_bands([DAY], "calls").partition("</svg>")[0]
    assert round(heights(drawn, "interval")[0] / heights(drawn, "likely")[0], 1) == 3


def test_what_came_is_inside_the_picture_even_far_beyond_the_interval() -> None:
    drawn = week_bands([DAY._replace(came=500)], "calls").partition("</svg>")[0]
    (y,) = re.findall(r'<circle class="came"[^>]* cy="([\d.]+)"', drawn)
    assert 0 < float(y) < 120


def test_a_closed_day_is_empty_unless_calls_came() -> None:
    closed = DAY._replace(low=0, likely=(0, 0), high=0, mean=0, came=0)
    drawn = week_bands([closed], "calls")
    assert not {"rect", "circle"} & set(Page(drawn).tags)
    assert "circle" in Page(week_bands([closed._replace(came=3)], "calls")).tags


def test_texts_are_escaped_and_the_narrow_picture_has_short_labels() -> None:
    drawn = week_bands([DAY._replace(says="<b>")], '"<s>')
    assert {"b", "s"}.isdisjoint(Page(drawn).tags)
    wide, narrow, _ = drawn.split("</svg>")
    assert "Monday 4" in wide
    assert "Monday 4" not in narrow
