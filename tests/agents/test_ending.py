"""A process that is asked to end does so in every wait, and its last line says how it ended."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import pytest
import structlog.testing

from agents import ending
from tests.waiting import FOR_EVER, PATIENCE

LIMIT = 1.0
BEGIN = """
import sys, threading, time
from agents import ending
def ready():
    print("ready", flush=True)
def rest():  # not one long sleep: Python handles a signal that comes just before a system call only after the call
    while True:
        time.sleep(0.01)
def work():
    ready()
    rest()
def stuck():
    while True:
        try:
            work()
        except BaseException:
            pass
"""
FINISHED = "with ending.telling(lambda: ending.Last('nothing is left', finished=True)):\n    "


class Ended(NamedTuple):
    """The end of a process."""

    status: int
    seconds: float
    last: str


def program_of(body: str, limit: float) -> str:
    """Return a program that is killed if it has not ended `limit` seconds after the first signal."""
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return f"{BEGIN}ending.LIMIT_SECONDS = {limit}\nwith ending.by_signals():\n{lines}"


def started(program: str) -> subprocess.Popen[str]:
    """Start a program whose two outputs are read."""
    return subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def signalled(process: subprocess.Popen[str], *signals: signal.Signals) -> None:
    """Send each signal when the process is ready for it."""
    assert process.stdout
    for each in signals:
        assert process.stdout.readline() == "ready\n"
        process.send_signal(each)


def ended(body: str, *signals: signal.Signals, limit: float = FOR_EVER, before: str = "") -> Ended:
    """Run `before` and a program, send it the next signal whenever it is ready, and return how it ended."""
    with started(before + program_of(body, limit)) as process:
        begin = time.monotonic()
        signalled(process, *signals)
        _, said = process.communicate(timeout=PATIENCE)
    return Ended(process.returncode, time.monotonic() - begin, said.rstrip("\n").rpartition("\n")[2])


@pytest.mark.parametrize(("how", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_work_that_was_not_finished_has_the_status_of_its_signal(how: signal.Signals, status: int) -> None:
    found = ended("work()", how)
    assert (found.status, found.last) == (status, f"ended by {how.name}; its work is not finished")


def test_a_server_with_nothing_left_to_do_has_status_0() -> None:
    found = ended(FINISHED + "work()", signal.SIGTERM)
    assert (found.status, found.last) == (0, "ended by SIGTERM; nothing is left")


@pytest.mark.slow
def test_what_never_returns_is_ended_by_force_with_the_same_line() -> None:
    found = ended("stuck()", signal.SIGINT, limit=LIMIT)
    assert (found.status, found.last) == (130, "ended by SIGINT; its work is not finished")
    assert found.seconds >= LIMIT


def test_a_second_signal_ends_it_at_once() -> None:
    assert ended("stuck()", signal.SIGINT, signal.SIGINT).status == 130


@pytest.mark.slow
@pytest.mark.parametrize("signals", [[signal.SIGHUP], [signal.SIGINT, signal.SIGINT]])
def test_one_that_is_ended_by_force_leaves_no_temporary_folder(tmp_path: Path, signals: list[signal.Signals]) -> None:
    body = f"with ending.temporary_folder(within={str(tmp_path)!r}) as folder:\n    (folder / 'secret').touch()\n"
    assert ended(body + "    stuck()", *signals, limit=LIMIT).status == 128 + signals[0]
    assert not [*tmp_path.iterdir()]


@pytest.mark.slow
def test_a_closed_window_which_sends_several_sighups_leaves_time_to_clean_up() -> None:
    clean_up = "    ready()\n    time.sleep(0.1)\n" * 2 + "    print('clean', file=sys.stderr, end=', ')\n"
    found = ended(f"try:\n    work()\nfinally:\n{clean_up}", signal.SIGHUP, signal.SIGHUP, signal.SIGHUP)
    assert (found.status, found.last) == (129, "clean, ended by SIGHUP; its work is not finished")


def test_nohup_keeps_it_alive() -> None:
    body = f"import signal\nready()\ntime.sleep({LIMIT / 10})\nready()\nrest()"
    ignoring = "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
    found = ended(body, signal.SIGHUP, signal.SIGTERM, before=ignoring)
    assert (found.status, found.last) == (143, "ended by SIGTERM; its work is not finished")


@pytest.mark.slow
def test_one_that_another_process_leads_takes_a_second_signal_for_the_first() -> None:
    found = ended("with ending.by_signals(led=True):\n    stuck()", signal.SIGTERM, signal.SIGTERM, limit=LIMIT)
    assert (found.status, found.last) == (143, "ended by SIGTERM; its work is not finished")
    assert found.seconds >= LIMIT


def test_who_takes_the_signal_over_ends_in_its_own_way() -> None:
    body = "stop = threading.Event()\nwith ending.asked(stop.set):\n    ready()\n    while not stop.wait(0.01): pass\n"
    found = ended(body + FINISHED + "ending.end()", signal.SIGTERM)
    assert (found.status, found.last) == (0, "ended by SIGTERM; nothing is left")


def test_an_error_on_the_way_to_the_end_does_not_change_how_it_ended() -> None:
    found = ended("try:\n    work()\nfinally:\n    1 / 0", signal.SIGTERM)
    assert found.status == 143
    assert found.last == "ended by SIGTERM; its work is not finished"


@pytest.mark.slow
def test_one_that_ends_by_itself_has_status_1_and_its_reason_even_where_it_hangs() -> None:
    found = ended("ending.begin('the worker stands still')\nstuck()", limit=LIMIT)
    assert (found.status, found.last) == (1, "the worker stands still; its work is not finished")
    assert ended("ending.begin('nobody may read', 3)\nending.end()").status == 3


@pytest.mark.slow
def test_a_signal_does_not_hide_the_reason_of_one_that_has_begun_to_end() -> None:
    found = ended("ending.begin('the worker stands still')\nstuck()", signal.SIGTERM, limit=LIMIT)
    assert (found.status, found.last) == (1, "the worker stands still; its work is not finished")


def test_a_reader_of_its_output_who_does_not_read_does_not_keep_it_alive() -> None:
    body = "import os\nos.set_blocking(2, True)\nready()\nsys.stdout.write('x' * 1_000_000)\n"
    with subprocess.Popen(
        [sys.executable, "-c", program_of(body, LIMIT)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout
        assert process.stdout.read(7) == b"ready\nx", "it writes"
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 143


@pytest.mark.slow
def test_one_that_is_halted_while_it_writes_its_last_line_goes_on_writing() -> None:
    full = "import fcntl\nsize = fcntl.fcntl(2, fcntl.F_GETPIPE_SZ)\nsys.stderr.write('x' * (size - 1) + '\\n')\n"
    with started(program_of(f"{full}work()", FOR_EVER)) as process:
        signalled(process, signal.SIGTERM)
        time.sleep(ending.SAY_SECONDS / 4)  # it waits for its reader now
        process.send_signal(signal.SIGSTOP)
        time.sleep(ending.SAY_SECONDS * 1.1)
        process.send_signal(signal.SIGCONT)
        _, said = process.communicate(timeout=PATIENCE)
    assert said.splitlines()[1:] == ["ended by SIGTERM; its work is not finished"]


def test_a_notice_goes_to_standard_error_once_a_minute(capsys: pytest.CaptureFixture[str]) -> None:
    for words in ("nobody is there yet", "nobody is there yet", "somebody is there"):
        ending.notice(words)
    assert capsys.readouterr() == ("", "nobody is there yet\nsomebody is there\n")


def test_the_notice_of_a_server_goes_to_its_log(capsys: pytest.CaptureFixture[str]) -> None:
    with (
        structlog.testing.capture_logs() as logged,
        ending.telling(lambda: ending.Last("nothing is left"), structlog.get_logger()),
    ):
        ending.notice("nobody answers yet")
    assert logged == [{"event": "nobody answers yet", "log_level": "info"}]
    assert capsys.readouterr().err == ""
