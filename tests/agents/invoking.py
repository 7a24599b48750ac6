"""Commands as run from a shell, and their output."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from agents.cli import app

HOST = "127.0.0.1"

LOG = b"""\
1543600000|1543600000.1|standard|NONE|ENTERQUEUE||0612345678|1
1543600009|1543600000.1|standard|Agent/2|CONNECT|9|1543600001.2|4
1543600039|1543600000.1|standard|Agent/2|COMPLETECALLER|9|30|1
1543600040|1543600040.1|600|NONE|ENTERQUEUE||0612345679|1
1543600052|1543600040.1|600|NONE|ABANDON|1|1|12
1543600060|1543600060.1|nowhere|NONE|ENTERQUEUE||0612345670|1
15436|0612345678|tor
"""
EVENTS = b"""\
{"line": "standard", "call": "1", "type": "answered", "at": 1543600000, "wait": 3}
{"line": "x", "call": "1", "type": "answered", "at": 1543600000, "wait": 3}
{"line": "standard", "call": "1", "type": "answerd", "at": 1543600000, "wait": 3}
"""
OFFICE = """\
site: lozere
lines:
  standard: {}
  circulation: {queues: ["600"]}
"""


def written(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    return str(path)


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments, terminal_width=200)


def refused(*arguments: str) -> str:
    """Return the error of a wrong use or configuration; standard output must be empty."""
    result = invoke(*arguments)
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    return " ".join(result.stderr.replace("│", " ").split())


def found(*arguments: str) -> dict[str, Any]:
    result = invoke("analyze", *arguments, "--json")
    assert result.exit_code == 0, result.output
    document: dict[str, Any] = json.loads(result.stdout)
    return document


def unusable(command: str, *arguments: str) -> str:
    """Return the error for a file without a usable row."""
    result = invoke(command, *arguments)
    assert result.exit_code == 1, result.output
    return " ".join(result.stderr.split())


def raw(document: dict[str, Any], line: str) -> tuple[int, ...]:
    counts = document["lines"][line]["raw"]
    return tuple(counts[kind] for kind in ("offered", "answered", "lost", "diverted", "unresolved"))
