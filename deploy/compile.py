"""Optional compilation of the hot part of the domain: the same source gives the same figures in about half the time.

mypyc compiles the modules of `HOT`, each beside its source: in a copy of this tree, with `python -m deploy.compile
TREE`; or in the wheel, if `HATCH_BUILD_HOOK_ENABLE_CUSTOM=1` is set. Without a compiler, or if one module fails, none
is compiled, and everything runs from source. A tree under development is never compiled, because Python would continue
to run code from an older source.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.builders.wheel import WheelBuilderConfig

# The modules that every event passes, and the classes of the states that it changes, with their base classes.
HOT: Final = (
    *("kept/digest", "kept/mark", "kept/memory", "kept/shown", "kept/times", "kept/waits"),
    *("calls/call", "calls/callers", "calls/depth", "calls/hours", "calls/overflow", "calls/staff", "calls/tally"),
    *("calls/windows", "checks/polya", "checks/twins", "ledger/calls", "questions/stratum"),
    *("watch/asking", "watch/copies", "watch/counting", "watch/overload", "watch/rate", "watch/slot"),
    *("watch/slot_calendar", "watch/slot_times", "watch/state", "watch/telephones", "watch/watch"),
    *("desks/line", "desks/line_state", "desks/live_calls", "desks/service", "desks/service_state"),
    *("tickets/ticket", "tickets/visits"),
    *("intake_state", "positions", "intake", "intakes"),
)

NOT_COPIED: Final = (".git", ".venv", ".*_cache", ".hypothesis", "build", "dist", "__pycache__", "*.so")


def compile_to(folder: Path) -> bool:
    """Compile the hot modules of this tree into a folder, print the result, and return whether all were compiled."""
    try:
        _compile(folder)
    except (Exception, SystemExit) as error:  # noqa: BLE001 -- a compiler may fail in any way, and none is needed
        print(f"the domain is not compiled and runs from source: {error}", file=sys.stderr)  # noqa: T201 -- a program
        return False
    print(f"{len(HOT)} modules of the domain are compiled")  # noqa: T201
    return True


def _compile(folder: Path) -> None:
    from mypyc.build import mypycify  # noqa: PLC0415 -- only who compiles needs it
    from setuptools import Distribution  # noqa: PLC0415
    from setuptools.command.build_ext import build_ext  # noqa: PLC0415

    with TemporaryDirectory() as scratch:
        hot = [f"streams/{name}.py" for name in HOT]
        extensions = mypycify(
            ["--config-file=", "--cache-dir=/dev/null", "--ignore-missing-imports", "--follow-imports=silent", *hot],
            opt_level=os.environ.get("MYPYC_OPT_LEVEL", "3"),  # mypyc's own name for it
            debug_level="0",
            target_dir=f"{scratch}/c",
        )
        command = build_ext(Distribution({"name": "tocsin-domain", "ext_modules": extensions}))
        command.build_temp, command.build_lib, command.parallel = f"{scratch}/o", str(folder), True
        command.ensure_finalized()
        command.run()


class CompiledWheel(BuildHookInterface[WheelBuilderConfig]):
    """The hook that adds compiled modules to Hatch's wheel; without them it is a pure Python wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, unless the wheel is an editable one, which only refers to this tree."""
        self.folder = TemporaryDirectory()
        if version == "editable" or not compile_to(Path(self.folder.name)):
            return
        built = Path(self.folder.name).rglob("*.so")
        build_data["force_include"] |= {str(each): str(each.relative_to(self.folder.name)) for each in built}
        build_data |= {"pure_python": False, "infer_tag": True}

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002
        """Remove the compiled modules, which are in the wheel by now."""
        self.folder.cleanup()


def main(arguments: Sequence[str]) -> int:
    tree = Path(arguments[1]).resolve()
    shutil.rmtree(tree, ignore_errors=True)
    shutil.copytree(".", tree, ignore=shutil.ignore_patterns(*NOT_COPIED))
    with TemporaryDirectory() as folder:
        if not compile_to(Path(folder)):
            return 1
        shutil.copytree(folder, tree, dirs_exist_ok=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
