"""The audit names an incident that was deleted, invented, changed or re-keyed, and is silent about honest ones."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest

from agents.chain.log import read_log
from agents.kafka.client import Topic, partition_of, producer, topic
from agents.kafka.reading import Record, records
from agents.kafka.topics import create_topics
from config.settings import Settings
from streams.chain.entry import Opened, encode_entry
from streams.chain.links import earlier_hash
from tests.agents.audit.office import YEAR, Office
from tests.agents.audit.test_audit import decide, declare
from tests.agents.history.test_ledger import send, told
from tests.agents.running import worker
from tests.waiting import PATIENCE

pytestmark = pytest.mark.broker

CONFIRMED = "standard-20181205T070000Z-declared"
DISMISSED = "standard-20181206T070000Z-declared"


@pytest.fixture(scope="module")
def decided(shared_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Give an office with two incidents, one of them dismissed after a publication, and a second publication."""
    create_topics(shared_settings)
    office, events = Office(shared_settings, tmp_path_factory.mktemp("decided")), told()
    send(shared_settings, list(events))
    with worker(shared_settings, TOCSIN_CONFIG=str(office.file)) as running:
        running.await_events(len(events))
        declare(office, running, "2018-12-05", "the queue was restarted")
        declare(office, running, "2018-12-06", "and again")
        office.publish()
        decide(office, "dismiss", DISMISSED, "--note", "it was not")
        office.await_(lambda: office.history().incidents.of()[DISMISSED]["status"] == "dismissed", running)
        running.process.send_signal(signal.SIGTERM)
        running.process.wait(PATIENCE)
    office.publish()
    return office


@pytest.fixture
def office(decided: Office, settings: Settings, tmp_path: Path) -> Office:
    return decided.copied(settings, tmp_path)


def incident(office: Office, name: str, **changed: Any) -> bytes:
    return msgspec.json.encode(office.history().incidents.of()[name] | changed)


def without(office: Office, settings: Settings, folder: Path, gone: Callable[[Record], bool]) -> Office:
    """Return a second office with the same records, without the ones in `gone`."""
    other = Office(settings, folder)
    create_topics(settings)
    with closing(producer(settings)) as client:
        for name in Topic:
            for each in records(office.settings, topic(office.settings, name)):
                if not gone(each):
                    where = topic(settings, name), each.value, each.key, None, each.partition, each.timestamp
                    client.send(*where)
    return other


def test_honest_incidents_are_silent_also_with_decisions_that_no_worker_has_read(office: Office) -> None:
    honest = office.command("audit")
    assert (honest.exit_code, len(honest.stdout.splitlines())) == (0, 1), honest.output
    assert "incidents" not in honest.stderr
    decide(office, "reopen", DISMISSED, "--note", "a worker will read this later")
    decide(office, "declare", "standard", "--from", "2018-12-10T08:00", "--to", "2018-12-10T09:00", "--note", "so")
    assert office.found() == set()


def test_a_deleted_incident_is_named_by_its_tombstone_and_by_the_state_of_its_line(
    decided: Office, office: Office, prefix: str, tmp_path: Path
) -> None:
    office.put(Topic.INCIDENTS, CONFIRMED.encode(), None)
    (breach,) = office.audit()["breaches"]
    assert (breach["kind"], breach["subject"]) == ("incident-missing", f"incident {CONFIRMED}")
    assert breach["place"].startswith(topic(office.settings, Topic.INCIDENTS))
    kafka = office.settings.kafka.model_copy(update={"prefix": f"compacted.{prefix}"})
    folder = tmp_path / "compacted"
    folder.mkdir()
    compacted = without(
        decided,
        office.settings.model_copy(update={"kafka": kafka}),
        folder,
        lambda each: each.key == CONFIRMED.encode(),
    )
    assert compacted.found() == {("incident-missing", f"incident {CONFIRMED}")}


def test_an_invented_incident_is_named_and_a_decision_on_it_that_no_log_has_is_not_published(office: Office) -> None:
    name = "circulation-20181203T070000Z-phantom"
    changed = {"id": name, "line": "circulation", "kind": "phantom", "from": "2018-12-03T08:00:00+01:00"}
    office.put(Topic.INCIDENTS, name.encode(), incident(office, CONFIRMED, **changed, decisions=[], status="open"))
    assert office.found() == {("incident-unknown", f"incident {name}")}
    office.put(Topic.INCIDENTS, name.encode(), incident(office, CONFIRMED, **changed))
    (breach,) = office.audit()["breaches"]
    assert (breach["kind"], breach["subject"]) == ("decision-unlogged", f"incident {name}")
    assert "declaration of a miscount of circulation-20181203T070000Z-phantom by m.durand" in breach["says_en"]
    refused = office.command("totals", "--year", YEAR, "--publish")
    assert refused.exit_code == 1
    assert f"incident {name}: the log does not have this decision" in refused.stderr


