"""The days of an office in the history of record, decoded one at a time."""

from __future__ import annotations

from collections.abc import Iterator

from agents.history.ledger import History
from streams.indicators.desk_days import D
from streams.indicators.period import Period
from streams.ledger.day import LedgerDay, LineDay


class StoredDays:
    """The days of an office over a period, in the form that `streams.indicators.desk_days` expects."""

    def __init__(self, history: History, site: str, period: Period) -> None:
        self._history = history
        self._site = site
        self._period = period

    def of(self, kind: type[D], name: str) -> Iterator[D]:
        """Yield the whole days of one kind of a line, service or channel, in order."""
        return self._history.days.each(kind, f"{self._site}/{name}", self._period)

    def span(self, kind: type[LedgerDay], period: Period) -> Period | None:
        """Return the period from the first to the last day of a kind; None if there is none."""
        return self._history.days.counted(kind, self._site, period)

    def lines(self, period: Period) -> Iterator[LineDay]:
        return self._history.days.of_lines(self._site, period)
