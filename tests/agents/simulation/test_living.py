"""The demo's ongoing days: both lines lose calls, and each gets the right incident on the same day."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import closing
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest
from msgspec.structs import replace
from typer.testing import CliRunner

from agents.cli import app
from agents.history.incident_json import incident_json
from agents.kafka.client import Topic, topic
from agents.kafka.reading import records
from agents.kafka.sending import sending
from agents.kafka.topics import create_topics
from agents.simulation import living
from agents.simulation.office import office_days
from config.settings import DEFAULT, Settings, load
from streams.events import CallEvent, Event, milliseconds
from streams.simulation.living import DROWNS, MISCOUNTED, living_day
from streams.simulation.lozere import PERIODS
from streams.simulation.office import Office
from streams.simulation.simulate import simulate
from streams.watch.incident import Incident, Standing
from streams.watch.review import id_of
from tests.waiting import until

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
        if "line" in each and each["detected_at"] >= str(FIRST)
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
    assert list(living_day(day, lozere.site, 1, day.end)) == list(living_day(day, lozere.site, 1, day.end))
    assert list(living_day(day, lozere.site, 1, day.end)) != list(living_day(day, lozere.site, 3, day.end))


def wrong_after(events: list[Event], moment: float) -> int:
    """Return how many calls of the miscounted line were offered after a moment and lost with a conversation."""
    calls = [each for each in events if isinstance(each, CallEvent) and each.line == MISCOUNTED]
    offered = {each.call for each in calls if each.type == "offered" and milliseconds(each.at) / 1000 > moment}
    return sum(each.type == "ended" and bool(each.talk) for each in calls if each.call in offered & lost(calls))


def lost(calls: list[CallEvent]) -> set[str]:
    return {each.call for each in calls if each.type == "lost"}


def test_a_decision_ends_the_miscount_at_once_and_for_all_later_days(lozere: Settings) -> None:
    (day,) = office_days(lozere, FIRST, FIRST)
    noon = day.start + 12 * 3600
    unrepaired = list(islice(living.living(lozere, FIRST), 3_000))
    events = list[Event]()
    repaired = living.living(lozere, FIRST, lambda _: bool(events) and milliseconds(events[-1].at) / 1000 > noon)
    while len(events) < 3_000:
        events.append(next(repaired))
    common = [each for each in unrepaired if milliseconds(each.at) / 1000 <= noon]
    assert events[: len(common)] == common
    assert milliseconds(events[-1].at) / 1000 > noon + 86_400
    assert wrong_after(unrepaired, noon) > wrong_after(events, noon) == 0
    assert wrong_after(events, day.start) > 0


def test_the_overloaded_line_and_hour_change_from_day_to_day(lozere: Settings) -> None:
    def busiest(number: int) -> tuple[str, int]:
        (day,) = office_days(lozere, FIRST, FIRST)
        calls = (each for each in living_day(day, lozere.site, number, day.start) if isinstance(each, CallEvent))
        hours = Counter(
            (each.line, round(milliseconds(each.at) / 1000 - day.start) // 3600)
            for each in calls
            if each.type == "offered" and each.line in {DROWNS, "cni-passeport"}
        )
        return hours.most_common(1)[0][0]

    (first, morning), (second, afternoon) = busiest(1), busiest(2)
    assert (first, second) == (DROWNS, "cni-passeport")
    assert morning < 12 < afternoon


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


@pytest.mark.broker
def test_a_confirmation_repairs_the_counting_and_after_two_days_the_demo_confirms_by_itself(
    settings: Settings,
) -> None:
    office = load(DEFAULT, {}).model_copy(update={"kafka": settings.kafka})
    create_topics(office)
    with closing(living.Repair(office, FIRST)) as repair:
        publish(office, incident(date(2013, 6, 3), "confirmed"))  # of the years before
        publish(office, incident(FIRST, "open"))
        until(lambda: repair(1) or bool(repair.undecided))
        assert not repair(2)
        assert repair(3)
    values = [each.value or b"" for each in records(office, topic(office, Topic.REVIEWS))]
    assert len([each for each in values if b'"confirm"' in each]) == 1
    with closing(living.Repair(office, FIRST)) as repair:
        publish(office, incident(FIRST, "confirmed"))
        until(lambda: repair(1))


def incident(day: date, status: Standing) -> Incident:
    start = round(datetime.combine(day, time(9, 30), UTC).timestamp()) * 1000
    name = id_of(MISCOUNTED, start, "no talk")
    found = Incident(name, MISCOUNTED, "rise", "miscount", "answered-as-lost", start, start + 1, start, 12)
    return replace(found, status=status)


def publish(office: Settings, what: Incident) -> None:
    with sending(office) as sender:
        value = msgspec.json.encode({"site": office.site, **incident_json(what, ZoneInfo(office.timezone))})
        sender.send(topic(office, Topic.INCIDENTS), what.id.encode(), value)
