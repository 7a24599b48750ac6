"""Every key of a configuration is read outside of `config/`, as a setting without effect would mislead."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Mapping
from inspect import getsource
from pathlib import Path
from textwrap import dedent
from typing import TypeAlias, get_args, get_origin

from config.mapping import Table
from config.nation import Nation
from config.office import Location
from config.part import Part
from config.settings import LineDefaults, Settings

AGENTS = Path(__file__).parents[2] / "agents"

Key: TypeAlias = tuple[str, str]  # the holder, or "" if the office chooses its name; the name of the key


def held(annotation: object) -> Iterator[type[Part]]:
    if isinstance(annotation, type) and issubclass(annotation, Part):
        yield annotation
    for inner in get_args(annotation):
        yield from held(inner)


def keys(model: type[Part], holder: str = "") -> Iterator[tuple[type[Part], Key]]:
    for name, field in model.model_fields.items():
        yield model, (holder, name)
        for inner in held(field.annotation):
            kinds = {get_origin(each) for each in (field.annotation, *get_args(field.annotation))}
            yield from keys(inner, "" if kinds & {Mapping, tuple} else name)


def reads(tree: ast.AST) -> Iterator[Key]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            of = node.value
            yield of.attr if isinstance(of, ast.Attribute) else of.id if isinstance(of, ast.Name) else "", node.attr


def read_outside() -> set[Key]:
    """Return the keys read in `agents/`, also by the methods of the settings that are called there."""
    found = {key for file in AGENTS.rglob("*.py") for key in reads(ast.parse(file.read_text(encoding="utf-8")))}
    for method in (Settings.calendar, Settings.lines_by_queue, Table.used, Location.serves):
        assert method.__name__ in {name for _, name in found}
        found |= set(reads(ast.parse(dedent(getsource(method)))))
    return found


def test_every_key_is_read_outside_config() -> None:
    found = read_outside()
    names = {name for _, name in found}
    every = {*keys(Settings), *keys(Nation)}
    places = Counter(model for model, _ in {(model, holder) for model, (holder, _) in every})
    places[LineDefaults] += 1  # read like a line's settings
    # A model used in one place only is read by the name of that place.
    unread = {
        name
        for model, (holder, name) in every
        if ((holder, name) not in found if holder and places[model] == 1 else name not in names)
    }
    assert unread == set()
