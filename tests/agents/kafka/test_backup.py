"""A broker whose data is lost is restored from a backup: same totals, and an audit that finds nothing."""

from __future__ import annotations

import json
import shutil
import signal
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from agents.analysis.fold import Analysis
from agents.analysis.report import document
from agents.kafka.backup import KEPT, BackupError, back_up, restore, without_gap
from agents.kafka.broker import embedded_broker
from agents.kafka.client import Topic, producer, topic
from agents.kafka.reading import records
from agents.kafka.topics import create_topics
from config.settings import Kafka, Settings, load
from tests.agents.audit.office import YEAR, Office
from tests.agents.audit.test_audit import declare
from tests.agents.history.test_ledger import COUNTS, raw, send, told
from tests.agents.running import worker
from tests.agents.sources.contexts import events as contract_events
from tests.agents.sources.pseudonyms import PSEUDONYM
from tests.waiting import PATIENCE

pytestmark = pytest.mark.broker

SHARE = 0.6  # of the events, counted before the backup
AGAIN = 100  # events before the backup that are sent again after the restoration


def office_at(bootstrap: str, folder: Path, epoch: int = 0) -> Office:
    folder.mkdir(exist_ok=True)
    office = Office(Settings(site="lozere", kafka=Kafka(bootstrap=bootstrap, partitions=3, epoch=epoch)), folder)
    office.environment["TOCSIN_KAFKA_EPOCH"] = str(epoch)
    return office


def figures(office: Office) -> dict[str, Any]:
    done = office.command("totals", "--year", YEAR, "--format", "json")
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """Give the backup of an office whose broker is gone, and its figures."""
    folder, events = tmp_path_factory.mktemp("saved"), told()
    with embedded_broker() as bootstrap:
        office = office_at(bootstrap, folder)
        create_topics(office.settings)
        count = round(SHARE * len(events))
        send(office.settings, list(events[:count]))
        with worker(office.settings, TOCSIN_CONFIG=str(office.file)) as running:
            running.await_events(count)
            declare(office, running, "2018-12-05", "the queue was restarted")
            office.publish()
            declare(office, running, "2018-12-06", "and again")
            running.process.send_signal(signal.SIGTERM)
            running.process.wait(PATIENCE)
        done = office.command("backup", str(folder / "copy"))
        assert done.exit_code == 0, done.output
        assert "not counted yet" not in done.stderr
        figured = figures(office)
    return folder, figured


def test_totals_are_equal_to_the_last_unit_and_what_comes_later_is_counted_on(
    saved: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    (folder, before), events = saved, told()
    with embedded_broker() as bootstrap:
        refused = office_at(bootstrap, tmp_path / "refused").command("restore", str(folder / "copy"))
        assert (refused.exit_code, "set kafka.epoch to 1" in refused.stderr) == (1, True), refused.output
        office = office_at(bootstrap, tmp_path / "restored", epoch=1)
        for name in ("private.pem", "public.pem"):
            shutil.copy(folder / name, office.folder / name)
        done = office.command("restore", str(folder / "copy"))
        assert done.exit_code == 0, done.output
        assert figures(office) == before
        assert office.found(*office.key_option()) == set()
        again = office.command("restore", str(folder / "copy"))
        assert (again.exit_code, "has records already" in again.stderr) == (1, True), again.output
        count = round(SHARE * len(events))
        send(office.settings, list(events[count - AGAIN :]))
        wanted, environment = expected(office), {"TOCSIN_CONFIG": str(office.file), "TOCSIN_KAFKA_EPOCH": "1"}
        with worker(office.settings, **environment) as running:
            running.until(lambda: raw_of(office) == wanted, lambda: (raw_of(office), wanted))
            running.process.send_signal(signal.SIGTERM)
            running.process.wait(PATIENCE)
        assert office.found(*office.key_option()) == set()
        names = {each["id"]: each["status"] for each in office.history().incidents.of().values()}
        assert [names[f"standard-2018120{day}T070000Z-declared"] for day in (5, 6)] == ["confirmed"] * 2


def raw_of(office: Office) -> dict[str, dict[str, int]]:
    days = office.history().days.of()
    return {line: raw(days, line) for line in ("standard", "circulation")}


def expected(office: Office) -> dict[str, dict[str, int]]:
    analysis = Analysis(load(office.file, {}))
    analysis.take(contract_events([value for _, _, value in told()], PSEUDONYM))
    lines = document(analysis)["lines"]
    return {line: {name: lines[line]["raw"][name] for name in (*COUNTS, "unresolved")} for line in lines}


def test_a_changed_or_cut_file_is_refused_before_anything_is_written(
    saved: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    def changed(file: str, content: bytes) -> None:
        shutil.rmtree(tmp_path / "copy", ignore_errors=True)
        shutil.copytree(saved[0] / "copy", tmp_path / "copy")
        (tmp_path / "copy" / file).write_bytes(content)
        with pytest.raises(BackupError, match="was changed|no whole backup"):
            restore(settings, tmp_path / "copy")

    with embedded_broker() as bootstrap:
        settings = office_at(bootstrap, tmp_path / "office", epoch=1).settings
        for each in KEPT:
            content = (saved[0] / "copy" / each).read_bytes()
            for wrong in (content[:-1], content[:-1] + bytes([content[-1] ^ 1]), content[:4] + b"\xff" + content[5:]):
                changed(each, wrong)
        changed("manifest.json", b"{}")
        assert not any(True for _ in records(settings, *(topic(settings, each) for each in Topic)))


def test_moments_headers_and_empty_values_come_back(tmp_path: Path) -> None:
    headers = [("of", b"x"), ("of", b"")]
    sent = [(2, 1_300_000_000_000 + at, b"key", value, headers) for at, value in enumerate((b"a", None))]
    with embedded_broker() as first, embedded_broker() as second:
        settings = office_at(first, tmp_path / "first").settings
        create_topics(settings)
        with closing(producer(settings)) as client:
            for partition, moment, key, value, _ in sent:
                client.send(topic(settings, Topic.NOTES), value, key, headers, partition, moment)
            for number in range(3):
                client.send(topic(settings, Topic.CALL_ATTEMPTS), b"%d" % number, b"lozere/standard").get(PATIENCE)
        done = back_up(settings, tmp_path / "copy")
        assert (done.records, done.uncounted > 0) == (2, True)
        other = office_at(second, tmp_path / "second", epoch=3).settings
        assert restore(other, tmp_path / "copy") == 2
        found: list[Any] = list(records(other, topic(other, Topic.NOTES)))
        assert [(each.partition, each.timestamp, each.key, each.value, list(each.headers)) for each in found] == sent


class At(NamedTuple):
    """A record of the log."""

    partition: int
    offset: int
    topic: str = "tocsin.reviews"
    timestamp: int = 0
    key: bytes | None = None
    value: bytes | None = None


def test_a_log_that_does_not_begin_at_0_or_has_a_gap_is_refused() -> None:
    whole: list[Any] = [At(0, 0), At(1, 0), At(0, 1), At(1, 1)]
    assert list(without_gap(whole)) == whole
    wrong: list[list[Any]] = [[At(0, 1)], [At(0, 0), At(1, 0), At(0, 2)], [At(0, 0), At(0, 0)]]
    for log in wrong:
        with pytest.raises(BackupError, match=r"reviews/0@\d should be at [01]"):
            list(without_gap(log))
