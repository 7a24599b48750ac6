"""A mapping by a closed list has every value of it: a value that was added to the list only fails here."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from enum import Enum
from importlib import import_module
from types import UnionType
from typing import Any, Final, Literal, NamedTuple, Union, get_args, get_origin

import pytest

from tests.imports import PRODUCT, modules

PARTIAL: Final[Mapping[str, str]] = {
    "agents.audit.recount._COUNTED": "the topics of events that a ledger's day is counted from",
    "agents.commands.ingest.LISTENERS": "two exchanges send over a connection; all else comes in files",
    "agents.reconcile.story._WAYS": "how two records of a call were matched, where they were",
    "agents.schemas.asyncapi._CHANNELS": "the changelog of the states is the worker's own",
    "agents.report.finding.CASES": "kinds that need other words at a counter; the words for lines do for the rest",
    "agents.sources.tables.columns._DESKS": "calls and readings name their line",
    "agents.sources.tables.readings._MINUTES": "a day is no fixed number of minutes",
    "agents.sources.registry.CONNECTORS": "a survey is answers, not events",
    "streams.watch.incident.STATUS": "who takes an incident rules nothing",
}


class ClosedMapping(NamedTuple):
    """A mapping of a module by the values of a closed list: a literal type, or an enumeration."""

    name: str
    keys: frozenset[Any]
    values: frozenset[Any]  # of the list


def closed_mappings() -> Iterator[ClosedMapping]:
    """Yield the mappings of all modules that are annotated with a closed list as their keys."""
    for package in PRODUCT:
        for name, tree in modules(package).items():
            for node in tree.body:
                if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
                    for listed in keyed_by(node.annotation):
                        module = import_module(name)
                        if values := values_of(getattr(module, listed, None)):
                            keys = frozenset(getattr(module, node.target.id))
                            yield ClosedMapping(f"{name}.{node.target.id}", keys, values)


def keyed_by(annotation: ast.expr) -> list[str]:
    """Return the type name of a mapping's keys; empty if an annotation is not a mapping."""
    match annotation:
        case ast.Subscript(ast.Name("Final"), inner):
            return keyed_by(inner)
        case ast.Subscript(ast.Name("Mapping" | "dict"), ast.Tuple([ast.Name(listed), *_])) if listed[0].isupper():
            return [listed]
    return []


def values_of(listed: Any) -> frozenset[Any]:
    """Return the values of a closed list; nothing for any other type."""
    if get_origin(listed) is Literal:
        return frozenset(get_args(listed))
    if get_origin(listed) in {Union, UnionType}:
        parts = [values_of(each) for each in get_args(listed)]
        return frozenset().union(*parts) if all(parts) else frozenset()
    return frozenset(listed) if isinstance(listed, type) and issubclass(listed, Enum) else frozenset()


@pytest.mark.slow
def test_every_value_of_a_closed_list_is_in_each_mapping_by_it() -> None:
    lacking = {each.name: sorted(map(str, each.values - each.keys)) for each in closed_mappings()}
    assert {"streams.indicators.kinds.KINDS", "agents.pages.sheets.SHEETS", "agents.pages.words.VERDICTS"} <= set(
        lacking
    )
    assert {name: values for name, values in lacking.items() if values and name not in PARTIAL} == {}
    assert [name for name in PARTIAL if not lacking[name]] == [], "it has every value by now"
