"""Tocsin's metrics, from the code itself, and the metrics in an expression of Prometheus."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, Final, NamedTuple, cast

from agents.across.figures import AcrossFigures
from agents.board.figures import BoardFigures
from agents.history.ledger import History
from agents.metrics import catalogue
from agents.metrics.subjects import kinds
from agents.worker.gathered import AWAY
from config.offices import Offices
from tests.agents.scraping import OFFICE, Worker

SUFFIXES: Final = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count")}
MODIFIERS: Final = re.compile(r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)")
STRINGS: Final = re.compile(r",\s*\"[^\"]*\"")  # the arguments of a function
RANGES: Final = re.compile(r"\[[^]]*\]|\boffset\s+\w+")
SELECTOR: Final = re.compile(r"\b([a-zA-Z_:][\w:]*)\b(?!\s*\()(?:\{([^}]*)\})?")
MATCHER: Final = re.compile(r"(\w+)\s*(?:=~|!~|!=|=)\s*[\"']([^\"']*)[\"']")
WORDS: Final = {"and", "or", "unless", "bool", "offset"}


class Selector(NamedTuple):
    """A metric's name and the label matchers on it."""

    name: str
    matchers: dict[str, str]


def families() -> dict[str, frozenset[str]]:
    """Return the labels of each series that a worker, several under one process or a board can show, by its name."""
    follower, years = SimpleNamespace(read=None), SimpleNamespace(shown=list, broken=dict)
    weeks = SimpleNamespace(site=OFFICE.site, coming=list)
    board = BoardFigures(cast("Any", follower), cast("Any", years), cast("Any", weeks), lambda _: {}, list)
    of_desks = [
        (family.name, family.kind, family.labels)
        for written in kinds(lambda _: OFFICE)
        for family in written.families()
    ]
    of_worker = (*catalogue.site_families({OFFICE.site: OFFICE}, {OFFICE.site: True}), *Worker().figures.pipeline())
    shown: list[Any] = [*of_worker, *board.collect(), *_across().collect()]
    others = [(family.name, family.type, family._labelnames) for family in shown]
    return {AWAY: frozenset()} | {
        name + suffix: frozenset(labels)
        for name, kind, labels in (*of_desks, *others)
        for suffix in SUFFIXES.get(kind, ("",))
    }


def _across() -> AcrossFigures:
    offices, nothing = Offices.alone(OFFICE), History(OFFICE)
    return AcrossFigures(lambda: offices, lambda: nothing, lambda: 0)


def selectors(expression: str) -> Iterator[Selector]:
    """Yield the selectors of an expression without parsing it: enough for the rules in this project."""
    for name, matchers in SELECTOR.findall(STRINGS.sub(" ", RANGES.sub(" ", MODIFIERS.sub(" ", expression)))):
        if name not in WORDS:
            yield Selector(name, dict(MATCHER.findall(matchers)))
