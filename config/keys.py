"""The possible keys of a configuration, as paths through the models of its settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import UnionType
from typing import TypeAlias, Union, get_args, get_origin

from pydantic import BaseModel

Path: TypeAlias = tuple[str, ...]


def keys(model: type[BaseModel], document: object, under: Path = ()) -> Iterator[Path]:
    """Yield the path of every key of a model. A mapping or a list in it has the items that it has in the document."""
    for field_name, field in model.model_fields.items():
        name = field.alias or field_name
        yield (*under, name)
        yield from _inside(field.annotation, _at(document, name), (*under, name))


def _inside(annotation: object, document: object, under: Path) -> Iterator[Path]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield from keys(annotation, document, under)
    elif get_origin(annotation) is Mapping and isinstance(document, dict):
        _, item = get_args(annotation)
        for name in document:
            yield (*under, name)
            yield from _inside(item, document[name], (*under, name))
    elif get_origin(annotation) is tuple and isinstance(document, list):
        for number, each in enumerate(document):
            yield from _inside(get_args(annotation)[0], each, (*under, str(number)))
    elif get_origin(annotation) in {Union, UnionType}:
        for choice in get_args(annotation):
            yield from _inside(choice, document, under)


def _at(document: object, name: str) -> object:
    return document.get(name) if isinstance(document, dict) else None
