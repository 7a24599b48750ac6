"""A follower reports in one language: sentences on a terminal, log lines elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from agents.ingest import voice
from agents.ingest.tail import FileGap
from agents.ingest.voice import Voice
from agents.language import Language

GAP = FileGap("gone", Path("queue_log"), 7, 1_543_600_000, 1_543_603_600)


@pytest.mark.parametrize("language", Language)
def test_every_sentence_is_there_in_each_language(language: Language) -> None:
    facts = {
        "file": "log",
        "row": 1,
        "rows": 2,
        "sent": 3,
        "at": "now",
        "broker": "kafka",
        "error": "away",
        "mistake": "?",
    }
    said = [Voice(language, "Europe/Paris", terminal=True).words(saying, **facts) for saying in voice.SAYINGS]
    assert len(set(said)) == len(said)
    assert not any("{" in each for each in said)


def test_a_gap_says_what_is_missing_and_how_to_mend_it(capsys: pytest.CaptureFixture[str]) -> None:
    english = Voice(Language.FR, "Europe/Paris", terminal=True).warn(GAP, "queue-log")
    said = capsys.readouterr().err
    assert "peuvent manquer" in said
    assert "2018-11-30T18:46:40+01:00 au 2018-11-30T19:46:40+01:00" in said
    assert "`tocsin ingest queue-log FICHIER`" in said
    assert "may be missing" in english, "as the dead letters have it"


def test_elsewhere_it_is_a_line_of_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    with capture_logs() as logged:
        Voice(Language.EN, "Europe/Paris", terminal=False).warn(GAP, "queue-log")
    assert [(each["log_level"], each["file"], each["row"]) for each in logged] == [("warning", "queue_log", 7)]
    assert not capsys.readouterr().err


def test_once_a_minute_it_counts(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    speaker = Voice(Language.EN, "Europe/Paris", terminal=True)
    speaker.count(5, 7, 1_543_600_000)
    assert not capsys.readouterr().err
    monkeypatch.setattr(voice, "MINUTE", 0.0)
    speaker.count(5, 7, 1_543_600_000)
    assert capsys.readouterr().err == "5 records up to line 7, now at 2018-11-30T18:46:40+01:00\n"
