"""The source of a class. Compiled classes keep neither field types nor comments."""

from __future__ import annotations

import ast
import sys
from functools import cache
from pathlib import Path


def source_of(kind: type) -> str:
    """Return the source of a class, without its decorators.

    >>> from streams.kept.waits import Waits
    >>> source_of(Waits).splitlines()[0]
    'class Waits:'
    """
    name = kind.__module__
    module = Path(sys.modules[name].__file__ or "")
    return _classes(module.with_name(f"{name.rpartition('.')[2]}.py"))[kind.__name__]


@cache
def _classes(file: Path) -> dict[str, str]:
    """Return the source of every class in a file by name; of two classes with one name, the outer one."""
    text = file.read_text(encoding="utf-8")
    found = [each for each in ast.walk(ast.parse(text)) if isinstance(each, ast.ClassDef)]
    lines = text.splitlines()
    return {each.name: "\n".join(lines[each.lineno - 1 : each.end_lineno]) for each in reversed(found)}
