"""A lab that plays the cases on two Asterisks and keeps the office's records."""

from __future__ import annotations

import re
import shutil
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Final

from tests.exchange.asterisk import RECORDER, Asterisk, Manager, inside
from tests.exchange.case import WAITS, Caller, Case, Step
from tests.exchange.office import (
    DATABASE,
    FIRST,
    OFFICE_PORT,
    WORLD_PORT,
    filled,
    names,
    number,
    office_files,
    world_files,
)
from tests.exchange.ways import Ways

SPREAD: Final = 0.4  # s between the beginnings of two cases
RECORDS: Final = {
    "queue-log": "queue_log",
    "asterisk-cel": "cel-custom/Master.csv",
    "asterisk-cdr": "cdr-csv/Master.csv",
}
COLUMNS: Final = (
    *("time TEXT", "callid TEXT", "queuename TEXT", "agent TEXT", "event TEXT"),
    *(f"data{number} TEXT" for number in range(1, 6)),
)


class Lab:
    """An office and the world that calls it, both below `root`."""

    def __init__(self, root: Path, name: str, cases: Sequence[Case], ways: Ways, ami: Path) -> None:
        self.cases, self.ways = cases, ways
        own = f"{name}-office"
        self.office = Asterisk(root, own, OFFICE_PORT, office_files(cases, ways, inside(own)))
        if ways.realtime:
            self._make_table()
        self.world = Asterisk(root, f"{name}-world", WORLD_PORT, world_files(cases, ways))
        self.picked: Counter[int] = Counter()  # by the case: telephones that were lifted
        self.ami = ami
        ami.unlink(missing_ok=True)

    def _make_table(self) -> None:
        """Make the realtime table of the queue_log, as Asterisk's own migrations do."""
        with closing(sqlite3.connect(self.office.folder / DATABASE)) as database, database:
            database.execute(f"CREATE TABLE queue_log (id INTEGER PRIMARY KEY, {', '.join(COLUMNS)})")

    def start(self) -> None:
        self.world.start()
        self.office.start()
        self.calls = Manager(WORLD_PORT, "driver", None, self._heard)
        self._listen()

    def _listen(self) -> None:
        self.desk = Manager(OFFICE_PORT, "driver", None, lambda _: None)
        self.recorder = Manager(OFFICE_PORT, RECORDER, self.ami, lambda _: None)
        self.recorder.act("QueueStatus")
        if not self.office.heard_by(RECORDER, 2):
            raise RuntimeError("tocsin ingest ami does not listen")

    def _heard(self, message: dict[str, str]) -> None:
        if message["Event"] == "UserEvent" and message.get("UserEvent") == "Picked":
            self.picked[int(message["Phone"][1:3])] += 1

    def play(self, wait: float = 60) -> None:
        """Play every case once, and wait at most `wait` (s) for the end of the last call."""
        due: list[tuple[float, int, Callable[[], None]]] = []
        for order, (index, case) in enumerate(enumerate(self.cases, FIRST)):
            for at, act in self._acts(index, case):
                due.append((order * SPREAD + at, len(due), act))
        begin = time.monotonic()
        for at, _, act in sorted(due):
            time.sleep(max(0.0, begin + at - time.monotonic()))
            act()
        until = time.monotonic() + wait
        while time.monotonic() < until and self._channels():
            time.sleep(0.5)
        self.left = self._channels()
        self._clear()

    def _acts(self, index: int, case: Case) -> Iterator[tuple[float, Callable[[], None]]]:
        for which, caller in enumerate(case.callers):
            channel = f"world-{index}-{which}"
            yield caller.at, partial(self._call, index, which, caller)
            if caller.patience is not None:
                yield caller.at + caller.patience, partial(self.calls.act, "Hangup", Channel=channel)
            for at, key in caller.keys:
                press = partial(self.calls.act, "PlayDTMF", Channel=channel, Digit=key, Duration="150")
                yield caller.at + at, press
        for step in case.steps:
            yield step.at, partial(self._step, index, case, step)

    @staticmethod
    def _number(index: int, which: int) -> str:
        return f"063998{index:02}{which:02}"

    def _call(self, index: int, which: int, caller: Caller = WAITS) -> None:
        said = f'"{caller.name}" ' if caller.name else ""
        self.calls.act(
            "Originate",
            Channel=f"PJSIP/{number(index)}@office{'-inside' if caller.inside else ''}",
            ChannelId=f"world-{index}-{which}",
            CallerID=f"{said}<{self._number(index, which)}>",
            Application="Wait",
            Data="120",
            Timeout="120000",
            Async="true",
        )

    def _step(self, index: int, case: Case, step: Step) -> None:
        places = names(index, case, self.ways)
        for row in self._channels():
            fields = row.split("!")
            if mine := re.match(rf"PJSIP/2{index:02}(\d)-", row):
                places[f"channel:{mine[1]}"] = fields[0]
            for which in range(len(case.callers)):
                if fields[7] == self._number(index, which) and fields[0].startswith("PJSIP/trunk"):
                    places[f"caller:{which}"] = fields[0]
        self.desk.act(step.action, **{key: filled(value, places) for key, value in step.headers.items()})

    def _channels(self) -> list[str]:
        rows = self.desk.ask("Command", Command="core show channels concise")
        return [row for row in rows if row.count("!") > 8]

    def crash(self) -> None:
        """Crash or stop the office's exchange while one caller talks and one waits; a third calls after it is back."""
        index = FIRST + len(self.cases) - 1
        for which in (0, 1):
            self._call(index, which)
            time.sleep(3)
        if self.ways.restart:
            self.office.cli(self.ways.restart)
            time.sleep(3)
        self.office.end(signal.SIGKILL)
        self.calls.act("Hangup", Channel="/.*/")
        time.sleep(1)
        self.office.start()
        self._listen()
        self._call(index, 2)
        time.sleep(6)
        self._clear()

    def _clear(self) -> None:
        for each in (self.desk, self.calls):
            each.act("Hangup", Channel="/.*/")
        time.sleep(1)

    def remove(self) -> None:
        for each in (self.office, self.world):
            shutil.rmtree(each.folder, ignore_errors=True)

    def stop(self) -> None:
        for each in (self.office, self.world):
            each.end()

    def live(self) -> dict[str, list[str]]:
        """Return the arguments of `tocsin ingest` for each followed record; its name begins with its kind."""
        files = {kind: self.record(kind) for kind in ("queue-log", "asterisk-cel")} | {"ami": self.ami}
        for file in files.values():
            file.touch()  # the exchange would make it at the first call
        followed = {f"{kind}--follow": [kind, str(file), "--follow"] for kind, file in files.items()}
        return followed | {"ami-live": ["ami", f"127.0.0.1:{OFFICE_PORT}"]}

    def record(self, kind: str) -> Path:
        """Return the live file of a kind."""
        custom = kind == "asterisk-cdr" and self.ways.cdr_custom
        return self.office.folder / "log" / ("cdr-custom/Master.csv" if custom else RECORDS[kind])

    def keep(self, folder: Path) -> dict[str, Path]:
        """Copy the records to a folder; return them by names that begin with their kinds."""
        kept = {"ami": self.ami}
        for kind, file in RECORDS.items():
            kept[kind] = folder / file.replace("/", "-")
            shutil.copy(self.record(kind), kept[kind])
        if self.ways.realtime:
            kept["queue-log of a database"] = folder / "queue_log.sql"
            with closing(sqlite3.connect(self.office.folder / DATABASE)) as database:
                dump = "".join(f"{line}\n" for line in database.iterdump())
            kept["queue-log of a database"].write_text(dump, encoding="utf-8")
        return kept
