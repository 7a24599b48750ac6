"""`tocsin --version` is readable by people and by scripts."""

from __future__ import annotations

import re

import pytest

from tests.agents.forked import run


@pytest.mark.slow
@pytest.mark.parametrize(("language", "says"), [("en", "the domain"), ("fr", "son cœur")])
def test_the_version_is_told_in_a_line(language: str, says: str) -> None:
    told = run(["--lang", language, "--version"])
    assert told.returncode == 0
    assert re.fullmatch(rf"tocsin \d+\.\d+\.\d+, Python 3\.\d+\.\d+ ?; {says} .*\n", told.stdout)
