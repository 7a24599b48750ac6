"""Boards of a nation whose broker never answers must not be waited for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from agents.kafka import client


@pytest.fixture(scope="module", autouse=True)
def soon_without_a_broker() -> Iterator[None]:
    """Make clients give up soon: a board's threads keep trying after its test, and each test file waits for them."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(client, "START_MS", 500)
        yield
