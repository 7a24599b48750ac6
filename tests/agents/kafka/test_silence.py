"""The broker goes away amid the reading of each command: it says so, ends in time with status 1, and leaves nothing."""

from __future__ import annotations

import shlex
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final, get_args

import pytest
from typer.testing import CliRunner, Result

from agents.cli import app
from agents.kafka import client, silence
from agents.kafka.client import Topic, topic
from agents.kafka.reading import TopicReader, between, nothing_between
from agents.kafka.refusals import AwayError
from agents.kafka.sending import sending
from agents.kafka.topics import create_topics
from config.settings import Kafka, Settings
from tests.agents.kafka.cut import Cut, How, cut_broker
from tests.agents.kafka.test_connecting import sockets
from tests.agents.running import of_broker, worker
from tests.agents.test_every_command import CALLS
from tests.waiting import until

pytestmark = [pytest.mark.broker, pytest.mark.slow]

EXAMPLES: Final = Path(__file__).parents[3] / "examples"
OTHERS: Final = {  # they read no topic, follow it for ever, or need a new folder or cluster each time
    *("demo", "demo --serve", "worker", "worker --processes 2", "board", "analyze", "init", "reconcile", "ingest"),
    *("simulate", "broker", "pseudonyms rotate", "notify", "backup", "restore"),
}
WORDS: Final = {  # where the words by which a command waits do not suffice
    "topics": "--check",
    "review erase": "last --yes",
    "state show": "'line saint-exemple/accueil'",
    "state rebuild": "'line saint-exemple/accueil'",
    "dead-letters --replay": "",
    "certify --sample": "3 --year 2024 --line accueil",
}
READING: Final = sorted((CALLS.keys() | WORDS.keys()) - OTHERS)
SHORT: Final = 2.0  # seconds; the handbook has a minute
SHARES: Final = (0.3, 0.7)  # of a command's requests


class Office:
    """An office with counted calls, an incident, a decision and dead letters, and its broker behind a proxy."""

    def __init__(self, at: str, cut: Cut, folder: Path) -> None:
        self.cut = cut
        self.settings = Settings(site="saint-exemple", kafka=Kafka(bootstrap=at, prefix="cut.", partitions=2))
        self._environment = {
            **of_broker(self.settings),
            "LANG": "C",
            "TOCSIN_CONFIG": str(EXAMPLES / "office.yaml"),
            "TOCSIN_PSEUDONYM_KEY": "of a length that is enough",
            "TOCSIN_STATE_DIR": str(folder),
            "TOCSIN_MAIL": "{server: '127.0.0.1:1', security: none, from: a@b.fr, to: [{address: c@d.fr}]}",
        }
        self._requests: dict[str, int] = {}
        create_topics(self.settings)
        (torn := folder / "queue_log").write_text((EXAMPLES / "queue_log").read_text() + "torn|row\n")
        self.run(f"ingest queue-log {torn}")
        with worker(self.settings, TOCSIN_CONFIG=str(EXAMPLES / "office.yaml")) as running:
            running.await_events(1, more=True)
            until(lambda: "1 to review" in self.run("review list").output, running.words)

    def run(self, words: str) -> Result:
        return CliRunner(env=self._environment).invoke(app, shlex.split(words), terminal_width=200)

    def requests(self, words: str) -> int:
        """Return how many requests a command makes while its broker is there."""
        if words not in self._requests:
            self.cut.restore()
            self.run(words)
            self._requests[words] = self.cut.requests
        return self._requests[words]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with cut_broker() as (at, cut):
        yield Office(at, cut, tmp_path_factory.mktemp("cut"))


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(silence, "ANSWER_SECONDS", SHORT)
    monkeypatch.setattr(silence, "QUIET_SECONDS", SHORT / 8)
    monkeypatch.setattr(client, "START_MS", round(1000 * SHORT))
    monkeypatch.setattr(client, "QUIET_SECONDS", SHORT / 8)
    monkeypatch.setattr("agents.ending._process.noticed", {})


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize("how", get_args(How))
@pytest.mark.parametrize("name", READING)
def test_a_command_whose_broker_goes_away_says_so_and_ends(office: Office, name: str, how: How, share: float) -> None:
    words = f"{name} {WORDS.get(name, CALLS[name].words if name in CALLS else '')}"
    after = round(share * office.requests(words))
    before = sockets()
    office.cut.restore(after=after, how=how)
    done = office.run(words)
    office.cut.close()
    assert done.exit_code == 1, done.output
    assert office.settings.kafka.bootstrap in done.output.splitlines()[-1]
    assert done.exception is None or isinstance(done.exception, SystemExit), "no traceback"
    if how == "silent":
        assert "waiting up to 2 s for " in done.output
    until(lambda: sockets() <= before)  # a client's thread may still be closing its own


@pytest.mark.usefixtures("short")
def test_a_sender_gives_up_though_its_client_keeps_a_batch_for_ever(office: Office) -> None:
    """Once a sent batch has expired, the client needs a new producer id, and does not let the next one expire."""
    office.cut.restore()
    calls = topic(office.settings, Topic.CALL_ATTEMPTS)
    with pytest.raises(AwayError), sending(office.settings) as sender:
        sender.send(calls, b"saint-exemple/accueil", b"0")
        sender.confirm()
        office.cut.silence()
        for number in range(4):
            sender.send(calls, b"saint-exemple/accueil", b"%d" % number)
            time.sleep(SHORT / 8)  # a batch for each
        sender.confirm()
    office.cut.close()


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize("how", get_args(How))
def test_a_reader_that_holds_positions_does_not_poll_for_what_never_comes(office: Office, how: How) -> None:
    office.cut.restore()
    name = topic(office.settings, Topic.CALL_ATTEMPTS)
    reader = TopicReader(office.settings, name)
    ends = reader.ends()
    assert all(reader.reached({tp: 0}) for tp in ends), "it holds its positions"
    office.cut.restore(after=0, how=how)
    with pytest.raises(AwayError, match="stopped answering"):
        list(reader.up_to(ends))
    reader.close()


@pytest.mark.usefixtures("short")
def test_a_range_that_is_not_read_is_not_taken_for_empty(office: Office) -> None:
    office.cut.restore()
    place = topic(office.settings, Topic.CALL_ATTEMPTS), 0
    there = [each.offset for each in between(office.settings, place, [(0, 3)])]
    assert there == [0, 1, 2, 3]
    assert not nothing_between(office.settings, place, 0, 2)
    office.cut.restore(after=5, how="silent")
    with pytest.raises(AwayError):
        nothing_between(office.settings, place, 0, 2)
