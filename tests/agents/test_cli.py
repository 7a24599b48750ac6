"""The command line for shells: `--help` is quick, and ports in use and signals at any moment are handled."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from typing import Any

import pytest
import typer

from agents.cli import app
from agents.ports import free_port
from tests.agents.forked import piped
from tests.agents.invoking import HOST, invoke, refused
from tests.waiting import FOR_EVER, PATIENCE

pytestmark = pytest.mark.usefixtures("no_settings_from_outside")

COMMANDS = sorted(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


def test_every_command_takes_a_configuration() -> None:
    def without(command: Any, name: str) -> list[str]:
        if inner := getattr(command, "commands", None):
            return [each for part, known in inner.items() for each in without(known, f"{name} {part}")]
        return [] if any("--config" in each.opts for each in command.params) else [name]

    assert without(typer.main.get_command(app), "tocsin") == []


@pytest.mark.slow
def test_help_waits_for_neither_faust_nor_scipy() -> None:
    """One process runs all commands: the first one that imports a slow library reveals it."""
    told = """
import sys
from agents.cli import main
for command in sys.argv[1:]:
    sys.argv[1:] = [command, "--help"]
    try:
        main()
    except SystemExit as end:
        print(command, "status", end.code, "faust" in sys.modules, "scipy" in sys.modules, file=sys.stderr)
"""
    ended = subprocess.run(
        [sys.executable, "-c", told, *COMMANDS], capture_output=True, text=True, check=True, timeout=PATIENCE
    )
    assert ended.stderr.splitlines() == [f"{command} status 0 False False" for command in COMMANDS]
    assert all(f" {command} [OPTIONS]" in ended.stdout for command in COMMANDS)


def test_help_names_every_command() -> None:
    said = invoke("--help").stdout
    assert all(command in said for command in COMMANDS)


def test_an_unknown_command_is_status_2() -> None:
    assert "Unknown command anlyze: 'analyze'?" in refused("anlyze")


@pytest.mark.parametrize(
    ("command", "option"), [("broker", "--port"), ("worker", "--web-port"), ("board", "--web-port")]
)
def test_a_port_that_is_taken_is_status_2_in_one_line_before_a_broker_is_asked(
    command: str, option: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOCSIN_KAFKA_BOOTSTRAP", f"{HOST}:{free_port(HOST)}")
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = refused(command, option, str(port))
    assert said == f"port {port} of {HOST} is taken; choose another with {option}, or 0 for a free one"


@pytest.mark.slow
@pytest.mark.parametrize(("how", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
@pytest.mark.parametrize("amid", ["agents.ending", "agents.terminal", "agents.cli", "typer", "agents.commands.totals"])
def test_one_that_is_interrupted_while_it_starts_says_so(amid: str, how: signal.Signals, status: int) -> None:
    """The signal arrives as an import begins."""
    program = f"""
import os, runpy, sys
class Interrupting:
    def find_spec(self, name, *_):
        if name == {amid!r}:
            os.kill(os.getpid(), {int(how)})
sys.meta_path.insert(0, Interrupting())
sys.argv[1:] = ["demo"]
runpy.run_module("agents", run_name="__main__")
"""
    words = [sys.executable, "-c", program]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert (done.returncode, done.stderr) == (status, f"ended by {how.name}; its work is not finished\n")
    assert not done.stdout


@pytest.mark.broker
@pytest.mark.parametrize(("how", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_demonstration_that_is_interrupted_says_so(how: signal.Signals, status: int) -> None:
    with piped(["demo"]) as process:
        assert process.stdout
        assert process.stdout.readline().startswith("broker at ")
        process.send_signal(how)
        _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == status
    assert said.splitlines()[-1] == f"ended by {how.name}; the demonstration ended early"


@pytest.mark.slow
@pytest.mark.parametrize(
    "command", [["topics"], ["check"], ["totals", "--year", "2013"], ["review", "list"], ["board"]]
)
def test_a_broker_that_takes_connections_and_never_answers_keeps_no_command_alive(
    command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    patient = (
        f"from agents import cli; from agents.kafka import client; client.START_MS = {1000 * FOR_EVER}; cli.main()"
    )
    words = [*command, *(["--web-port", "0"] if command == ["board"] else [])]
    with socket.socket() as mute:
        mute.bind((HOST, 0))
        mute.listen()
        monkeypatch.setenv("TOCSIN_KAFKA_BOOTSTRAP", f"{HOST}:{mute.getsockname()[1]}")
        with piped(words, program=patient) as process:
            mute.accept()[0].close()  # it has reached the question
            time.sleep(0.5)
            process.send_signal(signal.SIGTERM)
            _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == (0 if command == ["board"] else 143)
    assert "ended by SIGTERM; " in said.splitlines()[-1]
