"""A real broker for the tests marked `integration`: one for the whole run, a topic prefix for each test."""

from __future__ import annotations

import gc
import os
import signal
import warnings
from collections.abc import Iterator
from uuid import uuid4

import pytest

from config.settings import Kafka, Settings

BROKER = pytest.StashKey[str]()


def pytest_configure(config: pytest.Config) -> None:
    # kafka-python reads its schemas by functions that Python 3.11 and 3.12 call deprecated, and 3.13 no more.
    config.addinivalue_line("filterwarnings", "ignore:(read_text|open_text) is deprecated:DeprecationWarning")
    # docker and kafka-python leave the socket of a refused connection to the garbage collector.
    config.addinivalue_line("filterwarnings", "ignore:unclosed <socket:ResourceWarning")
    # What a shell runs in the background is deaf to Ctrl-C, and so would be all that the tests start.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_sessionfinish() -> None:
    # Those left over are collected once the filters above are gone.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if says := config.stash.get(BROKER, None):
        terminalreporter.write_line(f"broker: {says}")


@pytest.fixture(scope="session")
def broker(pytestconfig: pytest.Config) -> Iterator[str]:
    """Give a bootstrap address; the summary says whose.

    TOCSIN_TEST_BROKER names one that runs; TOCSIN_TEST_WITH a kind: container, apache or embedded. Without
    either it is the first of those three that can be had here.
    """
    if address := os.environ.get("TOCSIN_TEST_BROKER"):
        pytestconfig.stash[BROKER] = f"the one on {address}"
        yield address
        return
    # Not above: the warning filters are not in force yet when pytest reads this file.
    from tests.brokers import chosen  # noqa: PLC0415

    with chosen(os.environ.get("TOCSIN_TEST_WITH")) as (address, says):
        pytestconfig.stash[BROKER] = says
        yield address


@pytest.fixture
def prefix() -> str:
    """Give a topic prefix that no other test has."""
    return f"test-{uuid4().hex[:12]}."


@pytest.fixture
def settings(broker: str, prefix: str) -> Settings:
    """Give the settings of an office on that broker, with topics of its own."""
    return Settings(site="lozere", kafka=Kafka(bootstrap=broker, prefix=prefix, partitions=4))
