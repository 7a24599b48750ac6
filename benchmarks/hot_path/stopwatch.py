"""The time of a program from when it may fetch until its last event, printed as a line of JSON.

If a framework does not report when it may fetch, the time begins with the program's first event.

Every way of reading imports this module in its own environment, so it only needs the standard library.
"""

from __future__ import annotations

import json
import os
import re
import time
from pathlib import Path
from typing import Any


class Stopwatch:
    """CPU time (s, of all threads) and wall time from `start` to `stop`; starting again changes nothing."""

    def __init__(self) -> None:
        self.running = False
        self._wall = self._cpu = 0.0
        self.took: dict[str, float] = {}

    def start(self) -> None:
        if not self.running:
            self.running, self._wall, self._cpu = True, time.perf_counter(), time.process_time()

    def stop(self) -> None:
        """End, or end later: the last time counts."""
        self.took = {"cpu": time.process_time() - self._cpu, "wall": time.perf_counter() - self._wall}


def peak() -> float:
    """Return the peak memory (MB) of this process.

    Its parent cannot measure it, as Linux counts the parent's own memory into a child's maximum.
    """
    (found,) = re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="utf-8"))
    return int(found) / 1024


def tell(watch: Stopwatch, events: int, figures: dict[str, Any]) -> None:
    """Print counts and cost, then end the process: a framework may take long to end."""
    print(json.dumps({"events": events, "figures": figures, "memory": peak(), **watch.took}), flush=True)
    os._exit(0)
