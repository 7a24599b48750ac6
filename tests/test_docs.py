"""Everything that the documents name exists: pages, files of the code, commands and their options, targets of make."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from contextlib import ExitStack, chdir, suppress
from pathlib import Path
from typing import Final

import pytest
import typer
from typer.testing import CliRunner

from agents.cli import app
from config.settings import load
from tests.agents.running import worker
from tests.documented import Command, in_blocks, in_sentences, resolved
from tests.examples import office
from tests.waiting import until

ROOT: Final = Path(__file__).parents[1]
FOLDERS: Final = ("agents", "benchmarks", "config", "deploy", "docs", "examples", "streams", "tests", ".ci")
PAGES: Final = sorted([*ROOT.glob("*.md"), *(page for folder in FOLDERS for page in (ROOT / folder).rglob("*.md"))])

LINK: Final = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]*))?\)")
NAMED: Final = re.compile(rf"`((?:{'|'.join(map(re.escape, FOLDERS))})/[\w./-]*|[A-Z]+\.md|LICENSE)`")

PROGRAMS: Final = {  # by the variable of make that passes options to it
    "ATTACK": "tests/attack/__main__.py",
    "CHAOS": "tests/chaos/__main__.py",
    "DETECT": "benchmarks/detection/__main__.py",
    "EXCHANGE": "tests/exchange/__main__.py",
    "FUZZ": "tests/fuzz/__main__.py",
    "WALLS": "benchmarks/walls.py",
}
SERVERS: Final = {"", "demo", "board"}  # which have tests of their own

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def prose(page: Path) -> str:
    """Return a page without its blocks of code."""
    return re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub and GitLab make them."""
    headings = re.findall(r"^#+ (.+)$", prose(page), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


@each_page
def test_every_link_leads_somewhere(page: Path) -> None:
    for link, anchor in LINK.findall(prose(page)):
        goal = (page.parent / link).resolve() if link else page
        assert goal.exists(), link
        assert not anchor or anchor in anchors(goal), f"{link}#{anchor}"


@each_page
def test_an_image_of_tocsin_is_of_this_version(page: Path) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = set(re.findall(r"\btocsin/tocsin:([\w.-]+)", page.read_text(encoding="utf-8")))
    assert named <= {project["version"]}


@each_page
def test_every_file_that_is_named_is_there(page: Path) -> None:
    missing = [name for name in NAMED.findall(prose(page)) if not (ROOT / name).exists()]
    assert not missing


@pytest.mark.parametrize("told", [each for each in in_blocks() if each.after("tocsin") is not None], ids=str)
def test_a_command_of_a_block_is_one_that_tocsin_takes(told: Command) -> None:
    command, rest = resolved(told.after("tocsin") or [])
    try:
        with suppress(typer.Exit):  # `--version` exits at once
            command.make_context(command.name, rest)
    except typer.BadParameter as error:  # all but the files of an office are known here
        if "does not exist" not in error.message:
            raise


@pytest.mark.parametrize("told", [each for each in in_sentences() if each.after("tocsin") is not None], ids=str)
def test_a_command_of_a_sentence_is_one_with_its_options(told: Command) -> None:
    command, rest = resolved(told.after("tocsin") or [])
    known = {option for each in command.params for option in each.opts} | {"--help"}
    assert {word.partition("=")[0] for word in rest if word.startswith("--")} <= known


@pytest.mark.parametrize(
    "told", [each for each in (*in_blocks(), *in_sentences()) if each.after("make") is not None], ids=str
)
def test_a_target_of_make_is_one_with_its_variables(told: Command) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8").replace("$(VENV)", ".venv")
    variables = makefile + (ROOT / "deploy/image").read_text(encoding="utf-8")
    for word in (each for each in told.words if each != "make"):
        name, is_variable, _ = word.partition("=")
        assert re.search(rf"\b{name}\b" if is_variable else rf"^{re.escape(name)}:", variables, re.MULTILINE), word


def given() -> Iterator[tuple[str, str]]:
    """Yield each variable of make that passes options, with the options in the help or on a page."""
    told = (ROOT / "Makefile").read_text(encoding="utf-8")
    told += " ".join(each.written for each in (*in_blocks(), *in_sentences()) if each.after("make") is not None)
    for variable, options in re.findall(rf'({"|".join(PROGRAMS)})=("--[^"]+"|--\S+)', told):
        yield variable, options.strip('"')


@pytest.mark.parametrize(("variable", "options"), sorted(set(given())))
def test_what_make_hands_on_are_options_of_the_program(variable: str, options: str) -> None:
    program = (ROOT / PROGRAMS[variable]).read_text(encoding="utf-8")
    for option in (word for word in options.split() if word.startswith("--")):
        assert f'"{option}"' in program or f"    {option[2:]}: Annotated" in program, option


def test_nobody_is_told_to_fetch_tocsin_from_a_registry_that_has_none() -> None:
    texts = (ROOT / "agents/locale/fr.po", *PAGES)
    found = [page for page in texts if re.search(r"pipx? install '?tocsin\b", page.read_text(encoding="utf-8"))]
    assert not found, "Tocsin is not published: name the library, the clone or the wheel's file"


def test_commands_are_found_in_blocks_and_in_sentences(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```sh\nA=1 tocsin totals \\\n  --year 1  # one\nmake x && make y\n```\n```\ntocsin no\n```\n")
    assert [each.words for each in in_blocks(page)] == [
        ["A=1", "tocsin", "totals", "--year", "1"],
        ["make", "x"],
        ["make", "y"],
    ]
    assert {"analyze", "certify", "check", "ingest", "review", "simulate", "totals", "worker"} <= {
        (each.after("tocsin") or [""])[0] for each in in_blocks()
    }
    assert resolved(["review", "list", "--json"])[1] == ["--json"]
    with pytest.raises(KeyError):
        resolved(["reviw", "list"])


@pytest.mark.broker
def test_the_commands_for_a_clone_run_in_their_order(broker: str, prefix: str, tmp_path: Path) -> None:
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    config = ROOT / "examples/office.yaml"
    kafka = {"TOCSIN_KAFKA_BOOTSTRAP": broker, "TOCSIN_KAFKA_PREFIX": prefix}
    settings = load(config, kafka)
    ran = []
    with ExitStack() as running:
        running.enter_context(office.shell(tmp_path / "state", **kafka))
        running.enter_context(chdir(tmp_path))
        for told in in_blocks():
            name, *arguments = told.after("tocsin") or [""]
            if not told.words[0].startswith(".venv/bin/") or name in SERVERS:
                continue
            if name == "worker":
                running.enter_context(worker(settings, TOCSIN_CONFIG=str(config)))
            else:
                run_until_done([name, *arguments])
            ran.append(name)
    assert {"analyze", "init", "ingest", "callbacks", "certify", "simulate", "totals"} <= set(ran)


def run_until_done(arguments: list[str]) -> None:
    """Run a command until its output includes what the worker counts meanwhile."""
    said: list[str] = []

    def done() -> bool:
        result = CliRunner().invoke(app, arguments)
        said.append(result.output)
        return result.exit_code == 0

    until(done, lambda: f"{arguments}\n{said[-1]}", every=1)
