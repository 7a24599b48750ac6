"""A real broker for the tests marked `integration`: one for the whole run, a topic prefix for each test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from uuid import uuid4

import pytest

from config.settings import Kafka, Settings


def pytest_configure(config: pytest.Config) -> None:
    # kafka-python reads its schemas by functions that Python 3.11 and 3.12 call deprecated, and 3.13 no more.
    config.addinivalue_line("filterwarnings", "ignore:(read_text|open_text) is deprecated:DeprecationWarning")


@pytest.fixture(scope="session")
def broker() -> Iterator[str]:
    """Give a bootstrap address: TOCSIN_TEST_BROKER, or else an embedded broker's."""
    if address := os.environ.get("TOCSIN_TEST_BROKER"):
        yield address
        return
    # Not above: the warning filters are not in force yet when pytest reads this file.
    from agents.broker import embedded_broker  # noqa: PLC0415

    with embedded_broker() as address:
        yield address


@pytest.fixture
def prefix() -> str:
    """Give a topic prefix that no other test has."""
    return f"test-{uuid4().hex[:12]}."


@pytest.fixture
def settings(broker: str, prefix: str) -> Settings:
    """Give the settings of an office on that broker, with topics of its own."""
    return Settings(site="lozere", kafka=Kafka(bootstrap=broker, prefix=prefix, partitions=4))
