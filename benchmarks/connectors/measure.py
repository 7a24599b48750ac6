"""One command, run whole: its time and its memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple


class Cost(NamedTuple):
    """The cost of a command."""

    wall: float  # seconds
    cpu: float  # seconds, of the process and its children
    memory: float  # MB, at most


# A small program in between, as Linux counts the parent's own memory into a child's maximum.
_BETWEEN = """
import json, os, resource, sys, time
begin = time.perf_counter()
status = os.waitstatus_to_exitcode(os.waitpid(os.posix_spawn(sys.argv[2], sys.argv[2:], os.environ), 0)[1])
used = resource.getrusage(resource.RUSAGE_CHILDREN)
with open(sys.argv[1], "w") as told:
    json.dump([time.perf_counter() - begin, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024], told)
sys.exit(status if status >= 0 else 128 - status)
"""


def measured(words: Sequence[str], out: Path, environ: Mapping[str, str]) -> Cost:
    """Run `tocsin` with these words and its standard output into a file; raise `RuntimeError` if it fails."""
    with out.open("wb") as file, tempfile.NamedTemporaryFile() as told:
        between = [sys.executable, "-I", "-S", "-c", _BETWEEN, told.name]
        command = [*between, sys.executable, "-m", "agents", *words]
        done = subprocess.run(command, stdout=file, stderr=subprocess.PIPE, env={**os.environ, **environ}, check=False)
        if done.returncode:
            said = done.stderr.decode(errors="replace")
            raise RuntimeError(f"{' '.join(words)} ended with {done.returncode}: {said}")
        return Cost(*json.load(told))
