"""The reader of a YAML document as plain data. It is stricter than YAML: keys are texts and must not be repeated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

import yaml

from config.refusal import ConfigError, Mistake
from streams.said import said

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAX_CHARACTERS: Final = 1_000_000  # of a document: ten times a configuration with a thousand lines
MAX_VALUES: Final = 100_000  # with aliases expanded: nine levels of nine aliases would be 400 million values

_TEXT = "tag:yaml.org,2002:str"
_MERGE = "tag:yaml.org,2002:merge"
_TIMESTAMP = "tag:yaml.org,2002:timestamp"


class _Loader(yaml.SafeLoader):
    """A loader that leaves dates as text, so that the error for an impossible one names its key."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - the parent's own declaration, which is no ClassVar
        first: [(tag, pattern) for tag, pattern in resolvers if tag != _TIMESTAMP]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


Stamp: TypeAlias = tuple[int, ...]  # a value that changes whenever the file or folder does


def stamp(path: Path) -> Stamp:
    """Return the stamp of a file or a folder; it is empty if there is none."""
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_mtime_ns, found.st_size, found.st_ino


def read(path: Path) -> dict[str, object]:
    """Return the mapping in a file.

    Raise `ConfigError` if there is no such file or it does not contain a mapping.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError([Mistake(str(path), "", said("no such file"), said("a YAML file that exists"))]) from None
    except OSError as error:
        found = error.strerror or type(error).__name__
        raise ConfigError([Mistake(str(path), "", found, said("a YAML file that can be read"))]) from None
    except UnicodeDecodeError as error:
        raise ConfigError(
            [Mistake(str(path), "", said("byte {byte} is not UTF-8", byte=error.start), said("UTF-8 text"))]
        ) from None
    document = parse(text, str(path))
    if not isinstance(document, dict):
        found = said("an empty file") if document is None else said("a {type}", type=type(document).__name__)
        raise ConfigError([Mistake(str(path), "", found, said("a mapping with keys such as site and lines"))])
    return document


def parse(text: str, source: str) -> object:
    """Return the value of a YAML text; `source` names it in a `ConfigError`."""
    if len(text) > MAX_CHARACTERS:
        found = said("{count} characters", count=len(text))
        raise ConfigError([Mistake(source, "", found, said("a document of at most {count}", count=MAX_CHARACTERS))])
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        if node is None:
            return None
        if _size(node, {}) > MAX_VALUES:
            found = said(
                "more than {count} values with every alias written out, or a value that holds itself", count=MAX_VALUES
            )
            raise ConfigError([Mistake(source, "", found, said("fewer values, or fewer aliases"))])
        if mistakes := [Mistake(source, *mistake) for mistake in _key_mistakes(node, "")]:
            raise ConfigError(mistakes)
        value: object = loader.construct_document(node)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f" in line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise ConfigError([Mistake(source, "", f"{error.problem}{where}", "YAML")]) from None
    except (yaml.YAMLError, ValueError) as error:  # ValueError: an impossible value after an explicit tag
        raise ConfigError([Mistake(source, "", str(error), "YAML")]) from None
    except RecursionError:
        raise ConfigError([Mistake(source, "", said("values too deep within values"), said("fewer levels"))]) from None
    return value


def _size(node: yaml.Node, known: dict[int, int]) -> int:
    """Return the number of values in a node, with aliases expanded; `known` has the results by node."""
    if not isinstance(node, yaml.CollectionNode):
        return 1
    size = known.get(id(node))
    if size is None:
        known[id(node)] = MAX_VALUES  # during the calculation, as a node that contains itself never ends
        parts = node.value if isinstance(node, yaml.SequenceNode) else [each for pair in node.value for each in pair]
        size = known[id(node)] = 1 + sum(_size(each, known) for each in parts)
    return size


def _key_mistakes(node: yaml.Node, path: str) -> Iterator[tuple[str, str, str]]:
    if isinstance(node, yaml.SequenceNode):
        for position, item in enumerate(node.value):
            yield from _key_mistakes(item, f"{path}.{position}")
    if not isinstance(node, yaml.MappingNode):
        return
    lines: dict[str, int] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode) or key.tag not in (_TEXT, _MERGE):
            found = said("a key that is no text in line {line}", line=line)
            yield path, found, said('text (in quotes if it looks like a number: "600")')
            continue
        here = f"{path}.{key.value}" if path else key.value
        if key.value in lines:
            yield (
                here,
                said("the same key in lines {first} and {second}", first=lines[key.value], second=line),
                said("each key once"),
            )
        lines[key.value] = line
        yield from _key_mistakes(value, here)
