"""A broker for trials starts where the configuration looks for one; who waits for a broker is told so."""

from __future__ import annotations

import time

import pytest

from agents.commands import options
from agents.commands.kafka import USUAL_PORT, port_of
from agents.commands.options import awaited
from config.settings import load


@pytest.mark.parametrize(
    ("bootstrap", "port"),
    [("127.0.0.1:9093", 9093), ("localhost:19092", 19092), ("kafka.example:9093", USUAL_PORT)],
)
def test_a_broker_starts_where_the_configuration_looks_for_it(bootstrap: str, port: int) -> None:
    assert port_of(load(None, {"TOCSIN_KAFKA_BOOTSTRAP": bootstrap})) == port


def test_a_wait_for_a_broker_is_told_while_it_lasts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(options, "QUIET_SECONDS", 0.05)
    with awaited(load(None, {"TOCSIN_KAFKA_BOOTSTRAP": "127.0.0.1:1"})):
        time.sleep(0.3)
        said = capsys.readouterr().err
    assert said == "no broker answers at 127.0.0.1:1 yet; trying for 10 s\n"


def test_a_prompt_answer_is_not_remarked_on(capsys: pytest.CaptureFixture[str]) -> None:
    with awaited(load(None, {})):
        pass
    time.sleep(0.1)
    assert capsys.readouterr().err == ""
