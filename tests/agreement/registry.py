"""All possible surfaces of a figure, listed from the code: formats, files, pages, commands, metrics."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from aiohttp import web
from typer.main import get_command

from agents.board.follower import Follower
from agents.board.nation.followed import FollowedOffices
from agents.board.nation.server import NationBoard
from agents.board.server import Board
from agents.cli import app
from agents.language import Language
from agents.report.format import DOWNLOADS, Format
from config.offices import OfficeFiles
from tests.agreement.nation import OF_MANY
from tests.deploy.boards import made, panels
from tests.deploy.families import families
from tests.golden.memory import in_memory
from tests.golden.surfaces import NATION, OFFICE

RULES = Path(__file__).parents[2] / "deploy/prometheus/rules"
NAME = re.compile(r"(?<![\w:])(tocsin_\w+)(?![\w:])")  # of a metric, not of a recording rule
READ = {  # metrics that are read with a surface
    *("metric tocsin_indicator", "metric tocsin_indicator_coverage_ratio", "metric tocsin_indicator_off_target"),
    *("metric tocsin_calls_offered_total", "metric tocsin_calls_lost_total"),
}


def surfaces() -> Iterator[str]:
    """Yield every name."""
    yield from (f"format {each}" for each in Format if each is not Format.TABLE)  # as `totals` prints it
    yield from (f"download {each}" for each in DOWNLOADS)
    yield from (f"command {each}" for each in _commands(get_command(app)))
    yield from (f"page {each}" for each in _pages(OFFICE))
    yield from (f"metric {re.sub('_(bucket|count|sum)$', '', each)}" for each in families())
    yield "nation's command totals"
    yield from (
        f"nation's {of} {each}" for of in ("format", "download") for each in OF_MANY if each is not Format.TABLE
    )
    own = [*_pages(OFFICE)]
    office = {f"/sites/{{site}}{each}" for each in own} | {each for each in own if each.startswith("/api/")}
    yield from (f"nation's page {each}" for each in _pages(NATION) if each not in office)


def asked() -> Iterator[str]:
    """Yield the metrics in the queries of Grafana's boards and of the Prometheus rules."""
    for board in made(Language.EN).values():
        for panel in panels(board):
            for target in panel["targets"]:
                yield from (f"metric {name}" for name in NAME.findall(target["expr"]))
    for path in RULES.glob("*.yml"):
        for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]:
            for rule in group["rules"]:
                yield from (f"metric {name}" for name in NAME.findall(rule["expr"]))


def _commands(group: Any, above: str = "") -> Iterator[str]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _commands(command, f"{name} ")
        else:
            yield f"{above}{name}"


def _pages(config: Path) -> Iterator[str]:
    """Yield the pages of a board, without starting it."""
    with in_memory(), pytest.MonkeyPatch.context() as patch:
        patch.setenv("TOCSIN_KAFKA_PARTITIONS", "1")
        files = OfficeFiles(config, {"TOCSIN_KAFKA_PARTITIONS": "1"})
        offices = files.load()
        follower = Follower(offices.shared)
        served: web.Application = (
            Board(offices.office(None), follower).app()
            if offices.nation is None
            else NationBoard(FollowedOffices(files, offices), follower).app()
        )
    for route in served.router.routes():
        if route.method == "GET" and route.resource is not None:
            yield route.resource.canonical
