"""A nation whose figures cannot be computed is not healthy."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import msgspec
import pytest
from aiohttp.test_utils import make_mocked_request

from tests.agents.board.nation import made


@pytest.mark.slow
def test_healthz_gives_the_reason_until_the_figures_are_computed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = made.board(made.written(tmp_path, 2), read_at=time.time() + 3_600)  # not stale on a slow machine

    def health() -> tuple[int, str | None]:
        answer = asyncio.run(board._healthz(make_mocked_request("GET", "/healthz")))
        assert isinstance(answer.body, bytes)
        return answer.status, msgspec.json.decode(answer.body)["reason"]

    def wrong() -> None:
        raise OverflowError("date value out of range")

    with monkeypatch.context() as patched:
        patched.setattr(board._kept, "_faults", wrong)
        asyncio.run(board._kept.renew())
        status, reason = health()
        assert status == 503
        assert "date value out of range" in (reason or "")
    asyncio.run(board._kept.renew())
    assert health() == (200, None)
