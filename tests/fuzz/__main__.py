"""Fuzz the targets by coverage, one after another: `python -m tests.fuzz [--seconds 60] [TARGET...]`.

Needs atheris (`pip install -e .[fuzz]`). It prints the name of the file with a finding: keep that file in the corpus of
its target, with which every later run and `test_targets.py` begin.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import atheris

from agents.terminal import say

with atheris.instrument_imports(include=["agents", "config", "streams"]):
    from tests.fuzz.targets import TARGETS, seeds

MOST_BYTES = 8_192


def main() -> int:
    """Fuzz each target in a process of its own, and return how many had a finding."""
    words = argparse.ArgumentParser(prog="python -m tests.fuzz")
    words.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(TARGETS))
    words.add_argument("--seconds", type=int, default=60, help="for each target")
    words.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)  # in this process
    given = words.parse_args()
    if given.alone:
        fuzz(given.targets[0], given.seconds)
    found = 0
    for name in given.targets or TARGETS:
        command = [sys.executable, "-m", "tests.fuzz", "--alone", "--seconds", str(given.seconds), name]
        ended = subprocess.run(command, stderr=subprocess.PIPE, text=True, errors="replace", check=False)
        told = ended.stderr.splitlines()
        done = next((line for line in reversed(told) if line.startswith("Done ")), "a finding")
        say(f"{name}: {done}")
        if ended.returncode:
            found += 1
            say("\n".join(told[-30:]))
    return min(found, 1)


def fuzz(name: str, seconds: int) -> None:
    """Fuzz one target; this ends the process."""
    with tempfile.TemporaryDirectory() as folder:
        for number, seed in enumerate(seeds(name)):
            (Path(folder) / str(number)).write_bytes(seed)
        target = TARGETS[name]
        options = [f"-max_total_time={seconds}", f"-max_len={MOST_BYTES}", "-timeout=20", "-rss_limit_mb=1024"]
        atheris.Setup([sys.argv[0], folder, *options], target)
        atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main())
