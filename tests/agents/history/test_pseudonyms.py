"""Requests by data subjects: the records that hold a pseudonym, their expiry, and the removal of all links to it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from agents.cli import app
from agents.history.pseudonyms import holdings
from agents.ingest.send import ingest
from agents.kafka.client import Topic, topic
from agents.kafka.topics import create_topics
from agents.sources.entry import Accepted, Refused
from agents.sources.pseudonym import Pseudonymizer
from config.settings import Settings
from streams.decoding import Decoder, Invalid
from streams.events import CallEvent
from tests.agents.sources.pseudonyms import NUMBERS


@pytest.mark.broker
def test_each_place_is_told_with_the_day_on_which_it_is_gone_until_the_key_is(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"STATE_DIR": str(tmp_path), "KAFKA_BOOTSTRAP": settings.kafka.bootstrap}.items():
        monkeypatch.setenv(f"TOCSIN_{name}", value)
    monkeypatch.setenv("TOCSIN_KAFKA_PREFIX", settings.kafka.prefix)
    create_topics(settings)
    hers = Pseudonymizer.from_environment({}, tmp_path, NUMBERS).of("0611223344") or ""
    record = f'{{"line":"standard","call":"1","type":"offered","at":1,"caller":"{hers}"}}'.encode()
    event = Decoder(CallEvent).decode(record)
    ingest(settings, [Accepted(1, event, record), Refused(2, hers.encode(), Invalid("malformed", "torn"))], "file")
    (tmp_path / "follow").mkdir()
    (tmp_path / "follow" / "1.json").write_text(f'{{"standard/{hers}": 1}}')

    found = holdings(settings, hers, tmp_path)
    assert [(each.place, each.records) for each in found] == [
        (topic(settings, Topic.CALL_ATTEMPTS), 1),
        (topic(settings, Topic.DEAD_LETTERS), 1),
        (str(tmp_path / "follow" / "1.json"), 1),
    ]
    gone = [each.gone - datetime.now(UTC) for each in found if each.gone is not None]
    assert [round(each / timedelta(days=1)) for each in gone] == [31, 91, 90]

    said = CliRunner().invoke(app, ["pseudonyms", "erase"], input="+33 (0)6 11 22 33 44\n").output
    assert f"{topic(settings, Topic.CALL_ATTEMPTS)}: 1 record; deleted by" in said
    assert "22 33" not in said
    assert CliRunner().invoke(app, ["pseudonyms", "erase", "0611223344", "--rotate"]).exit_code == 0
    said = CliRunner().invoke(app, ["pseudonyms", "erase", "0611223344"]).output
    assert said == "no record holds this number's pseudonym under the key of this machine\n"


def test_without_a_key_nobody_is_told_that_nothing_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOCSIN_STATE_DIR", str(tmp_path))
    done = CliRunner().invoke(app, ["pseudonyms", "erase", "0611223344"])
    assert (done.exit_code, done.stdout) == (1, "")
    assert "run it where `tocsin ingest` runs" in done.stderr
    assert not list(tmp_path.iterdir())
