"""A file of another kind than was named is told for what it looks like."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents.sources.sniff import likely
from config.settings import Settings, load

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"


@pytest.fixture(scope="module")
def office() -> Settings:
    return load(EXAMPLES / "office.yaml", {})


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("queue_log", "queue-log"),
        ("events.jsonl", "events"),
        ("survey.csv", "survey"),
        ("calls.csv", "calls --mapping exchange"),
        ("tickets.csv", "tickets"),
        ("polls.csv", "polls"),
        ("readings.csv", "readings"),
        ("register.csv", "requests"),
    ],
)
def test_every_example_looks_like_what_it_is(office: Settings, name: str, words: str) -> None:
    found = likely((EXAMPLES / name).read_bytes().splitlines(keepends=True)[:50], office)
    assert found is not None
    assert found.words == words


@pytest.mark.parametrize(
    "content", [b"", b"\n\n", b"\x00" * 500, b"Dear Sir,\nplease find below\n", b"{}\n" * 9, b"[" * 9]
)
def test_what_is_nothing_looks_like_nothing(office: Settings, content: bytes) -> None:
    assert likely(content.splitlines(keepends=True), office) is None
