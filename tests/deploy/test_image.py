"""Contents of Tocsin's image: the locked packages, without those for developers."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
DOCKERFILE = (DEPLOY / "Dockerfile").read_text()
LAST = DOCKERFILE.rpartition("\nFROM ")[2]


def locked(path: Path) -> dict[str, set[str]]:
    entries = re.findall(r"(?m)^(\S+==\S+)[^\n]*((?:\n    --hash=\S+(?: \\)?)*)", path.read_text())
    return {pinned: set(re.findall(r"sha256:\w+", hashes)) for pinned, hashes in entries}


def names(requirements: list[str]) -> set[str]:
    return {re.split("[=>]", each)[0].lower() for each in requirements}


@pytest.mark.parametrize("name", sorted(each.name for each in DEPLOY.glob("requirements*.txt")))
def test_it_is_built_from_the_lock(name: str) -> None:
    part, whole = locked(DEPLOY / name), locked(ROOT / "requirements.txt")
    assert part
    assert all(part.values())
    assert part.items() <= whole.items()


def test_it_holds_what_runs_and_no_more() -> None:
    held = names([*locked(DEPLOY / "requirements.txt")])
    assert held >= names(PROJECT["project"]["dependencies"])
    extras = PROJECT["project"]["optional-dependencies"]
    assert not held & names([*extras["dev"], *extras["demo"]])


def test_a_demo_is_an_extra_of_its_own() -> None:
    held = names([*locked(DEPLOY / "requirements-demo.txt")])
    assert held == names(PROJECT["project"]["optional-dependencies"]["demo"])


def test_it_holds_every_extra_that_is_asked_for() -> None:
    extras = PROJECT["project"]["optional-dependencies"]
    usual, more = (names([*locked(DEPLOY / name)]) for name in ("requirements.txt", "requirements-extras.txt"))
    asked = {each: names(extras[each]) for each in extras.keys() - {"demo", "dev", "bench", "fuzz"}}
    for extra, packages in asked.items():
        assert {each.partition("[")[0] for each in packages} <= usual | more, extra


def test_what_builds_it_is_what_the_project_asks_for() -> None:
    hook = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["hooks"]["custom"]
    asked = {*PROJECT["build-system"]["requires"], *hook["dependencies"]}
    held = locked(DEPLOY / "requirements-build.txt").keys()
    assert {each for each in asked if "==" in each} <= held
    assert names([*asked]) <= names([*held])


def test_it_is_given_what_the_wheel_holds() -> None:
    """`.dockerignore` admits nothing that is not named there."""
    let_through = re.findall(r"(?m)^!(\S+)$", (ROOT / ".dockerignore").read_text())
    copied = re.findall(r"(?m)^COPY (?!--)(.+) \S+$", DOCKERFILE)
    assert sorted(let_through) == sorted(" ".join(copied).split())
    wheel = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert {*wheel["packages"], wheel["hooks"]["custom"]["path"]} < {*let_through}


def test_what_compiles_it_stays_behind() -> None:
    """The last stage installs nothing, and takes one environment, which has no pip."""
    assert "HATCH_BUILD_HOOK_ENABLE_CUSTOM=1" in DOCKERFILE
    assert re.findall(r"COPY --from=.*", LAST) == ["COPY --from=build /opt/tocsin /opt/tocsin"]
    assert not re.search(r"apt|pip|gcc", LAST)


def test_what_writes_its_boards_is_what_developers_use_and_stays_behind() -> None:
    """The environment that builds also writes Grafana's boards into the folder that the last stage takes."""
    (sdk,) = (each for each in PROJECT["project"]["optional-dependencies"]["dev"] if each.startswith("grafana"))
    assert sdk in locked(DEPLOY / "requirements-build.txt")
    assert re.search(r"PYTHONPATH=\$\(echo /build/\S+\) \S+ -m deploy\.grafana /opt/tocsin/", DOCKERFILE)


def test_it_runs_as_nobody_in_particular() -> None:
    (user,) = re.findall(r"(?m)^USER (\d+):\d+$", LAST)
    assert int(user) > 0
