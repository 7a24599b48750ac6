"""A line whose state is lost is rebuilt, beside a ledger that keeps what it has, and nothing counts twice."""

from __future__ import annotations

import subprocess
from pathlib import Path

import msgspec
import pytest
from kafka import TopicPartition  # type: ignore[import-untyped]  # ships no types

from agents.history.ledger import read_history
from agents.ingest.send import address
from agents.kafka.client import Topic, admin, partition_of, topic
from agents.kafka.sending import sending
from agents.states.rebuild import RebuildError, rebuild
from agents.states.records import state_records
from config.settings import Settings
from tests.agents.forked import run
from tests.agents.running import Running, of_broker, worker
from tests.streams.telling import event

pytestmark = pytest.mark.broker

KEY = "line lozere/standard"
MONDAY = 1_375_689_600 + 7 * 3_600  # 2013-08-05 09:00 in Paris


def send(office: Settings, first: int, count: int, day: int) -> None:
    with sending(office) as sender:
        for number in range(first, first + count):
            kind = "lost" if number % 10 == 0 else "answered"
            told = event(kind, MONDAY + day * 86_400 + number - first, str(number), "standard", wait=5, site="lozere")
            name, key = address(office, told)
            sender.send(topic(office, name), key, msgspec.json.encode(told))


def counted(office: Settings) -> dict[str, tuple[int, int]]:
    days = [each for each in read_history(office).days.of("lozere") if each.id == "lozere/standard"]
    return {
        each.day[-2:]: tuple(sum(getattr(slot, name) for slot in each.slots.values()) for name in ("offered", "lost"))
        for each in days
    }


def await_days(running: Running, office: Settings, expected: dict[str, tuple[int, int]]) -> None:
    running.until(lambda: counted(office) == expected, lambda: counted(office))


def tocsin(office: Settings, config: str, *words: str) -> subprocess.CompletedProcess[str]:
    return run(["state", *words, "--config", config], env={"HOME": str(Path.home()), **of_broker(office)})


def test_a_corrupt_record_refuses_one_line_and_its_rebuild_adds_to_what_the_ledger_keeps(
    office: Settings, tmp_path: Path
) -> None:
    config = tmp_path / "office.yaml"
    config.write_text("site: lozere\nclock: event\nlines: {standard: {}, circulation: {}}\n")
    home = partition_of(b"lozere/standard", office.kafka.partitions)
    send(office, 0, 200, 0)
    send(office, 200, 200, 1)
    with worker(office, TOCSIN_CONFIG=str(config)) as running:
        await_days(running, office, {"05": (200, 20), "06": (200, 20)})
    assert all(each.trouble is None for each in state_records(office))
    with sending(office) as sender:
        for value in (None, b"\x07 junk"):
            sender.send_to(topic(office, Topic.STATE), home, KEY.encode(), value)
    send(office, 400, 50, 2)
    with worker(office, TOCSIN_CONFIG=str(config)) as running:
        page = running.await_page("/healthz", f"tocsin state rebuild '{KEY}'")
        assert '"status": "refusing"' in page
        assert running.total("tocsin_states_refused") == 1
    listed = tocsin(office, str(config), "list")
    assert (listed.returncode, KEY in listed.stdout) == (1, True), listed.stderr
    done = tocsin(office, str(config), "rebuild", KEY)
    assert done.returncode == 0, done.stderr
    assert "is rebuilt" in done.stdout
    with worker(office, TOCSIN_CONFIG=str(config)) as running:
        running.await_events(450)
        await_days(running, office, {"05": (200, 20), "06": (200, 20), "07": (50, 5)})
        assert running.total("tocsin_calls_offered_total", line="standard") == 450
        send(office, 500, 7, 0)
        await_days(running, office, {"05": (207, 21), "06": (200, 20), "07": (50, 5)})
    refused = tocsin(office, str(config), "rebuild", KEY)
    assert (refused.returncode, "needs no rebuild" in refused.stderr) == (1, True)


def test_a_key_that_the_catalogue_has_not_is_refused(office: Settings) -> None:
    with pytest.raises(RebuildError, match="is no line, service or channel of the catalogue"):
        rebuild(office, "line lozere/nowhere")


def test_a_state_of_which_no_event_is_left_keeps_all_that_the_ledger_has(office: Settings, tmp_path: Path) -> None:
    config = tmp_path / "office.yaml"
    config.write_text("site: lozere\nclock: event\nlines: {standard: {}, circulation: {}}\n")
    send(office, 0, 30, 0)
    with worker(office, TOCSIN_CONFIG=str(config)) as running:
        await_days(running, office, {"05": (30, 3)})
    home = partition_of(b"lozere/standard", office.kafka.partitions)
    with admin(office) as client:
        try:
            client.delete_records({TopicPartition(topic(office, Topic.CALL_ATTEMPTS), home): 30})
        except Exception as error:  # noqa: BLE001 -- the embedded broker deletes no records
            pytest.skip(f"the broker deletes no records: {error!r}")
    done = rebuild(office, KEY)
    assert (done.first, done.kept_until, str(done.kept)) == (30, 29, "2013-08-05")
    send(office, 100, 5, 0)
    send(office, 200, 1, 1)  # by then the earlier calls have settled
    with worker(office, TOCSIN_CONFIG=str(config)) as running:
        await_days(running, office, {"05": (35, 4), "06": (1, 1)})
