"""The time that a program takes from when it may fetch to its last event, told as a line of JSON.

Where a framework does not say when it may fetch, the time begins with the first event that the program sees.

Every way of reading tells it, whatever its environment, so nothing but the standard library is imported.
"""

from __future__ import annotations

import json
import os
import re
import time
from pathlib import Path
from typing import Any


class Stopwatch:
    """Measure CPU (s, of all threads) and wall from `start` to `stop`; starting again changes nothing."""

    def __init__(self) -> None:
        self.running = False
        self._wall = self._cpu = 0.0
        self.took: dict[str, float] = {}

    def start(self) -> None:
        """Begin, unless it has begun."""
        if not self.running:
            self.running, self._wall, self._cpu = True, time.perf_counter(), time.process_time()

    def stop(self) -> None:
        """End, or end later: the last time counts."""
        self.took = {"cpu": time.process_time() - self._cpu, "wall": time.perf_counter() - self._wall}


def peak() -> float:
    """Return the most memory (MB) that this process has held.

    Its parent cannot tell: what a parent is told of a child is at least what the parent itself held at the start.
    """
    (found,) = re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="utf-8"))
    return int(found) / 1024


def tell(watch: Stopwatch, events: int, figures: dict[str, Any]) -> None:
    """Print what was counted and what it took, then end the process: a framework may take long to end."""
    print(json.dumps({"events": events, "figures": figures, "memory": peak(), **watch.took}), flush=True)
    os._exit(0)
