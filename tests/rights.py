"""The rights of each role, read from the table that people read: `docs/security.md`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from tests.secured import PREFIX, Right

TABLE: Final = Path(__file__).parents[1] / "docs" / "security.md"
OPERATIONS: Final = ("Describe", "DescribeConfigs", "Create", "Read", "Write")


def rights_of(role: str, user: str) -> list[Right]:
    """Return what a user of a role may do."""
    row = re.search(rf"(?m)^\| {role} \|.*$", TABLE.read_text(encoding="utf-8"))
    assert row, f"no role {role}"
    _, _, _, *cells, group, _ = row[0].split("|")
    found = []
    for operation, cell in zip(OPERATIONS, cells, strict=True):
        if "every topic" in cell:
            found.append(Right(user, "topic", PREFIX, prefixed=True, operation=operation))
        names = re.findall("`(.+?)`", cell)
        found += [Right(user, "topic", PREFIX + name, prefixed=False, operation=operation) for name in names]
    for name in re.findall("Read on `(.+?)`", group):
        found.append(Right(user, "group", PREFIX + name, prefixed=False, operation="Read"))
    return found
