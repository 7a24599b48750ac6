"""Boards of nations that no broker answers: they are not waited for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from agents.kafka import client


@pytest.fixture(scope="module", autouse=True)
def soon_without_a_broker() -> Iterator[None]:
    """Let clients give up soon: a board's threads go on asking after its test, and each file waits for them."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(client, "START_MS", 500)
        yield
