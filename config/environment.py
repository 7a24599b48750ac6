"""Environment variables that override a configuration: each `TOCSIN_` variable sets the key that it is named after."""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING

from config.document import parse
from config.keys import keys
from config.refusal import ConfigError, Mistake, suggestion
from streams.said import said

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import BaseModel

    from config.keys import Path

PREFIX = "TOCSIN_"
RESERVED = re.compile(
    r"TOCSIN_(TEST_.*|PSEUDONYM_KEY|AMI_PASSWORD|EVENT_SOCKET_PASSWORD|MAIL_PASSWORD|CONFIG|STATE_DIR)"
)


def variable(path: Path) -> str:
    """Return the variable that sets a key.

    >>> variable(("lines", "cni-passeport", "target"))
    'TOCSIN_LINES_CNI_PASSEPORT_TARGET'
    """
    return PREFIX + re.sub(r"[^A-Z0-9]+", "_", "_".join(path).upper())


def overlay(
    document: dict[str, object], environ: Mapping[str, str], model: type[BaseModel]
) -> tuple[dict[str, object], dict[Path, str]]:
    """Return a copy of the document with the environment's values, and the variable of each changed path.

    Raise `ConfigError` for a variable that matches no key, or more than one.
    """
    named: dict[str, list[Path]] = {}
    for path in keys(model, document):
        named.setdefault(variable(path), []).append(path)
    origins: dict[Path, str] = {}
    mistakes: list[Mistake] = []
    for name in sorted(environ):
        if not name.startswith(PREFIX) or RESERVED.fullmatch(name):
            continue
        paths = named.get(re.sub("_+", "_", name), [])
        if not paths:
            mistakes.append(Mistake(name, "", said("an unknown variable"), suggestion(name, named)))
        elif len(paths) > 1:
            both = ", ".join(".".join(path) for path in paths)
            mistakes.append(
                Mistake(name, "", said("a name that fits {keys}", keys=both), said("a name that fits one key"))
            )
        elif paths[0] in origins:
            mistakes.append(
                Mistake(
                    name,
                    "",
                    said("the key that {variable} sets too", variable=origins[paths[0]]),
                    said("one of the two"),
                )
            )
        else:
            origins[paths[0]] = name
    if mistakes:
        raise ConfigError(mistakes)
    merged = copy.deepcopy(document)
    for path in sorted(origins, key=len):  # whole mappings first, then their keys
        _put(merged, path, parse(environ[origins[path]], origins[path]))
    return merged, origins


def _put(document: dict[str, object], path: Path, value: object) -> None:
    """Set a key, creating the mappings above it. Leave a value above it that is no mapping to be refused."""
    *above, last = path
    inner: object = document
    for name in above:
        if isinstance(inner, dict):
            if inner.get(name) is None:
                inner[name] = {}
            inner = inner[name]
        elif isinstance(inner, list):  # a key inside a list refers to an existing item
            inner = inner[int(name)]
    if isinstance(inner, dict):
        inner[last] = value
