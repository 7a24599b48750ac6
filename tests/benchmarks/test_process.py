"""Linux's figures of a process, compared for this process with its own."""

from __future__ import annotations

import os
import time

import pytest

from benchmarks.process import cpu_seconds, memory


def test_cpu_and_memory_are_those_of_the_process() -> None:
    before = time.process_time()
    found = cpu_seconds(os.getpid())
    assert before - 0.05 <= found <= time.process_time() + 0.05
    held = memory(os.getpid())
    block = b"x" * 50_000_000
    assert memory(os.getpid()) - held == pytest.approx(len(block) / 2**20, rel=0.2)
