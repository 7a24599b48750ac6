"""`tocsin demo` on a terminal: the board is there from the start, a person can decide, and Ctrl-C ends everything."""

from __future__ import annotations

import asyncio
import os
import pty
import re
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

import aiohttp
import pytest

from agents.ports import free_port
from tests.agents.board.deciding.visiting import HOST, Visitor
from tests.waiting import PATIENCE, until

pytestmark = [pytest.mark.broker, pytest.mark.slow]

DOOR: Final = r"board at http://127\.0\.0\.1:(\d+)/, secret for decisions: ([0-9a-f]{16})"
# By the time that the decision is on the year's page, a machine may or may not have sent the whole quarter.
ENDINGS: Final = {
    "ended by SIGINT; the demonstration ended early": 130,
    "ended by SIGINT; board and metrics have ended": 0,
}
INTERRUPT: Final = b"\x03"
WHY: Final = "Checked with the vendor."
EVERY: Final = 2.0  # seconds between two looks at a page: each takes time from the quarter that is played
# A nation of one small office, as the test of the other demo already plays all of its years.
SMALL: Final = {
    "nation.yaml": "sites: [{file: gard.yaml}]\n",
    "gard.yaml": "site: gard\nlines: {standard: {expected_lost_rate: 0.02}}\n",
}


class Terminal:
    """A pseudo-terminal with a command in its foreground, and all that it has printed, without colours."""

    def __init__(self, *command: str, folder: Path) -> None:
        own = {name: value for name, value in os.environ.items() if not name.startswith("TOCSIN_")}
        self.pid, self._file = pty.fork()
        if self.pid == 0:
            os.execvpe(command[0], command, own | {"COLUMNS": "200", "TMPDIR": str(folder)})
        self._read = b""
        self._reader = threading.Thread(target=self._follow, daemon=True)
        self._reader.start()

    def _follow(self) -> None:
        try:
            while read := os.read(self._file, 65_536):
                self._read += read
        except OSError:
            return  # the last process of the terminal has ended

    @property
    def text(self) -> str:
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self._read.decode(errors="replace"))

    def _has_ended(self) -> bool:
        ended, self._status = os.waitpid(self.pid, os.WNOHANG)
        return ended != 0

    def interrupt(self) -> int:
        """Press Ctrl-C; return the status."""
        os.write(self._file, INTERRUPT)
        return self._end()

    def close(self) -> int:
        """Close the window, as its shell does too; return the status."""
        os.kill(self.pid, signal.SIGHUP)
        os.close(self._file)
        return self._end()

    def _end(self) -> int:
        until(self._has_ended)
        self._reader.join(PATIENCE)
        return os.waitstatus_to_exitcode(self._status)


def running_in(folder: Path) -> list[str]:
    """Return the command lines of the processes whose environment names a folder."""
    found = []
    for each in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has just ended, or is another user's
            if os.fsencode(folder) in (each / "environ").read_bytes():
                found.append((each / "cmdline").read_text(encoding="utf-8").replace("\0", " "))
    return found


async def decide(port: int, secret: str) -> None:
    """Confirm the miscount of February on its page, and wait until the year's page quotes the reason."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as client:
        visitor = Visitor(client, port)
        found = await eventually(visitor, "/incidents", r"/sites/gard/incidents/standard-202502\d\dT\d{6}Z-[a-z-]+")
        form = (await visitor.get(found)).form
        sent = form | {"decision": "confirm", "note": WHY, "who": "Claire Martin", "secret": secret}
        assert (await visitor.send(found, sent)).status == 303
        await eventually(visitor, "/sites/gard/years/2025-Q1", re.escape(WHY))


async def eventually(visitor: Visitor, path: str, pattern: str) -> str:
    """Wait until a page has this; return it."""
    deadline = time.monotonic() + PATIENCE
    while (found := re.search(pattern, (await visitor.get(path)).text)) is None:
        assert time.monotonic() < deadline, path
        await asyncio.sleep(EVERY)
    return found[0]


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_on_a_terminal_the_board_is_there_first_a_decision_counts_and_ctrl_c_leaves_nothing(tmp_path: Path) -> None:
    for name, text in SMALL.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    ports = [free_port(HOST), free_port(HOST)]
    options = ["--web-port", str(ports[0]), "--metrics-port", str(ports[1]), "--config", str(tmp_path / "nation.yaml")]
    terminal = Terminal(sys.executable, "-m", "agents", "--lang", "en", "demo", *options, folder=tmp_path)
    until(lambda: re.search(DOOR, terminal.text), lambda: terminal.text)
    (door,) = re.finditer(DOOR, terminal.text)
    assert "http" not in terminal.text[: door.start()]
    (secret,) = tmp_path.glob("tocsin-demo-*/secret")
    assert (secret.read_text(encoding="ascii"), secret.stat().st_mode & 0o777) == (door[2], 0o600)
    asyncio.run(decide(int(door[1]), door[2]))
    assert len(running_in(tmp_path)) >= 3  # the demo, its worker and its board
    status = terminal.interrupt()
    (ending,) = [each for each in ENDINGS if terminal.text.rstrip().endswith(each)]
    assert status == ENDINGS[ending]
    assert running_in(tmp_path) == []
    assert list(tmp_path.glob("tocsin-demo-*")) == []
    assert [free_port(HOST, each) for each in ports] == ports


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_closed_window_leaves_no_secret_and_no_process(tmp_path: Path) -> None:
    options = ["--web-port", "0", "--metrics-port", "0"]
    terminal = Terminal(sys.executable, "-m", "agents", "--lang", "en", "demo", *options, folder=tmp_path)
    until(lambda: re.search(DOOR, terminal.text), lambda: terminal.text)
    assert [*tmp_path.glob("tocsin-demo-*/secret")]
    assert terminal.close() == 129
    assert running_in(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_without_a_terminal_it_serves_only_on_request() -> None:
    words = [sys.executable, "-m", "agents", "--lang", "en", "demo"]
    for option, first in (("--no-serve", "broker at "), ("--serve", "board at ")):
        ports = ["--web-port", "0", "--metrics-port", "0"]
        with subprocess.Popen([*words, option, *ports], stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert process.stdout.readline().startswith(first)
            process.terminate()
            assert process.wait(PATIENCE) == 143
