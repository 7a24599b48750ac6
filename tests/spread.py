"""A plugin of pytest that assigns tests to processes of pytest-xdist.

Tests with a broker mostly wait. Each is assigned alone, and others compute meanwhile. Tests that share a fixture of
their file stay together, as do tests that do not wait.
"""

from __future__ import annotations

import gc
import re
from functools import cache
from typing import Any, Final

import pytest
from xdist.scheduler.loadscope import LoadScopeScheduling  # type: ignore[import-untyped]  # ships no types

from tests.imports import ROOT

WAITS: Final = re.compile(r"\bpytest\.mark\.broker\b")
SHARES: Final = re.compile(r'\bscope="(module|session)"|\bshared_settings\b')


@cache
def alone(file: str) -> bool:
    """Return whether each test of a file is assigned alone."""
    source = (ROOT / file).read_text(encoding="utf-8")
    return bool(WAITS.search(source) and not SHARES.search(source))


class Spread(LoadScopeScheduling):  # type: ignore[misc]  # its base has no types
    """A scheduler that assigns single tests or whole files, in the order of collection."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return nodeid if alone(file) else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Spread:
    config.option.loadscopereorder = False
    return Spread(config, log)


def pytest_sessionstart() -> None:
    """Collect no garbage while the tests are collected: a fifth of that time went into it."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Exclude the collected tests from garbage collection, which spent a tenth of the run on them."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)  # the domain's tests take a fifth less; a process has a gigabyte anyway
    gc.enable()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Spread the tests that wait evenly over the others, so that at each moment some wait and some compute."""
    if not hasattr(config, "workeroutput"):  # a single process keeps the order of each file
        return
    waiting = [each for each in items if "broker" in each.keywords]
    others = [each for each in items if "broker" not in each.keywords]
    places = [(number / len(some), each) for some in (waiting, others) for number, each in enumerate(some)]
    items[:] = [each for _, each in sorted(places, key=lambda place: place[0])]
