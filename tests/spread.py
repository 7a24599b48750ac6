"""Which tests go to which process of pytest-xdist, as a plugin of pytest: those that wait come first, and alone.

Tests with a broker wait for most of their time. They come first, each by itself, so that the quick ones fill what is
left at the end. Tests that share a fixture of their file stay together, as do those that wait for nothing.
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
    """Tell whether each test of a file goes to a process by itself."""
    source = (ROOT / file).read_text(encoding="utf-8")
    return bool(WAITS.search(source) and not SHARES.search(source))


class Spread(LoadScopeScheduling):  # type: ignore[misc]  # its base has no types
    """Hand out single tests or whole files, in the order in which they were collected."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return nodeid if alone(file) else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Spread:
    config.option.loadscopereorder = False
    return Spread(config, log)


def pytest_collection_finish() -> None:
    """Let the garbage collector pass over what was collected: looking at it took a tenth of the time of the tests."""
    gc.collect()
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: "broker" not in item.keywords)