def test_an_incident_under_another_key_is_named_and_never_wins(office: Office) -> None:
    dismissed = incident(office, CONFIRMED, status="dismissed")
    office.put(Topic.INCIDENTS, b"another-key", dismissed)
    (breach,) = office.audit()["breaches"]
    assert (breach["kind"], breach["subject"]) == ("incident-impossible", f"incident {CONFIRMED}")
    assert "'another-key'" in breach["says_en"]
    assert office.history().incidents.of()[CONFIRMED]["status"] == "confirmed"
    shown = json.loads(office.command("review", "list", "--json").stdout)
    assert {each["id"]: each["status"] for each in shown}[CONFIRMED] == "confirmed"
    office.put(Topic.INCIDENTS, b"another-key", None)
    assert office.found() == set()
    office.put(Topic.INCIDENTS, f"lozere/{CONFIRMED}".encode(), dismissed)
    assert office.found() == {("incident-changed", f"incident {CONFIRMED}")}, "the other key that a worker may use"


def test_an_unreadable_record_in_place_of_an_incident_is_named_and_never_wins(office: Office) -> None:
    for unreadable in (b"[" * 100_000, b'{"id":"\xff"}', b'{"\xff":1}'):
        office.put(Topic.INCIDENTS, CONFIRMED.encode(), unreadable)
        (breach,) = office.history().breaches("lozere")
        assert (breach.kind, breach.subject) == ("incident-impossible", f"incident {CONFIRMED}")
        assert "unreadable" in str(breach.says)


def test_a_changed_incident_is_named_with_what_changed(office: Office) -> None:
    changed = incident(office, CONFIRMED, verdict="overload", to="2018-12-05T13:00:00+01:00")
    office.put(Topic.INCIDENTS, CONFIRMED.encode(), changed)
    (breach,) = office.audit()["breaches"]
    assert (breach["kind"], breach["subject"], breach["year"]) == ("incident-changed", f"incident {CONFIRMED}", 2018)
    assert "verdict miscount → overload" in breach["says_en"]


def test_an_earlier_record_of_an_incident_put_back_lacks_a_decision_of_the_log(office: Office) -> None:
    first, *_ = (
        each.value
        for each in records(office.settings, topic(office.settings, Topic.INCIDENTS))
        if each.key == DISMISSED.encode()
    )
    office.put(Topic.INCIDENTS, DISMISSED.encode(), first)
    told = {each["kind"]: each["says_en"] for each in office.audit()["breaches"]}
    assert told.keys() == {"incident-changed", "decision-unfollowed"}
    assert f"dismissal of {DISMISSED} by m.durand" in told["decision-unfollowed"]
    assert "status dismissed → confirmed" in told["incident-changed"]


def test_a_second_opening_in_a_lower_partition_makes_no_decision_one_from_before_the_chain(office: Office) -> None:
    settings, log = office.settings, topic(office.settings, Topic.REVIEWS)
    home = partition_of(b"lozere", settings.kafka.partitions)
    key = next(
        f"lozere/{name}".encode() for name in map(str, range(99)) if partition_of(f"lozere/{name}".encode(), 4) < home
    )
    lower = partition_of(key, settings.kafka.partitions)
    past = {"decision": "dismiss", "incident": CONFIRMED, "at": 1.0, "by": "Mme la Prefete"}
    with closing(producer(settings)) as client:
        client.send(log, msgspec.json.encode(past), b"lozere/standard", None, lower)
        client.flush()
        written = read_log(settings)
        earlier = [each for each in written.records if b"Prefete" in each.value]
        opened = Opened(site="lozere", at=1.0, ends=written.ends, earlier=earlier_hash(earlier))
        client.send(log, encode_entry(opened), b"lozere", None, lower)
    assert office.found() == {
        ("entry-misplaced", "opening of the chain"),
        ("decision-unchained", f"dismissal of {CONFIRMED} by Mme la Prefete"),
    }


def test_publications_rolled_back_with_their_vintages_are_named_by_the_hash_kept_outside(
    decided: Office, settings: Settings, tmp_path: Path
) -> None:
    again = decided.command("totals", "--year", YEAR, "--publish")
    assert again.exit_code == 0, again.output
    kept = again.stderr.strip().rpartition(" ")[2]
    *_, (last, entry) = decided.history().publications.chain("lozere").published()
    assert kept == last.hash
    assert decided.found("--expect", kept, *decided.key_option()) == set()
    rolled = without(
        decided,
        settings,
        tmp_path,
        lambda each: each.value == last.logged.value or entry.content.encode() in (each.key or b""),
    )
    assert rolled.found(*decided.key_option()) == set(), "the key shows nothing"
    told = rolled.command("audit", "--expect", kept, *decided.key_option())
    assert (told.exit_code, "the log has no publication with this hash" in told.stdout) == (1, True), told.output
    refused = decided.command("audit", "--expect", kept[:12])
    assert (refused.exit_code, "64 hexadecimal digits" in refused.output) == (2, True), refused.output
