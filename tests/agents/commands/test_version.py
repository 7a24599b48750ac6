"""`tocsin --version` is readable by people and by scripts."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest


@pytest.mark.slow
@pytest.mark.parametrize(("language", "says"), [("en", "the domain"), ("fr", "son cœur")])
def test_the_version_is_told_in_a_line(language: str, says: str) -> None:
    command = [sys.executable, "-m", "agents", "--lang", language, "--version"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert re.fullmatch(rf"tocsin \d+\.\d+\.\d+, Python 3\.\d+\.\d+ ?; {says} .*\n", told)
