"""The page of an office's coming week: each line and service, or why it has no forecast."""

from __future__ import annotations

from datetime import datetime

import pytest

from agents.board.follower import Known
from streams.insight.losses import Losses
from streams.status import LineMonth
from tests.agents.board.known import history, line
from tests.agents.board.test_server import ask
from tests.agents.forecast.varied import OFFICE, UNTIL, varied
from tests.agents.totals.year import PARIS


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
