"""The callback list with a real broker: by pseudonym from what is in Kafka, in clear only beside log and key."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Final

import pytest
from typer.testing import CliRunner, Result

from agents.callbacks.reading import read_callbacks
from agents.cli import app
from agents.history.ticks import erase, tick
from agents.kafka.reading import records
from agents.kafka.topics import topic_plans
from config.settings import Settings, load
from streams.calls.callers import FOLLOWED_BY
from tests.agents.running import of_broker

pytestmark = pytest.mark.integration

OFFICE: Final = """\
site: lozere
lines: {accueil: {label: Accueil, queues: [accueil]}, cartes: {label: Cartes grises, queues: [cartes]}}
"""
ANNE, BRUNO, CLAIRE = "0466496001", "0466496002", "0466496003"


class Office:
    """Run commands in an office of its own."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        (folder / "office.yaml").write_text(OFFICE)
        self.log = folder / "queue_log"
        self.environment = {
            **of_broker(settings),
            "TOCSIN_CONFIG": str(folder / "office.yaml"),
            "TOCSIN_STATE_DIR": str(folder / "state"),
        }
        self.settings = load(folder / "office.yaml", self.environment)

    def run(self, *words: str, exit_code: int = 0) -> Result:
        done = CliRunner().invoke(app, [*words, "--lang", "en"], env=self.environment, terminal_width=200)
        assert done.exit_code == exit_code, done.output
        return done

    def listed(self, *more: str) -> dict[str, object]:
        told: dict[str, object] = json.loads(self.run("callbacks", "--json", *more).stdout)
        return told


def row(at: float, call: str, queue: str, agent: str, event: str, *data: str) -> str:
    return "|".join([f"{at:.0f}", call, queue, agent, event, *data])


def lost(at: float, call: str, number: str, queue: str = "accueil", wait: int = 20) -> list[str]:
    entered = row(at - wait, call, queue, "NONE", "ENTERQUEUE", "", number, "1")
    return [entered, row(at, call, queue, "NONE", "ABANDON", "1", "1", str(wait))]


def answered(at: float, call: str, number: str, queue: str) -> list[str]:
    entered = row(at - 5, call, queue, "NONE", "ENTERQUEUE", "", number, "1")
    return [entered, row(at, call, queue, "Agent/1", "CONNECT", "5", f"{call}9", "3")]


@pytest.fixture
def office(tmp_path: Path, settings: Settings) -> Office:
    """Give an office whose log of the last seconds was ingested; its topics hold an older day too."""
    found, now = Office(tmp_path, settings), time.time()
    rows = [
        *lost(now - 86_400, "0.1", CLAIRE),
        *lost(now, "1.1", ANNE),
        *lost(now, "1.2", f'"Bruno" <{BRUNO}>', wait=7),
        *answered(now + 1, "1.3", BRUNO, "cartes"),
        *lost(now + 2, "1.4", CLAIRE, "cartes", wait=40),
        *lost(now + 3, "1.5", f"+33{ANNE[1:]}", "cartes", wait=9),
        *lost(now + 3, "1.6", "anonymous"),
    ]
    found.log.write_text("\n".join(rows) + "\n")
    found.run("topics")
    found.run("ingest", "queue-log", str(found.log))
    return found


def test_who_was_lost_and_not_reached_is_listed_by_pseudonym_and_revealed_beside_log_and_key(office: Office) -> None:
    told = office.listed()
    anne, claire = told["callers"]  # type: ignore[misc]  # a list
    assert (anne["line"], anne["tries"], anne["wait"]) == ("cartes", 2, 9.0)
    assert (claire["line"], claire["tries"], claire["wait"]) == ("cartes", 1, 40.0)
    assert (told["lost_without_caller"], told["two_keys"], told["complete"]) == (1, False, True)
    table = office.run("callbacks").stdout
    assert "2 callers are to be called back" in table
    assert anne["caller"][FOLLOWED_BY][:10] in table
    assert ANNE not in table
    assert "number" not in anne

    clear = office.run("callbacks", "--reveal", "queue-log", str(office.log))
    assert CLAIRE in clear.stdout
    assert f"+33{ANNE[1:]}" in clear.stdout, "as it was last written"
    assert BRUNO not in clear.stdout, "who was reached is nobody's business"
    assert not clear.stderr
    revealed = office.listed("--reveal", "queue-log", str(office.log))["callers"]
    assert [each["number"] for each in revealed] == [f"+33{ANNE[1:]}", CLAIRE]  # type: ignore[attr-defined]  # a list
    assert nothing_in_clear(office)


def nothing_in_clear(office: Office) -> bool:
    """Tell whether no record of any topic, and no file beside the log, holds a number."""
    told = [
        (record.key or b"") + (record.value or b"")
        for name in topic_plans(office.settings)
        for record in records(office.settings, name)
    ]
    told += [file.read_bytes() for file in office.log.parent.rglob("*") if file.is_file() and file != office.log]
    assert told
    return not any(number[1:].encode() in each for number in (ANNE, BRUNO, CLAIRE) for each in told)


def test_without_the_key_or_the_log_nothing_is_revealed(office: Office, tmp_path: Path) -> None:
    (other := tmp_path / "other").write_text("\n".join(lost(time.time(), "9.9", CLAIRE)) + "\n")
    part = office.run("callbacks", "--reveal", "queue-log", str(other))
    assert CLAIRE in part.stdout
    assert "1 caller stands in no row" in part.stderr
    office.environment["TOCSIN_STATE_DIR"] = str(tmp_path / "elsewhere")
    refused = office.run("callbacks", "--reveal", "queue-log", str(office.log), exit_code=1)
    assert "no key on this machine" in refused.stderr
    assert CLAIRE not in refused.output
    assert not (tmp_path / "elsewhere").exists(), "no key is made"
    office.environment["TOCSIN_PSEUDONYM_KEY"] = "another key of the tests"
    strange = office.run("callbacks", "--reveal", "queue-log", str(office.log))
    assert "2 callers stand in no row" in strange.stderr
    assert CLAIRE not in strange.output


def test_what_cannot_be_is_refused(office: Office) -> None:
    for words in (["--reveal"], ["queue-log", str(office.log)], ["--reveal", "tickets", str(office.log)]):
        office.run("callbacks", *words, exit_code=2)


def test_a_tick_takes_a_caller_off_until_the_next_lost_call_and_is_erased(office: Office) -> None:
    anne, claire = read_callbacks(office.settings).list.callers
    tick(office.settings, anne.caller, anne.since)  # and not what was lost since
    tick(office.settings, claire.caller, claire.last)
    found = read_callbacks(office.settings).list
    assert [(each.caller, each.tries) for each in found.callers] == [(anne.caller, 1)]
    assert found.called == [claire]
    assert "1 caller is to be called back, 1 was called back" in office.run("callbacks").stdout
    office.run("review", "list")
    erase(office.settings, [claire.caller[FOLLOWED_BY]])
    assert claire in read_callbacks(office.settings).list.callers


def test_nobody_lost_nobody_to_call_back(tmp_path: Path, settings: Settings) -> None:
    office = Office(tmp_path, settings)
    office.run("topics")
    assert "0 callers are to be called back" in office.run("callbacks").stdout
    assert office.listed()["callers"] == []
