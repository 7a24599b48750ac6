"""The domain's rules come from the configuration, its days from the office's calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from agents.catalogue import channels, digest, lines, times
from agents.totals.plan import rules_of
from config.offices import Offices
from config.settings import Action, Alerts, Channel, Holidays, Line, Service, Settings

RULES = lines(Settings(site="lozere", lines={"standard": Line()}))["standard"]


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime(2013, 7, 1, 21, 59, 59, tzinfo=UTC), date(2013, 7, 1)),
        (datetime(2013, 7, 1, 22, 0, tzinfo=UTC), date(2013, 7, 2)),  # midnight in Paris
        (datetime(2013, 1, 1, 22, 0, tzinfo=UTC), date(2013, 1, 1)),
        (datetime(2100, 1, 1, tzinfo=UTC), date(2100, 1, 1)),
    ],
)
def test_a_day_begins_at_the_offices_midnight(at: datetime, day: date) -> None:
    assert RULES.day(round(at.timestamp() * 1000)) == day.toordinal()


def test_whatever_is_later_than_any_event_is_another_day() -> None:
    last = round(datetime(2100, 1, 1, tzinfo=UTC).timestamp() * 1000)
    assert RULES.day(10**15) == RULES.day(10**18) > RULES.day(last)


def test_a_channels_days_are_the_offices_working_days_or_all() -> None:
    found = channels(
        Settings(
            site="lozere",
            holidays=Holidays(closed=(date(2013, 5, 10),)),
            requests={
                "email": Channel(target_days=5),
                "im341": Channel(days="calendar"),
                "sms": Channel(target_days=0),
            },
        )
    )
    wednesday, tuesday = (date(2013, 5, day).toordinal() for day in (8, 14))  # Victory Day; Ascension is the 9th
    email, cards, messages = found.values()
    assert (email.id, email.channel, email.target_days, email.days) == ("lozere/email", "email", 5, "working")
    assert email.between(wednesday, tuesday) == 2
    assert cards.between(wednesday, tuesday) == 6
    assert email.due(wednesday) == date(2013, 5, 20).toordinal(), "Whit Monday delays nobody"
    assert messages.due(wednesday) == date(2013, 5, 12).toordinal()
    assert cards.due(wednesday) is None
    assert cards.last(wednesday, 6) == tuesday


def test_every_line_has_the_offices_budget_of_overload_alerts() -> None:
    office = Settings(site="lozere", alerts=Alerts(overloads="weekly"), lines={"standard": Line(), "accueil": Line()})
    assert [each.overloads for each in lines(office).values()] == ["weekly", "weekly"]
    assert RULES.overloads is None


def test_offices_with_equal_hours_share_a_clock_and_others_do_not() -> None:
    of_lozere, of_creuse = (times(Settings(site=site)) for site in ("lozere", "creuse"))
    assert of_lozere is of_creuse
    assert times(Settings(site="cantal", opening_hours="Mo-Fr 09:00-16:00")) is not of_lozere
    assert times(Settings(site="cantal", timezone="Indian/Reunion")) is not of_lozere


def test_an_action_is_no_rule_of_counting() -> None:
    actions = (Action(date=date(2014, 9, 1), label="Un agent de plus"),)
    before = Settings(site="a", lines={"a": Line()}, services={"b": Service()}, requests={"c": Channel()})
    after = Settings(
        site="a",
        lines={"a": Line(actions=actions)},
        services={"b": Service(actions=actions)},
        requests={"c": Channel(actions=actions)},
    )
    assert digest(Offices.alone(before)) == digest(Offices.alone(after))
    assert rules_of(before) == rules_of(after)
