"""Reviewing a nation's incidents on the command line, with a real broker and a decision log for each office."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from agents.across.review import Nationwide
from agents.cli import app
from agents.kafka.client import Topic, producer, topic
from agents.kafka.reading import records as read
from agents.kafka.topics import create_topics
from config.settings import Settings
from streams.chain.entry import is_entry
from streams.decoding import Decoder
from streams.events import Review
from tests.agents.across.made import FAULT, QUIET, SITES, history, incidents, offices, records, written
from tests.agents.running import find_broker

PARTS = [f"{line}-20130604T090000Z-silence" for line in ("circulation", "standard")]
OVERLOAD = "standard-20130604T090000Z-rise"


@pytest.fixture
def nation(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    create_topics(settings)
    monkeypatch.setenv("TOCSIN_CONFIG", str(written(tmp_path)))
    find_broker(monkeypatch, settings)
    client = producer(settings)
    for place, key, value in records(incidents()):
        client.send(topic(settings, (Topic.LEDGER, Topic.INCIDENTS)[place]), key=key, value=value)
    client.close()
    return settings


def invoke(*arguments: str) -> Result:
    return CliRunner(env={"COLUMNS": None}).invoke(app, ["review", *arguments])


@pytest.mark.broker
@pytest.mark.usefixtures("nation")
def test_those_of_several_offices_come_first_each_once_and_then_what_is_left() -> None:
    shown = invoke("list").stdout
    assert shown.index("Of several offices") < shown.index(FAULT) < shown.index("Of one office") < shown.index(OVERLOAD)
    assert "exchange x1" in shown
    assert "3 of the 3 open sites of exchange x1 hear no call at once" in shown
    assert "2 incidents, 1 to review" in shown
    assert not any(part in shown.replace(FAULT, "") for part in PARTS), "they are told as one"
    found = json.loads(invoke("list", "--json").stdout)
    assert [each["id"] for each in found["across"]] == [FAULT]
    sites = found["across"][0]["sites"]
    assert list(sites) == QUIET
    assert all([each["id"] for each in told] == PARTS for told in sites.values())
    assert [(each["site"], each["id"], each["number"]) for each in found["incidents"]] == [(SITES[9], OVERLOAD, 1)]
    assert json.loads(invoke("list", "--json", "--line", "circulation").stdout)["incidents"] == []
    assert "office-20130604T090000Z-feed" in invoke("list", "--site", QUIET[0]).stdout, "its own list stays its own"
    for french in ("De plusieurs sites", "central x1", "n'entendent plus aucun appel"):
        assert french in CliRunner(env={"COLUMNS": None}).invoke(app, ["--lang", "fr", "review", "list"]).stdout


@pytest.mark.broker
@pytest.mark.usefixtures("nation")
def test_one_is_shown_with_its_evidence_and_its_parts() -> None:
    shown = invoke("show", FAULT).stdout
    assert "6 incidents of 3 offices" in shown
    assert all(f"{site}: {part}, to review" in shown for site in QUIET for part in PARTS)
    assert json.loads(invoke("show", FAULT, "--json").stdout)["scope"] == "exchange"
    assert OVERLOAD in invoke("show", OVERLOAD).stdout, "one office alone has it"
    several = invoke("show", PARTS[0])
    assert several.exit_code == 2
    assert "several offices have an incident" in several.stderr
    assert invoke("show", "across-nothing").exit_code == 2


@pytest.mark.broker
def test_a_decision_on_it_is_one_on_each_of_its_parts_in_its_office_s_log(nation: Settings) -> None:
    done = invoke("confirm", FAULT, "--by", "m.durand", "--note", "the exchange was down")
    assert (done.exit_code, done.stdout.partition(" (")[0]) == (0, f"confirms: {FAULT}"), done.stderr
    assert done.stderr.startswith(f"{FAULT} (exchange x1: miscount, missing calls, ")
    decode = Decoder(Review).decode
    log = [each for each in read(nation, topic(nation, Topic.REVIEWS)) if not is_entry(each.value)]
    decided = [(each.key, decode(each.value)) for each in log]
    assert sorted((key or b"", each.incident) for key, each in decided) == sorted(
        (f"{site}/{part.partition('-')[0]}".encode(), part) for site in QUIET for part in PARTS
    )
    assert {(each.decision, each.by, each.site) for _, each in decided} == {
        ("confirm", "m.durand", site) for site in QUIET
    }
    refused = invoke("dismiss", FAULT, "--by", "m", "--note", "Mme Durand, 06 11 22 33 44")
    assert (refused.exit_code, "a telephone number" in refused.stderr) == (2, True)
    assert invoke("confirm", FAULT, "--note", "n", "--to", "2013-06-04 08:00").exit_code == 2


def test_what_is_left_of_an_office_has_the_numbers_of_that_office_s_own_list(tmp_path: Path) -> None:
    found = offices(tmp_path)
    nation = Nationwide(found, history(found.shared))
    assert [(each.settings.site, each.case.number) for each in nation.left()] == [(SITES[9], 1)]
    assert nation.fault(FAULT) is not None
    assert nation.fault(OVERLOAD) is None
    assert nation.site_of(OVERLOAD) == SITES[9]
