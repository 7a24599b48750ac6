"""Warnings of days short of agents, with enough agents; none if the agents are unknown."""

from __future__ import annotations

from datetime import date, time, timedelta
from functools import partial

import pytest

from agents.forecast.ledger import pasts_of
from agents.forecast.shortfall import DayOutlook, NeededAgents, known_attendance, outlooks, warnings
from agents.language import Language
from agents.translation import Words
from streams.forecast.days_off import DaysOff
from streams.forecast.expected import expect_calls
from streams.insight.losses import Losses
from streams.status import LineMonth, LineStatus, Ongoing, Withheld
from tests.agents.board.known import MORNING, SETTINGS, history, line
from tests.agents.forecast.test_roster import UNTIL, ledger

MONTH = LineMonth(Losses(), {9: 2})


def of(agents: int | None, talk: float | None = 400.0) -> list[DayOutlook]:
    """Return the outlooks of a week of a line with three calls a quarter of an hour, and these agents at all hours."""
    known = history(days=ledger(talk))
    past = pasts_of(known, SETTINGS, "lines", UNTIL)["circulation"]
    assert past is not None
    attendance = {} if agents is None else dict.fromkeys(range(7 * 24), agents)
    return [*outlooks(known, SETTINGS, "circulation", expect_calls(past, 7, DaysOff()), attendance)]


def test_a_day_with_too_few_agents_is_likely_missed_and_enough_agents_are_given() -> None:
    found = of(1)
    assert [day.likely for day in found] == [True] * 5 + [False] * 2
    (needed,) = found[0].needed
    assert (needed.begins, needed.ends) == (time(10), time(13))
    assert needed.agents > 1
    assert not any(day.likely or day.needed for day in of(needed.agents))


@pytest.mark.parametrize(("agents", "talk"), [(None, 400.0), (1, None)])
def test_nothing_is_said_of_unknown_agents_or_talks(agents: int | None, talk: float | None) -> None:
    assert of(agents, talk) == []


@pytest.mark.parametrize(
    ("status", "agents"),
    [
        (line(), {}),
        (line(month=MONTH), {9: 2}),
        (line(month=MONTH, withheld=Withheld("coverage", 1.0)), {}),
        (line(month=MONTH, incidents=[Ongoing("a", "undecided", "drift", "open", MORNING)]), {}),
        (line(month=MONTH, incidents=[Ongoing("a", "overload", "overload", "open", MORNING)]), {9: 2}),
    ],
)
def test_agents_of_a_line_whose_counting_is_in_doubt_are_unknown(status: LineStatus, agents: dict[int, int]) -> None:
    known = partial(known_attendance, {status.id: status}, "lozere")
    assert known(("lines", "circulation"), MORNING.date()) == agents
    assert known(("services", "circulation"), MORNING.date()) == {}
    assert known(("lines", "circulation"), MORNING.date() + timedelta(8)) == {}, "no worker has published for a week"


def test_a_warning_has_the_day_the_chances_and_the_agents() -> None:
    needed = [NeededAgents(time(10), time(12), 4), NeededAgents(time(14), time(14, 30), 1)]
    days = [DayOutlook(date(2013, 9, 2), 0.854, 0.03, needed), DayOutlook(date(2013, 9, 3), 0.6, 0.0, needed)]
    assert warnings(days, Words(Language.EN)) == [
        "Monday 2 September: the target will likely be missed with the usual agents (chance 85%). "
        "Enough would be 4 agents from 10:00 to 12:00, 1 agent from 14:00 to 14:30: the chance would then be 3%."
    ]
    (french,) = warnings(days, Words(Language.FR))
    assert french.startswith("Lundi 2 septembre : l'objectif sera probablement manqué avec les agents habituels")
