"""`docs/dependencies.md` names exactly the project's dependencies, each with its licence and a reason."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]
LOCKED = set(re.findall(r"(?m)^(\S+)==", (ROOT / "requirements.txt").read_text()))


def rows(chapter: str) -> dict[str, tuple[str, str]]:
    """Return the licence and the reason of each package in a chapter."""
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    (text,) = re.findall(rf"(?ms)^## {chapter}.*?$(.*?)(?=^## |\Z)", page)
    found = re.findall(r"(?m)^\| (\S+) \| (.+?) \| (.+?) \|$", text)
    return {name: (licence, why) for name, licence, why in found if name != "package"}


@pytest.mark.parametrize(
    ("chapter", "asked"),
    [
        ("To run", PROJECT["dependencies"]),
        ("For a demonstration: the extra `demo`", EXTRAS["demo"]),
        ("For Parquet: the extra `parquet`", EXTRAS["parquet"]),
        ("For PostgreSQL: the extra `postgres`", EXTRAS["postgres"]),
        ("For time stamps: the extra `time-stamps`", EXTRAS["time-stamps"]),
        ("To sign in by OpenID Connect: the extra `oidc`", EXTRAS["oidc"]),
        ("To develop: the extra `dev`", EXTRAS["dev"]),
        ("To compare with: the extra `bench`", EXTRAS["bench"]),
        ("To fuzz: the extra `fuzz`", EXTRAS["fuzz"]),
    ],
)
def test_it_names_what_the_project_asks_for(chapter: str, asked: list[str]) -> None:
    assert [*rows(chapter)] == sorted(re.split("[=><[]", each)[0] for each in asked)


def test_what_comes_with_them_is_locked() -> None:
    assert rows("What comes with these, and matters").keys() <= LOCKED


def test_every_extra_has_a_chapter() -> None:
    assert set(EXTRAS) == {"demo", "parquet", "postgres", "time-stamps", "oidc", "dev", "bench", "fuzz"}
