"""The size of the product is counted as in the last line of CI."""

from __future__ import annotations

from pathlib import Path

from tests.house import House, house


def test_rooms_arrows_and_lines_are_counted(tmp_path: Path) -> None:
    for name, content in {
        "streams/calls/call.py": "import math\n\n\nclass Call: ...\n",
        "streams/calls/counts.py": "from streams.calls.call import Call\n",
        "streams/desks/line.py": "from streams.calls import call\nfrom streams.calls.counts import x\n",
        "agents/cli.py": "def run() -> None:\n    import streams.desks.line\n",
        "config/__init__.py": "# no module\n",
        "tests/test_call.py": "import agents.cli\n",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
    assert house(tmp_path) == House(rooms=3, arrows=2, lines=10)
    assert str(House(3, 2, 72_440)) == "3 rooms, 2 arrows, 72,440 product lines"
