"""One Asterisk: its own folders in a Debian that has the program, its process, and its manager interface."""

from __future__ import annotations

import itertools
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

PROGRAM: Final = "/usr/sbin/asterisk"
START_SECONDS: Final = 60
RECORDER: Final = "recorder"  # a user of the manager interface, and the secret
_FOLDERS: Final = "etc", "log", "log/cdr-csv", "log/cdr-custom", "log/cel-custom", "run", "spool", "lib", "db"


class Manager:
    """A connection to a manager interface that records its bytes and passes its events to `heard`."""

    def __init__(self, port: int, user: str, record: Path | None, heard: Callable[[dict[str, str]], None]) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self._socket.settimeout(None)
        self._record = record.open("ab") if record else None
        self._heard = heard
        self._numbers = itertools.count(1)
        self._answers: dict[str, list[dict[str, str]]] = {}
        threading.Thread(target=self._read, daemon=True).start()
        self.act("Login", Username=user, Secret=user)

    def act(self, action: str, **headers: str) -> None:
        self.ask(action, wait=0, **headers)

    def ask(self, action: str, *, wait: float = 5, **headers: str) -> list[str]:
        """Send an action; return its lines of output."""
        number = str(next(self._numbers))
        answers = self._answers[number] = []
        lines = [f"Action: {action}", f"ActionID: {number}"]
        for key, value in headers.items():
            lines += [f"{key}: {each}" for each in value.split("\n")]
        self._socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        until = time.monotonic() + wait
        while not answers and time.monotonic() < until:
            time.sleep(0.02)
        del self._answers[number]
        return [line for answer in answers for line in answer.get("Output", "").split("\n")]

    def close(self) -> None:
        self._socket.close()

    def _read(self) -> None:
        kept: list[str] = []
        torn = b""
        while True:
            try:
                read = self._socket.recv(65536)
            except OSError:
                read = b""
            if self._record:
                self._record.write(read)
                self._record.flush()
            if not read:
                return
            *lines, torn = (torn + read).split(b"\n")
            for line in lines:
                text = line.decode(errors="replace").rstrip("\r")
                if text:
                    kept.append(text)
                    continue
                message: dict[str, str] = {}
                for each in kept:
                    key, _, value = each.partition(": ")
                    message[key] = f"{message[key]}\n{value}" if key in message else value
                kept = []
                if message.get("ActionID") in self._answers:
                    self._answers[message["ActionID"]].append(message)
                elif "Event" in message:
                    self._heard(message)


def inside(name: str) -> Path:
    """Return the folder of an Asterisk in its Debian."""
    return Path("/srv") / name


class Asterisk:
    """An Asterisk with its configuration files; `port` is its manager interface's."""

    def __init__(self, root: Path, name: str, port: int, files: dict[str, str]) -> None:
        self.root, self.port = root, port
        self.inside = inside(name)
        self.folder = root / self.inside.relative_to("/")
        shutil.rmtree(self.folder, ignore_errors=True)
        for each in _FOLDERS:
            (self.folder / each).mkdir(parents=True)
        for file, text in files.items():
            (self.folder / "etc" / file).write_text(text, encoding="utf-8")
        (self.folder / "etc/asterisk.conf").write_text(self._paths())
        self.process: subprocess.Popen[bytes] | None = None

    def _paths(self) -> str:
        at = self.inside
        return f"""[directories]
astetcdir => {at}/etc
astmoddir => /usr/lib/x86_64-linux-gnu/asterisk/modules
astvarlibdir => {at}/lib
astdbdir => {at}/db
astkeydir => {at}/lib
astdatadir => /usr/share/asterisk
astagidir => {at}/lib
astspooldir => {at}/spool
astrundir => {at}/run
astlogdir => {at}/log
[options]
verbose = 3
"""

    def start(self) -> None:
        said = (self.folder / "log/said").open("ab")
        command = ["chroot", str(self.root), PROGRAM, "-f", "-C", str(self.inside / "etc/asterisk.conf")]
        self.process = subprocess.Popen(command, stdout=said, stderr=said, stdin=subprocess.DEVNULL)
        until = time.monotonic() + START_SECONDS
        while "Asterisk Ready" not in self.cli("core waitfullybooted") and "fully booted" not in self.cli(
            "core waitfullybooted"
        ):
            if self.process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"{self.inside.name} did not start: {self.folder}/log/said")
            time.sleep(0.2)

    def cli(self, command: str) -> str:
        conf = str(self.inside / "etc/asterisk.conf")
        done = subprocess.run(
            ["chroot", str(self.root), PROGRAM, "-C", conf, "-rx", command],
            capture_output=True,
            check=False,
            timeout=60,
        )
        return (done.stdout + done.stderr).decode(errors="replace")

    def heard_by(self, user: str, sessions: int) -> bool:
        """Wait until a user of the manager interface has a number of sessions; return whether it does."""
        until = time.monotonic() + START_SECONDS
        while self.cli("manager show connected").count(f"{user} ") < sessions:
            if time.monotonic() > until:
                return False
            time.sleep(0.2)
        return True

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)
        self.process = None
