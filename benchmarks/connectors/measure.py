"""One command, run whole: how long it takes, and how much memory."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple


class Cost(NamedTuple):
    """Hold what a command took."""

    wall: float  # seconds
    cpu: float  # seconds, of the process and its children
    memory: float  # MB, at most


def measured(words: Sequence[str], out: Path, environ: Mapping[str, str]) -> Cost:
    """Run `tocsin` with these words, its standard output going to a file; raise `RuntimeError` where it fails."""
    command = [sys.executable, "-m", "agents", *words]
    begin = time.perf_counter()
    with out.open("wb") as file:
        process = subprocess.Popen(command, stdout=file, stderr=subprocess.PIPE, env={**os.environ, **environ})
        assert process.stderr is not None
        said = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(words)} ended with {process.returncode}: {said.decode(errors='replace')}")
    return Cost(time.perf_counter() - begin, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)
