"""The import graph of the tree, read from the source: for the layout, and for the tests that a change affects."""

from __future__ import annotations

import ast
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
PRODUCT: Final = ("streams", "config", "agents", "deploy")
TREE: Final = (*PRODUCT, "benchmarks", "tests")


def named(path: Path) -> str:
    """Return the dotted name of a module from its path below the root."""
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def modules(package: str, root: Path = ROOT) -> dict[str, ast.Module]:
    """Return the modules of a package, parsed, by dotted name."""
    return {
        named(path.relative_to(root)): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted((root / package).rglob("*.py"))
        if path.name != "__init__.py"
    }


def imported(tree: ast.Module) -> Iterator[str]:
    """Yield the dotted names that a module imports, at any depth."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{name.name}" for name in node.names)


def room(name: str) -> str:
    """Return the room of a module: its folder, or the module itself at the top of a package."""
    return ".".join(name.split(".")[:2])


def importers(trees: Mapping[str, ast.Module]) -> dict[str, set[str]]:
    """Return, for each module, the modules that import it or name it in a string, to start it as a process.

    pytest imports a conftest for every test below it.
    """
    found = defaultdict[str, set[str]](set)
    for name, tree in trees.items():
        strings = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
        for each in (*imported(tree), *(each for each in strings if isinstance(each, str) and each in trees)):
            home = each
            while home and home not in trees:
                home = home.rpartition(".")[0]
            if home:
                found[home].add(name)
        folder, _, last = name.rpartition(".")
        if last == "conftest":
            found[name] |= {each for each in trees if each.startswith(f"{folder}.")}
    return found


def distances(changed: Iterable[str], above: Mapping[str, set[str]]) -> dict[str, int]:
    """Return every module that depends on `changed`, with the number of imports between them (0: changed itself)."""
    found = dict.fromkeys(changed, 0)
    waiting = deque(found)
    while waiting:
        name = waiting.popleft()
        for each in above.get(name, ()):
            if each not in found:
                found[each] = found[name] + 1
                waiting.append(each)
    return found
