"""Environment variables that override a configuration: each `TOCSIN_` variable sets the key that it is named after."""

from __future__ import annotations

import copy
import re
from enum import StrEnum
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
OF_TESTS = "TOCSIN_TEST_"


class Variable(StrEnum):
    """A variable that sets no key. Whoever reads one takes its name from here, so none is refused as unknown."""

    CONFIG = "TOCSIN_CONFIG"
    STATE_DIR = "TOCSIN_STATE_DIR"
    LOG = "TOCSIN_LOG"
    PSEUDONYM_KEY = "TOCSIN_PSEUDONYM_KEY"
    AMI_PASSWORD = "TOCSIN_AMI_PASSWORD"  # noqa: S105 -- the variable's name, as the next two
    EVENT_SOCKET_PASSWORD = "TOCSIN_EVENT_SOCKET_PASSWORD"  # noqa: S105
    MAIL_PASSWORD = "TOCSIN_MAIL_PASSWORD"  # noqa: S105
    IMAGE = "TOCSIN_IMAGE"  # deploy/compose/compose.yaml reads this one and the next two
    PULL = "TOCSIN_PULL"
    PROMETHEUS_URL = "TOCSIN_PROMETHEUS_URL"


_OWN = frozenset(Variable)


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
        if not name.startswith(PREFIX) or name.startswith(OF_TESTS) or name in _OWN:
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
