"""A long command shows its progress on a terminal, and elsewhere in an occasional line."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest

from agents import progress as module
from agents.progress import BETWEEN_LOOKS, ProgressBar, counted, is_shown, progress

ROW = "{0}|{0}.1|standard|NONE|ENTERQUEUE||0466496000|1\n{1}|{0}.1|standard|NONE|ABANDON|1|1|5\n"


def run_on_a_terminal(*words: str, cwd: Path) -> tuple[str, str]:
    """Return a command's output: standard output, which is not a terminal, and standard error, which is one."""
    mine, its = pty.openpty()
    termios.tcsetwinsize(its, (24, 120))
    environment = {**os.environ, "TERM": "xterm", "TOCSIN_STATE_DIR": str(cwd / "state")}
    command = [sys.executable, "-m", "agents", *words]
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=its, cwd=root, env=environment) as process:
        os.close(its)
        shown = b""
        while True:
            try:
                some = os.read(mine, 65_536)
            except OSError:  # no more output follows
                break
            if not some:
                break
            shown += some
        assert process.stdout is not None
        said = process.stdout.read()
    os.close(mine)
    assert process.returncode == 0, shown
    return said.decode(), shown.decode()


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "queue_log"
    path.write_text("".join(ROW.format(at, at + 5) for at in range(1_543_600_000, 1_543_620_000)))
    return path


@pytest.mark.slow
def test_a_long_file_is_read_with_rows_share_and_time_left(log: Path, tmp_path: Path) -> None:
    said, shown = run_on_a_terminal("analyze", "queue-log", str(log), cwd=tmp_path)
    assert "standard" in said
    assert "queue_log" in shown
    assert "000 rows" in shown
    assert "%" in shown
    assert ":" in shown, "the time left"


@pytest.mark.slow
def test_json_is_asked_for_by_programs(log: Path, tmp_path: Path) -> None:
    said, shown = run_on_a_terminal("analyze", "queue-log", str(log), "--json", cwd=tmp_path)
    assert said.startswith("{")
    assert shown == ""


@pytest.mark.slow
def test_an_office_is_made_up_with_a_share_of_its_days(tmp_path: Path) -> None:
    config = tmp_path / "office.yaml"
    config.write_text("site: lozere\nlines: {standard: {expected_lost_rate: 0.02}}\n")
    told = ("--config", str(config), "--out", str(tmp_path / "events"), "--truth", str(tmp_path / "truth"))
    days = ("--from", "2013-03-04", "--to", "2013-03-15", "--calls", "all=60")
    _, shown = run_on_a_terminal("simulate", *told, *days, cwd=tmp_path)
    assert "fitting the lines" in shown
    assert "events" in shown


def test_where_no_terminal_is_a_line_says_now_and_then_how_far_it_is(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [100.0]
    monkeypatch.setattr("agents.progress.time.monotonic", lambda: clock[0])

    def passing(seconds: float) -> Iterator[int]:
        for number in range(2 * BETWEEN_LOOKS):
            clock[0] += seconds / BETWEEN_LOOKS
            yield number

    with progress():
        bar = ProgressBar("queue_log", 10, of="rows")
        bar.to(5, 1_234)
        assert list(counted(passing(4), "events", None, of="told")) == list(range(2 * BETWEEN_LOOKS))
        assert capsys.readouterr() == ("", ""), "it is done in less than ten seconds"
        list(counted(passing(4), "events", None, of="told"))
        bar.close()
        list(counted(passing(20), "events", None, of="told"))
    assert capsys.readouterr().err.splitlines() == [
        "queue_log 50% 1,234 rows; events 500 told",
        "events 500 told",
        "events 1,000 told",
    ]


def test_where_it_is_to_be_quiet_nothing_is_shown(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LINE_EVERY", 0.0)
    with progress(quiet=True):
        assert not is_shown()
        ProgressBar("work", 10).to(5)
    assert capsys.readouterr() == ("", "")
