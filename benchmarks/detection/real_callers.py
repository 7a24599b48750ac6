"""The section on real callers: written where their file is at hand, else kept as it was."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from benchmarks.detection import prose
from benchmarks.detection.cells import CORRECTED, FALSE, FOUND, HOURLY
from benchmarks.detection.page import ASKED, by_kind, methods
from benchmarks.detection.score import Score
from benchmarks.detection.targets import OF_REAL_CALLERS, rows
from benchmarks.detection.tocsin import TOCSIN
from benchmarks.detection.words import table

TITLE: Final = "## Real callers, known faults\n"
END: Final = "<!-- the end of what needs a file of real calls -->\n"
NONE: Final = "Not played yet: `make bench-detect DATA=FILE` does, with a file of Technion's call-centre data.\n"


def section(measured: Sequence[Score], days: int) -> str:
    """Return the section of a run, whose line-years are made of so many ordinary days."""
    own = [each for each in measured if each.method == TOCSIN]
    sound, faulty = ([each for each in own if each.family == f"bank-{kind}"] for kind in ("sound", "faults"))
    return "\n".join(
        (
            TITLE,
            prose.REAL,
            f"This run: {sum(each.years for each in sound):.0f} line-years without a fault, {len(faulty)} faults.\n",
            f"`PS` has {days} ordinary days.\n",
            table(ASKED, rows(own, OF_REAL_CALLERS)),
            "Line-years without a fault:\n",
            by_kind(sound, FALSE),
            by_kind(sound, HOURLY),
            "Faults of twenty opening days:\n",
            by_kind(faulty, FOUND | FALSE),
            by_kind(faulty, CORRECTED),
            methods(measured, prefix="bank-"),
            END,
        )
    )


def kept(page: str) -> str:
    """Return the section as a page has it, or say that there is none."""
    _, found, after = page.partition(TITLE)
    section, ended, _ = after.partition(END)
    return TITLE + section + END if found and ended else f"{TITLE}\n{NONE}\n{END}"
