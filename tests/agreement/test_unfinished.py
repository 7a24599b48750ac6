"""The figures of an unfinished month are the same by a command and by the board, long after a replay's last day."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Final

import pytest

from agents.report.format import Format
from config.offices import OfficeFiles
from tests.agreement.office import counted
from tests.golden.counting import Counting
from tests.golden.events import MadeUp
from tests.golden.memory import in_memory
from tests.golden.plain import plain
from tests.golden.surfaces import NATION, OFFICE

LONG_AFTER: Final = datetime(2026, 12, 3, 6, tzinfo=UTC)
MONTH: Final = "2025-03"


@contextmanager
def twelve_days(config: Path) -> Iterator[Counting]:
    """Count the first twelve days of the month; a command asks long after."""
    offices = OfficeFiles(config, dict(os.environ)).load()
    with in_memory() as (topics, clock):
        clock.now = LONG_AFTER.timestamp()
        counting = Counting(offices, topics)
        for each in offices.sites.values():
            counting.take(MadeUp(each, date(2025, 3, 1), date(2025, 3, 12), {}, 0.5).events())
        yield counting


@pytest.mark.parametrize(("config", "of"), [(OFFICE, "/sites/lozere"), (NATION, "")], ids=["office", "nation"])
def test_a_command_and_the_board_agree_on_a_replays_unfinished_month(config: Path, of: str) -> None:
    page = f"/api/v1{of}/totals/{MONTH}"
    with counted(config, partial(twelve_days, config), [page]) as found:
        by_command, by_board = (json.loads(each) for each in (plain(found.file(Format.JSON, MONTH)), found.page(page)))
    assert by_command == by_board
    assert by_board["as_of"] == "2025-03-12"
