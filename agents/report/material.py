"""The input of a report: a year's figures, those of other years, and the language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Final, NamedTuple, TypeAlias

from agents.desk_view.actions import ActionEffect
from agents.forecast.year import DeskScore
from agents.history.incident_json import local_day
from agents.report.plot import DaySpan
from agents.totals.telling import Telling
from config.settings import Settings
from streams.certificate.coverage import CheckedShare
from streams.chain.breach import Breach
from streams.indicators.annual import Annual
from streams.indicators.indicator import Indicator
from streams.indicators.kinds import SubjectKind
from streams.indicators.period import Period
from streams.indicators.vintage import Vintage
from streams.insight.line_sums import BrokenSum
from streams.watch.incident import Incident

_PARTLY: Final = {"P", "E"}  # statuses of a figure that covers a part of its period

Checks: TypeAlias = Mapping[str, Sequence[CheckedShare]]


class KnownValue(NamedTuple):
    """An indicator of one period, as published."""

    period: Period
    counted: Period  # the days that the value covers
    whole: bool  # every open day of the period was counted
    value: float
    raw: float  # as counted
    own: bool  # the period is the report's own


class Material(NamedTuple):
    """The input of all sections of a report."""

    annual: Annual
    settings: Settings
    telling: Telling
    vintage: Vintage | None = None  # the edition that has these figures
    breaches: Sequence[Breach] = ()  # of the records behind them
    checked: Checks = MappingProxyType({})  # by line: the checks behind its figure
    sums: Sequence[BrokenSum] = ()  # lines that are not the sum of their parts
    earlier: Sequence[Annual] = ()  # other years, as they were published
    actions: Sequence[ActionEffect] = ()  # of the period
    forecasts: Sequence[DeskScore] = ()  # of a year

    @property
    def day(self) -> date:
        """Return the day of publication, or the day of the figures."""
        return self.annual.today if self.vintage is None else self._day(self.vintage.at)

    @property
    def counted(self) -> list[Indicator]:
        """Return the indicators with a count."""
        return [each for each in self.annual.indicators if each.raw.value is not None]

    def leading(self) -> list[Indicator]:
        """Return the first indicator of each subject; for a line, this is the leading rate."""
        first: dict[tuple[SubjectKind, str], Indicator] = {}
        for each in self.counted:
            first.setdefault((each.of, each.subject), each)
        return [*first.values()]

    def all_of(self, kind: SubjectKind, subject: str | None = None) -> list[Indicator]:
        """Return the indicators of a kind of subject, or only those of one `subject`."""
        return [each for each in self.counted if each.of == kind and subject in {None, each.subject}]

    def principal(self) -> list[Indicator]:
        """Return, for each line, the indicator that carries the line's doubts."""
        return [each for each in self.counted if each.principal]

    def known(self, indicator: Indicator) -> list[KnownValue]:
        """Return an indicator in every period with a known value, in order.

        Compared periods have the values of today's ledger; other earlier periods have their published values.
        """
        annual, value, raw = self.annual, indicator.corrected.value, indicator.raw.value
        found: dict[date, KnownValue] = {}
        for other in self.earlier:
            for same in (each for each in other.indicators if each.id == indicator.id):
                then, counted, best = other.period, same.counted, same.corrected.value
                if counted is not None and best is not None and same.raw.value is not None:
                    whole = same.raw.status not in _PARTLY
                    found[then.first] = KnownValue(then, counted, whole, best, same.raw.value, own=False)
        for each in indicator.compared:
            if each.corrected is not None and each.raw is not None:
                found[each.period.first] = KnownValue(
                    each.period, each.counted, each.whole, each.corrected, each.raw, own=False
                )
        if value is not None and raw is not None:
            counted = indicator.counted or annual.period
            found[annual.period.first] = KnownValue(
                annual.period, counted, indicator.raw.status not in _PARTLY, value, raw, own=True
            )
        return [found[first] for first in sorted(found)]

    def spans(self, indicator: Indicator) -> list[DaySpan]:
        """Return the days of the period on which an indicator was counted wrong, or may have been."""
        period = self.annual.period
        spans = [self._days(each) for each in self.annual.behind(indicator)]
        return [
            (max(first, period.first), min(last, period.last))
            for first, last in spans
            if first <= period.last and last >= period.first
        ]

    def _days(self, incident: Incident) -> DaySpan:
        start, end = incident.bounds()
        return self._day(start), self._day(end - 1)

    def _day(self, at: int) -> date:
        return local_day(at, self.telling.zone)
