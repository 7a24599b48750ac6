"""`python -m tests.selection [SINCE]`: name the tests that the changes since a commit affect, in their order.

A changed module is tested by every test that imports it, directly or not. The tests of its folder run first, then the
nearest by imports, as these find most faults. A file that is not a module counts as a change of the modules that name
it.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from tests.imports import ROOT, TREE, distances, importers, modules, named

ALWAYS: Final = "tests/test_layout.py"  # the rules of imports and of the places of tests
MOST: Final = 150  # files: more than `make check` has time for, and pytest takes long to collect more


def differing(since: str, root: Path = ROOT) -> list[Path]:
    """Return the files that differ from a commit or are not in git yet, below the root; deleted ones are left out."""

    def listed(*words: str) -> list[str]:
        run = subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, check=True)
        return run.stdout.splitlines()

    changed = listed("diff", "--name-only", "--diff-filter=d", "--relative", since)
    return sorted({Path(each) for each in (*changed, *listed("ls-files", "--others", "--exclude-standard"))})


def touched(file: Path, sources: Mapping[str, str]) -> Iterator[str]:
    """Yield the modules that a file changes: itself, modules that name it, or all modules of the nearest folder."""
    if file.suffix == ".py" and file.parts[0] in TREE:
        if (name := named(file)) in sources:
            yield name
        return
    if naming := [name for name, source in sources.items() if file.name in source]:
        yield from naming
        return
    for folder in (file.parent, *(Path("tests") / file.parent).parents):
        names = [name for name in sources if name.rpartition(".")[0] == ".".join(folder.parts)]
        if near := [name for name in names if is_test(name) or folder.parts[0] != "tests"]:
            yield from near
            return


def chosen(files: Iterable[Path], root: Path = ROOT) -> list[str]:
    """Return what pytest runs for files that differ: tests, and modules with doctests, the first to run first."""
    sources, trees = dict[str, str](), {}
    for package in TREE:
        for name, tree in modules(package, root).items():
            trees[name] = tree
            sources[name] = (root / path_of(name)).read_text(encoding="utf-8")
    changed = {name for file in files for name in touched(file, sources)}
    if not changed:
        return []
    reached = distances(sorted(changed), importers(trees))
    runs = [name for name in reached if is_test(name) or (not name.startswith("tests.") and ">>> " in sources[name])]
    rooms = {folder(name) for name in changed}
    runs.sort(key=lambda name: (folder(name) not in rooms, reached[name], name))
    return [ALWAYS, *(path for name in runs if (path := path_of(name)) != ALWAYS)]


def folder(name: str) -> str:
    """Return the folder of a module, or the one that a test mirrors."""
    return name.removeprefix("tests.").rpartition(".")[0]


def path_of(name: str) -> str:
    return f"{name.replace('.', '/')}.py"


def is_test(name: str) -> bool:
    return name.rpartition(".")[2].startswith("test_")


def main(since: str) -> int:
    """Print the paths for pytest on standard output, and a summary for people on standard error."""
    files = differing(since)
    runs = chosen(files)
    shown = ", ".join(map(str, files[:5])) + (f" and {len(files) - 5} more" if len(files) > 5 else "")
    few = f"; the first {MOST} are taken" if len(runs) > MOST else ""
    sys.stderr.write(f"Differs from {since}: {shown or 'no file'}. {len(runs)} files with tests stand on that{few}.\n")
    sys.stdout.write("\n".join(runs[:MOST]))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:] or ["HEAD"]))
