"""A message names a page of the handbook that is there, in a clone and beside an installed wheel."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents import handbook


def test_in_a_clone_a_page_is_below_docs() -> None:
    assert handbook.page("mail.md") == "docs/mail.md"


def test_outside_of_a_clone_it_is_where_the_wheel_puts_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(handbook, "_CLONE", tmp_path / "docs")
    assert handbook.page("operations/install.md#brokers").endswith("/share/doc/tocsin/operations/install.md#brokers")
