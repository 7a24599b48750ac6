"""The office of the worker's tests."""

from __future__ import annotations

from tests.agents.worker.conftest import office

__all__ = ["office"]
