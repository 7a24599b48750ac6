"""Lines whose totals differ from the sum of their parts: found in the office's days, and described in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from agents.language import Language
from agents.pages.words import head
from agents.translation import Words
from agents.writing import Writing
from config.settings import Settings
from streams.insight.line_sums import BrokenSum, broken_sums
from streams.ledger.day import LineDay


def sums_of(settings: Settings, read_days: Callable[[], Iterable[object]]) -> list[BrokenSum]:
    """Return an office's lines whose totals differ from the sum of their parts, by the days of its ledger.

    The days are read only if some line has parts.
    """
    parts = {name: line.parts for name, line in settings.lines.items() if line.parts}
    return broken_sums(parts, (each for each in read_days() if isinstance(each, LineDay))) if parts else []


def told(sums: Iterable[BrokenSum], language: Language) -> Iterator[str]:
    """Describe these lines in a language."""
    text, writing = Words(language), Writing(language)
    for each in sums:
        yield text(
            "{line}: {whole} {total}, and {sum} in {parts}, on {days} of {compared} days compared ({first} to {last})",
            line=each.line,
            whole=writing.number(each.whole),
            total=head(each.total, language),
            sum=writing.number(each.sum),
            parts=" + ".join(each.parts),
            days=each.days,
            compared=each.compared,
            first=each.first,
            last=each.last,
        )
