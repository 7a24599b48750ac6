"""The whole alarm for real: from a call's event to the message, and a miscount that inhibits the false alarm.

Broker, worker, Prometheus and Alertmanager are real, and rules and routes the committed ones. Only addresses differ,
and every waiting time (`for`, `keep_firing_for`, `interval`, `group_wait` and the like) is a sixtieth: a minute becomes
a second, so that they keep their proportions. The windows in expressions are unchanged.
"""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec
import pytest
import yaml

from agents.ingest.send import address
from agents.kafka.client import Topic, producer, topic
from agents.kafka.reading import records
from agents.kafka.topics import create_topics
from agents.simulation.office import faults_of, office_days, office_of, overloads_of
from config.settings import Settings, load
from streams.events import Event, Reading, Review, milliseconds
from streams.simulation.simulate import simulate
from tests.agents.running import worker
from tests.deploy.servers import ALERTMANAGER, HOST, PROMETHEUS, alertmanager, configuration, prometheus
from tests.deploy.webhook import Webhook, webhook

pytestmark = pytest.mark.broker

OFFICE: Final = """\
site: lozere
timezone: Europe/Paris
opening_hours: "Mo-Fr 08:30-12:00,13:30-17:00"
clock: event
lines:
  circulation: {label: "Circulation", target: 0.10, expected_lost_rate: 0.0187}
  cni-passeport: {label: "CNI - Passeport", target: 0.10, expected_lost_rate: 0.0404}
"""
# In the middle of the second morning every window of both lines is full.
NOW: Final = datetime(2013, 3, 28, 10, 0, tzinfo=ZoneInfo("Europe/Paris"))
REAL: Final = "circulation:absence:2013-03-27:2013-03-28:0.8"  # most of the staff is away
FALSE: Final = "cni-passeport:answered-as-lost:2013-03-27:2013-03-28:0.6"
# The counting software's own counter is reset every night, as some are: no reason to doubt the calls.
RESET: Final = "circulation:reset-nightly:2013-03-20:2013-03-28"
WAITS: Final = {"for", "keep_firing_for", "interval", "group_wait", "group_interval", "repeat_interval"}
UNITS: Final = {"s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}  # ms


def told(hook: Webhook, receiver: str) -> dict[tuple[str, str], dict[str, Any]]:
    """Return the firing alerts that a receiver got, by name and line."""
    return {
        (alert["labels"]["alertname"], alert["labels"].get("line", "")): alert
        for post in hook.posts
        for alert in post.alerts
        if post.path == f"/{receiver}" and alert["status"] == "firing"
    }


def hastened(found: Any) -> Any:
    """Return a configuration in which a minute of waiting is a second."""
    if isinstance(found, list):
        return [hastened(each) for each in found]
    if not isinstance(found, dict):
        return found
    return {name: sooner(value) if name in WAITS else hastened(value) for name, value in found.items()}


def sooner(duration: str) -> str:
    number, unit = duration[:-1], duration[-1]
    return f"{int(number) * UNITS[unit] // 60}ms"


def hastened_rules(folder: Path) -> list[str]:
    """Write the committed rules with shortened times; return their files."""
    for file in (PROMETHEUS.parent / "rules").glob("*.yml"):
        (folder / file.name).write_text(yaml.safe_dump(hastened(yaml.safe_load(file.read_text()))))
    return [f"{folder}/*.yml"]


def routes(to: str) -> dict[str, Any]:
    """Return the committed routes with shortened times, every receiver at that address."""
    text, count = re.subn(r"http://127\.0\.0\.1:\d+/", f"http://{to}/", ALERTMANAGER.read_text())
    assert count == 3
    found: dict[str, Any] = hastened(yaml.safe_load(text))
    return found


def happened(settings: Settings) -> list[Event]:
    """Return an office's events until now: on one line most agents are away, the other is miscounted."""
    days = office_days(settings, date(2013, 3, 20), NOW.date())
    office = office_of(settings, {"all": 120.0}, "cumulative", 0.03, source_per_line=False)
    faults = [*faults_of(FALSE, settings), *faults_of(RESET, settings)]
    events, _ = simulate(office, days, 1, faults, overloads_of(REAL, settings))
    return [each for each in events if milliseconds(each.at) <= NOW.timestamp() * 1000]


def send(settings: Settings, events: list[Event]) -> None:
    client = producer(settings)
    for event in events:
        name, key = address(settings, event)
        client.send(topic(settings, name), key=key, value=msgspec.json.encode(event))
    client.close()


def names(alerts: list[dict[str, str]]) -> set[tuple[str, str]]:
    return {(each["alertname"], each.get("line", "")) for each in alerts}


def test_a_real_spike_reaches_operations_and_a_miscount_quality_and_holds_its_spike_back(
    settings: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "office.yaml"
    file.write_text(OFFICE)
    office = load(file, {}).model_copy(update={"kafka": settings.kafka})
    create_topics(office)
    events = happened(office)
    readings: list[Event] = [each for each in events if isinstance(each, Reading)]
    send(office, readings)  # first, as a reading that is some hours old would be too late
    with (
        webhook() as hook,
        worker(settings, TOCSIN_CONFIG=str(file)) as running,
        alertmanager(routes(hook.address)) as sender,
    ):
        running.await_events(len(readings))
        send(office, [each for each in events if not isinstance(each, Reading)])
        running.await_events(len(events))
        asked = configuration({"tocsin-worker": [f"{HOST}:{running.port}"]}, alertmanager=sender.address)
        asked["rule_files"] = hastened_rules(tmp_path)
        with prometheus(asked) as watcher:
            real, false = ("LostCallSpike", "circulation"), ("LostCallSpike", "cni-passeport")
            overload, miscount = ("LineOverloaded", "circulation"), ("MiscountSuspected", "cni-passeport")
            counter = ("MiscountSuspected", "circulation")
            watcher.wait(lambda: {real, false, overload, miscount, counter} <= names(watcher.alerts()))
            sender.wait(lambda: {real, overload} <= told(hook, "exploitation").keys())
            sender.wait(lambda: {miscount, counter} <= told(hook, "qualite").keys())
            sender.wait(lambda: ("NoBoard", "") in told(hook, "technique"))
            sender.wait(lambda: false in names(sender.alerts("suppressed")))

            spike = told(hook, "exploitation")[real]
            assert spike["labels"] == {
                "alertname": "LostCallSpike",
                "site": "lozere",
                "line": "circulation",
                "label": "Circulation",
                "severity": "critical",
                "team": "exploitation",
            }
            assert spike["annotations"]["board"] == "http://127.0.0.1:6067/incidents?line=circulation"
            assert spike["annotations"]["summary"].startswith("lozere, Circulation : ")
            kind, other = (told(hook, "qualite")[each] for each in (miscount, counter))
            assert (kind["labels"]["kind"], kind["labels"]["quarantine"]) == ("answered-as-lost", "yes")
            assert (other["labels"]["kind"], other["labels"].get("quarantine")) == ("reset", None)
            assert "appels décrochés comptés comme perdus" in kind["annotations"]["summary"]
            assert "27/03/2013" in kind["annotations"]["description"]
            texts = [text for post in hook.posts for alert in post.alerts for text in alert["annotations"].values()]
            assert not [text for text in texts if "error" in text]
            assert false not in told(hook, "exploitation")

            dismiss(office)
            watcher.wait(lambda: miscount not in names(watcher.alerts()))
            sender.wait(lambda: false in told(hook, "exploitation"))  # nothing else had inhibited it


def dismiss(office: Settings) -> None:
    """Record a person's decision that the counting is right after all."""
    kept = [json.loads(each.value) for each in records(office, topic(office, Topic.INCIDENTS)) if each.value]
    (name,) = {each["id"] for each in kept if each["kind"] == "answered-as-lost"}
    send(office, [Review(incident=name, decision="dismiss", by="m.durand", note="a fair", at=NOW.timestamp())])
