"""The demo's ongoing days: both lines lose calls, and each gets the right incident on the same day."""

from __future__ import annotations

import json
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from agents.cli import app
from agents.kafka.client import Topic, topic
from agents.kafka.reading import records
from agents.kafka.topics import create_topics
from agents.simulation import living
from agents.simulation.office import office_days
from config.settings import DEFAULT, Settings, load
from streams.events import CallEvent, Event, milliseconds
from streams.simulation.living import DROWNS, MISCOUNTED, living_day
from streams.simulation.lozere import PERIODS
from streams.simulation.office import Office
from streams.simulation.simulate import simulate

FIRST = date(2014, 10, 1)
QUIET = 80  # days before


@pytest.fixture(scope="module")
def lozere() -> Settings:
    return load(DEFAULT, {})


@pytest.mark.slow
def test_on_the_first_days_the_miscount_and_the_rush_are_told_apart(lozere: Settings, tmp_path: Path) -> None:
    profiles = {profile.line: profile for period in PERIODS for profile in period.lines}
    before = office_days(lozere, FIRST - timedelta(QUIET), FIRST - timedelta(1))
    events, _ = simulate(Office(site=lozere.site, lines=tuple(profiles.values())), before, 11)
    file = tmp_path / "events.jsonl"
    with file.open("wb") as out:
        for each in events:
            out.write(msgspec.json.encode(each) + b"\n")
        for each in islice(living.living(lozere, FIRST), 2_000):
            out.write(msgspec.json.encode(each) + b"\n")
    done = CliRunner().invoke(app, ["analyze", "events", str(file), "--json"])
    assert done.exit_code == 0, done.output
    told = [
        (each["line"], each["verdict"], each["detected_at"][:10])
        for each in json.loads(done.stdout)["incidents"]
        if each["detected_at"] >= str(FIRST)
    ]
    assert (MISCOUNTED, "miscount", "2014-10-01") in told
    assert (DROWNS, "overload", "2014-10-01") in told
    assert not [each for each in told if each[0] == DROWNS and each[1] == "miscount"]


def test_day_follows_day_in_order_without_end_and_no_call_comes_back(lozere: Settings) -> None:
    events: list[Event] = list(islice(living.living(lozere, FIRST), 6_000))
    times = [milliseconds(each.at) for each in events]
    assert times == sorted(times)
    assert (times[-1] - times[0]) / 86_400_000 > 5
    offered = [(each.line, each.call) for each in events if isinstance(each, CallEvent) and each.type == "offered"]
    assert len(set(offered)) == len(offered)


def test_a_day_of_another_seed_is_another_day(lozere: Settings) -> None:
    (day,) = office_days(lozere, FIRST, FIRST)
    assert list(living_day(day, lozere.site, 1)) == list(living_day(day, lozere.site, 1))
    assert list(living_day(day, lozere.site, 1)) != list(living_day(day, lozere.site, 2))


@pytest.mark.broker
def test_what_is_played_is_sent_until_it_is_told_to_end(settings: Settings) -> None:
    office = load(DEFAULT, {}).model_copy(update={"kafka": settings.kafka})
    create_topics(office)
    left = iter(range(50))
    living.play(office, FIRST, lambda: next(left, None) is not None, pace=1e9)
    calls = sum(1 for _ in records(office, topic(office, Topic.CALL_ATTEMPTS)))
    tickets = sum(1 for _ in records(office, topic(office, Topic.COUNTER_TICKETS)))
    assert calls + tickets == 50
    assert tickets
