"""Compile the hot part of the domain, as an option: the same source and the same figures in about half of the time.

`python -m deploy.compile TREE` copies this tree to another, and compiles the modules of `HOT` there by mypyc, each
beside its source. Where there is no compiler, or where one module fails, none is compiled, all of it runs from source,
and the status is 1. A tree that people edit is never compiled: Python would go on running what an older source said.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

# What every event passes through, and the classes of states that it changes. A class that one of these inherits from
# must be among them.
HOT: Final = (
    *("kept/digest", "kept/mark", "kept/memory", "kept/shown", "kept/times", "kept/waits"),
    *("calls/call", "calls/callers", "calls/depth", "calls/hours", "calls/overflow", "calls/staff", "calls/tally"),
    *("calls/windows", "checks/polya", "ledger/calls"),
    *("watch/counting", "watch/overload", "watch/rate", "watch/slot", "watch/slot_calendar", "watch/slot_times"),
    *("watch/state", "watch/watch"),
    *("desks/line", "desks/line_state", "desks/live_calls", "desks/service", "desks/service_state"),
    *("tickets/ticket", "tickets/visits"),
    *("desks/channel", "decoding", "intake", "intakes"),
)

NOT_COPIED: Final = (".git", ".venv", ".*_cache", ".hypothesis", "build", "dist", "__pycache__", "*.so")


def compile_in(tree: Path) -> None:
    """Compile the hot modules of a tree, all or none of them."""
    from mypyc.build import mypycify  # noqa: PLC0415 -- only who compiles needs it
    from setuptools import Distribution  # noqa: PLC0415
    from setuptools.command.build_ext import build_ext  # noqa: PLC0415

    before = Path.cwd()
    os.chdir(tree)  # mypyc names modules by where it stands
    try:
        with TemporaryDirectory() as scratch:
            hot = [f"streams/{name}.py" for name in HOT]
            extensions = mypycify(
                ["--config-file=", "--ignore-missing-imports", "--follow-imports=silent", *hot],
                opt_level="3",
                target_dir=f"{scratch}/c",
            )
            command = build_ext(Distribution({"name": "tocsin-domain", "ext_modules": extensions}))
            command.build_temp, command.build_lib, command.parallel = f"{scratch}/o", f"{scratch}/lib", True
            command.ensure_finalized()
            command.run()
            for built in Path(scratch, "lib").rglob("*.so"):
                shutil.copy(built, tree / built.relative_to(f"{scratch}/lib"))
    finally:
        os.chdir(before)


def main(arguments: Sequence[str]) -> int:
    """Copy this tree, compile the copy, and say what came of it."""
    tree = Path(arguments[1]).resolve()
    shutil.rmtree(tree, ignore_errors=True)
    shutil.copytree(".", tree, ignore=shutil.ignore_patterns(*NOT_COPIED))
    try:
        compile_in(tree)
    except (Exception, SystemExit) as error:  # noqa: BLE001 -- a compiler may fail in any way, and none is needed
        print(f"the domain is not compiled and runs from source: {error}", file=sys.stderr)  # noqa: T201 -- a program
        return 1
    print(f"{len(HOT)} modules of the domain are compiled in {tree}")  # noqa: T201 -- a program
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
