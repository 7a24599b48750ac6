"""The callback list on a real broker: pseudonyms from Kafka, and clear numbers only with both log and key."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from agents.callbacks.reading import read_callbacks
from agents.history.ticks import erase, tick
from config.settings import Settings
from streams.calls.callers import FOLLOWED_BY
from tests.agents.callbacks.office import ANNE, BRUNO, CLAIRE, Office, lost, nothing_in_clear, suspect, told

pytestmark = pytest.mark.broker


@pytest.fixture
def office(tmp_path: Path, settings: Settings) -> Office:
    """Give an office that ingested a fresh log, which also covers an older day."""
    return told(Office(tmp_path, settings))


def test_who_was_lost_and_not_reached_is_listed_by_pseudonym_and_revealed_beside_log_and_key(office: Office) -> None:
    listed = office.listed()
    anne, claire = listed["callers"]
    assert (anne["line"], anne["tries"], anne["wait"]) == ("cartes", 2, 9.0)
    assert (claire["line"], claire["tries"], claire["wait"]) == ("cartes", 1, 40.0)
    assert (listed["lost_without_caller"], listed["two_keys"], listed["complete"]) == (1, False, True)
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
    assert [each["number"] for each in revealed] == [f"+33{ANNE[1:]}", CLAIRE]
    assert nothing_in_clear(office)


def test_without_the_key_or_the_log_nothing_is_revealed(office: Office, tmp_path: Path) -> None:
    (other := tmp_path / "other").write_text("\n".join(lost(time.time(), "9.9", CLAIRE)) + "\n")
    part = office.run("callbacks", "--reveal", "queue-log", str(other))
    assert CLAIRE in part.stdout
    assert "1 caller was not found in" in part.stderr
    office.environment["TOCSIN_STATE_DIR"] = str(tmp_path / "elsewhere")
    refused = office.run("callbacks", "--reveal", "queue-log", str(office.log), exit_code=1)
    assert "no key on this machine" in refused.stderr
    assert CLAIRE not in refused.output
    assert not (tmp_path / "elsewhere").exists(), "no key is made"
    office.environment["TOCSIN_PSEUDONYM_KEY"] = "another key of the tests"
    strange = office.run("callbacks", "--reveal", "queue-log", str(office.log))
    assert "2 callers were not found in" in strange.stderr
    assert CLAIRE not in strange.output


def test_what_cannot_be_is_refused(office: Office) -> None:
    for words in (["--reveal"], ["queue-log", str(office.log)], ["--reveal", "tickets", str(office.log)]):
        office.run("callbacks", *words, exit_code=2)


def test_a_tick_takes_a_caller_off_until_the_next_lost_call_and_is_erased(office: Office) -> None:
    anne, claire = read_callbacks(office.settings).list.callers
    tick(office.settings, anne.caller, anne.since)  # excluding later losses
    tick(office.settings, claire.caller, claire.last)
    found = read_callbacks(office.settings).list
    assert [(each.caller, each.tries) for each in found.callers] == [(anne.caller, 1)]
    assert found.called == [claire]
    assert "1 caller is to be called back, 1 was called back" in office.run("callbacks").stdout
    office.run("review", "list")
    erase(office.settings, [claire.caller[FOLLOWED_BY]])
    assert claire in read_callbacks(office.settings).list.callers


def test_whose_loss_is_not_believed_stands_apart_and_can_be_ticked_off(office: Office) -> None:
    anne, claire = office.listed()["callers"]
    suspect(office, "cartes")
    listed = office.listed()
    assert [each["caller"] for each in listed["callers"]] == [anne["caller"]]
    assert (listed["callers"][0]["line"], listed["callers"][0]["tries"]) == ("accueil", 1), "as far as it is believed"
    assert listed["doubtful"] == [{**claire, "doubt": "miscount"}]
    table = office.run("callbacks").stdout
    assert "1 caller is to be called back" in table
    assert "1 caller counted as lost, doubtful" in table
    assert "suspect counting" in table
    revealed = office.listed("--reveal", "queue-log", str(office.log))
    assert [each["number"] for each in revealed["doubtful"]] == [CLAIRE], "nobody is hidden"
    (doubtful,) = read_callbacks(office.settings).list.doubted
    tick(office.settings, doubtful.caller, doubtful.last)
    assert office.listed()["doubtful"] == []


def test_nobody_lost_nobody_to_call_back(tmp_path: Path, settings: Settings) -> None:
    office = Office(tmp_path, settings)
    office.run("topics")
    assert "0 callers are to be called back" in office.run("callbacks").stdout
    assert office.listed()["callers"] == []
