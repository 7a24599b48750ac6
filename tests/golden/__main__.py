"""Write the output of every surface, or compare it with an earlier output.

`python -m tests.golden write FOLDER` writes a file for each surface. `compare FOLDER` prints the differences from those
files, and ends with status 1 if there are any. `accept` writes the digests that the test expects.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from difflib import unified_diff
from pathlib import Path

from tests.golden.digests import write_digests
from tests.golden.surfaces import Surface, surfaces


def write(folder: Path, shown: Iterable[Surface]) -> None:
    """Write each surface into a file below a folder."""
    for name, text in shown:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text.encode())


def differences(folder: Path, shown: Iterable[Surface]) -> Iterator[str]:
    """Yield the lines by which surfaces differ from the files below a folder, as `diff -u` prints them."""
    before = {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()}
    for name, text in shown:
        path = before.pop(name, None)
        known = "" if path is None else path.read_bytes().decode()
        if known != text:
            yield from unified_diff(known.split("\n"), text.split("\n"), f"before/{name}", f"after/{name}", lineterm="")
    for name in before:
        yield f"only before: {name}"


def main() -> int:
    """Run the command line; return the status."""
    parser = argparse.ArgumentParser(prog="python -m tests.golden", description=__doc__)
    parser.add_argument("do", choices=("write", "compare", "accept"))
    parser.add_argument("folder", type=Path, nargs="?")
    given = parser.parse_args()
    if given.do == "accept":
        write_digests(surfaces())
        return 0
    if given.folder is None:
        parser.error("expected a folder")
    if given.do == "write":
        write(given.folder, surfaces())
        return 0
    found = list(differences(given.folder, surfaces()))
    sys.stdout.write("".join(f"{line}\n" for line in found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
