"""A command checks its files before it contacts a broker, which may be down."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from typer.testing import CliRunner

from agents.cli import app
from agents.language import Language
from agents.translation import Words

EXAMPLES: Final = Path(__file__).resolve().parents[3] / "examples"
TOTALS: Final = ("totals", "--year", "2024")
CERTIFY: Final = ("certify", "--year", "2024", "--line", "accueil")
NO_FOLDER: Final = "folder 'nowhere' does not exist"


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[socket.socket]:
    """Give a port that records whether a client connected."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)  # noqa: FBT003 -- its only argument
        monkeypatch.setenv("TOCSIN_KAFKA_BOOTSTRAP", f"127.0.0.1:{server.getsockname()[1]}")
        monkeypatch.setenv("TOCSIN_CONFIG", str(EXAMPLES / "office.yaml"))
        monkeypatch.setenv("TOCSIN_STATE_DIR", str(tmp_path / "state"))
        monkeypatch.chdir(tmp_path)
        (tmp_path / "wrong").write_bytes(b"\x00\xff no table\n")
        yield server


@pytest.mark.parametrize(
    ("command", "status", "says"),
    [
        ((*CERTIFY, "--answers", "wrong"), 2, "wrong is not a sample of calls; expected the columns"),
        ((*CERTIFY, "--out", "nowhere/a.html"), 2, NO_FOLDER),
        ((*CERTIFY, "--sample", "3", "--to", "nowhere/a.csv"), 2, NO_FOLDER),
        ((*CERTIFY, "--events", "wrong"), 1, "Found no events in wrong when reading it as events"),
        ((*TOTALS, "--out", "nowhere/a.json"), 2, NO_FOLDER),
        ((*TOTALS, "--survey", "wrong"), 2, "The file is not a survey:"),
        (("audit", "--key", "wrong"), 2, "wrong: --key: found no PEM"),
        (("ingest", "calls", str(EXAMPLES / "calls.csv"), "--mapping", "technion"), 2, "does not fit the mapping"),
        (("callbacks", "--reveal", "queue-log", str(EXAMPLES / "queue_log")), 1, "no key on this machine"),
        (("review", "confirm", "x", "--by", "y", "--note", "z", "--from", "soon"), 2, "'soon'"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, tuple) else "",
)
def test_what_is_wrong_with_a_file_is_told_before_a_broker_is_asked(
    broker: socket.socket, command: tuple[str, ...], status: int, says: str
) -> None:
    result = CliRunner().invoke(app, [*command, "--lang", "en"])
    assert says in result.stderr
    assert result.exit_code == status
    with pytest.raises(BlockingIOError):
        broker.accept()


@pytest.mark.usefixtures("broker")
def test_a_file_is_told_of_in_the_language() -> None:
    result = CliRunner().invoke(app, [*TOTALS, "--out", "nowhere/a.json", "--lang", "fr"])
    assert Words(Language.FR)("folder '{folder}' does not exist", folder="nowhere") in result.stderr
