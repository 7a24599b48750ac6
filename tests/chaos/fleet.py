"""The harmed workers, which come and go."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import ExitStack, suppress
from pathlib import Path

from rich.console import Console

from config.settings import Settings
from tests.agents.running import Running, twin, worker, workers

console = Console(width=120)


class Fleet:
    """Workers to start, kill, freeze and remove, with their logs and their memory.

    `processes` is how many worker processes each of them runs. While `twins` is set, workers without Faust start.
    """

    def __init__(
        self, settings: Settings, config: Path, processes: int = 1, *, nation: bool = False, twins: bool = False
    ) -> None:
        self.settings, self.config, self.processes, self.nation, self.twins = settings, config, processes, nation, twins
        self.running: dict[int, tuple[ExitStack, Running]] = {}
        self.started = 0
        self.done: Counter[str] = Counter()
        self.corrupted: set[str] = set()  # lines
        self.words: list[str] = []
        self.recoveries: list[float] = []
        self.peak = 0
        self.shown: dict[tuple[int, str, frozenset[tuple[str, str]]], float] = {}
        self.fallen: set[str] = set()  # counters
        self.lock = threading.Lock()

    def start(self) -> None:
        stack = ExitStack()
        environment = {"TOCSIN_CONFIG": str(self.config), "TOCSIN_CLOCK": "event"}
        if self.twins:
            running = stack.enter_context(twin(self.settings, **environment))
        elif self.processes == 1:
            running = stack.enter_context(worker(self.settings, **environment))
        else:
            running = stack.enter_context(workers(self.settings, self.processes, **environment))
        with self.lock:
            self.started += 1
            self.running[self.started] = (stack, running)
        threading.Thread(target=self._time, args=(running, time.monotonic()), daemon=True).start()

    def end(self, how: signal.Signals, number: int | None = None) -> None:
        with self.lock:
            number = random.choice(list(self.running)) if number is None else number
            stack, running = self.running.pop(number)
        running.process.send_signal(how)
        running.process.wait(60)
        self.words.append(running.words())
        stack.close()

    def kill(self, seconds: float = 0.0) -> None:
        """Kill a worker and start another after some seconds, unless its parent process does."""
        number = random.choice(list(self.running))
        below = self.running[number][1].workers()
        if below and random.random() < 0.7:
            self.done["killed below"] += 1
            os.kill(random.choice(below), signal.SIGKILL)
            return
        self.end(signal.SIGKILL, number)
        time.sleep(seconds)
        self.start()

    def freeze(self, seconds: float) -> None:
        """Stop a worker for longer than its session; it wakes up and believes that it still owns its lines."""
        _, running = random.choice(list(self.running.values()))
        below = running.workers()
        pid = random.choice(below) if below else running.process.pid
        os.kill(pid, signal.SIGSTOP)
        time.sleep(seconds)
        with suppress(ProcessLookupError):  # it has ended
            os.kill(pid, signal.SIGCONT)

    def look(self) -> None:
        """Note the memory and the fallen counters of every worker; replace each that ended by itself."""
        for number, (stack, running) in list(self.running.items()):
            if running.process.poll() is not None:
                self.done["ended by themselves"] += 1
                self.words.append(running.words())
                console.print(running.words()[-1500:], style="yellow", markup=False)
                stack.close()
                del self.running[number]
                self.start()
                continue
            if self._mend(number, running):
                continue  # it has ended
            self._compare(number, running)
            for pid in (running.process.pid, *running.workers()):
                with suppress(FileNotFoundError):
                    status = Path(f"/proc/{pid}/status").read_text()
                    rows = dict(row.split(":", 1) for row in status.splitlines() if ":" in row)
                    if "VmHWM" in rows:  # otherwise it is ending
                        self.peak = max(self.peak, int(rows["VmHWM"].split()[0]) // 1024)

    def _compare(self, number: int, running: Running) -> None:
        """Note the counters of lines that a worker shows lower than before: Prometheus takes that for a reset."""
        with suppress(OSError):  # it is starting or frozen
            for (name, labels), value in running.samples().items():
                if name.endswith("_total") and "line" in dict(labels):
                    before = self.shown.get((number, name, labels), 0.0)
                    if value < before:
                        self.fallen.add(f"worker {number}: {name} {sorted(labels)} fell from {before:g} to {value:g}")
                    self.shown[number, name, labels] = value

    def _mend(self, number: int, running: Running) -> bool:
        """Rebuild a refused state and restart the worker, if its log says so."""
        told = re.search("is not folded until you run `tocsin state rebuild '(.+?)'`", running.words())
        if told is None:
            return False
        of_broker = {"TOCSIN_KAFKA_BOOTSTRAP": self.settings.kafka.bootstrap, "TOCSIN_CONFIG": str(self.config)}
        command = [sys.executable, "-m", "agents", "state", "rebuild", told[1], *self._of(told[1])]
        done = subprocess.run(command, env=os.environ | of_broker, capture_output=True, text=True, check=False)
        console.print(done.stdout, done.stderr, style="yellow", markup=False)
        self.done["rebuilt" if done.returncode == 0 else "no mend"] += 1
        self.end(signal.SIGTERM, number)
        self.start()
        return True

    def _of(self, key: str) -> list[str]:
        """Return the option for the state's office, if there are several."""
        return ["--site", key.partition(" ")[2].partition("/")[0]] if self.nation else []

    def _time(self, running: Running, begin: float) -> None:
        while running.process.poll() is None:
            try:
                if json.loads(running.get("/healthz"))["partitions"]:
                    self.recoveries.append(time.monotonic() - begin)
                    return
            except OSError:
                pass
            time.sleep(0.2)

    def tell(self) -> None:
        """Print the end of each worker's log."""
        for _, running in self.running.values():
            console.print(running.words()[-3000:], markup=False)

    def summary(self, seed: int, seconds: float) -> None:
        """Print a summary once all workers have ended."""
        rebalances = sum(words.count("partitions owned") for words in self.words)
        again = sum(words.count("reading again") for words in self.words)
        recoveries = sorted(self.recoveries)
        console.print(
            f"seed {seed}: {dict(self.done)}; {self.started} workers lived, {rebalances} assignments, "
            f"{again} stretches read again; a worker owned lines after {recoveries[len(recoveries) // 2]:.1f} s "
            f"(median) to {recoveries[-1]:.1f} s; the largest held {self.peak} MB; {seconds:.0f} s in all"
        )

    def hand_over(self) -> None:
        """Replace all workers by workers with Faust, as one group cannot have both."""
        count = len(self.running)
        self.stop()
        self.twins = False
        for _ in range(count):
            self.start()

    def total(self, name: str, **labels: str) -> float:
        return sum(running.total(name, **labels) for _, running in self.running.values())

    def stop(self) -> None:
        while self.running:
            self.end(signal.SIGTERM)
