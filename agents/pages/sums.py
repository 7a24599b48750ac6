"""Where a line is not the sum of its parts: of an office's lines and days, and in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from config.settings import Settings
from streams.insight.line_sums import BrokenSum, broken_sums
from streams.ledger.day import LineDay

_FRENCH: Final = {"offered": "reçus", "answered": "décrochés", "lost": "perdus"}


def sums_of(settings: Settings, days: Iterable[object]) -> list[BrokenSum]:
    """Return the totals of an office's lines that are not the sums of their parts, by the days of its ledger."""
    parts = {name: line.parts for name, line in settings.lines.items() if line.parts}
    return broken_sums(parts, (each for each in days if isinstance(each, LineDay)))


def french(sums: Iterable[BrokenSum]) -> Iterator[str]:
    """Say them in French."""
    for each in sums:
        yield (
            f"{each.line} : {each.whole} {_FRENCH[each.total]}, et {each.sum} pour {' + '.join(each.parts)}, sur "
            f"{each.days} des {each.compared} jours comparés ({each.first} à {each.last})"
        )


def english(sums: Iterable[BrokenSum]) -> Iterator[str]:
    """Say them in English."""
    for each in sums:
        yield (
            f"{each.line}: {each.whole} {each.total}, and {each.sum} in {' + '.join(each.parts)}, on {each.days} of "
            f"{each.compared} days compared ({each.first} to {each.last})"
        )
