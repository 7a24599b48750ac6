"""The days of an office in the history of record, decoded a day at a time."""

from __future__ import annotations

from collections.abc import Iterator

from agents.history.ledger import History
from streams.indicators.desk_days import D
from streams.indicators.period import Period
from streams.ledger.day import LedgerDay, LineDay


class StoredDays:
    """Give the days of an office over a period, as `streams.indicators.desk_days` has it."""

    def __init__(self, history: History, site: str, period: Period) -> None:
        self._history = history
        self._site = site
        self._period = period

    def of(self, kind: type[D], name: str) -> Iterator[D]:
        """Yield all days of one kind of a line, service or channel, each whole, in their order."""
        return self._history.days.each(kind, f"{self._site}/{name}", self._period)

    def span(self, kind: type[LedgerDay], period: Period) -> Period | None:
        """Return the first and the last day of a kind in a period; None where there is none."""
        return self._history.days.counted(kind, self._site, period)

    def lines(self, period: Period) -> Iterator[LineDay]:
        """Yield the days of every line in a period."""
        return self._history.days.of_lines(self._site, period)
