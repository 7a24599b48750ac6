"""The figures of a nation over a period, from the offices' own in the history of record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from multiprocessing import get_context
from typing import Any, Final, NamedTuple

import msgspec

from agents.history.ledger import History
from agents.progress import counted
from agents.totals.history import figures
from agents.totals.plan import plan_of
from agents.translation import text
from config.offices import Offices
from config.settings import Settings
from streams.indicators.annual import Annual
from streams.indicators.period import Period
from streams.rollup.office import RolledOffice
from streams.rollup.unit import RollUp, rollup

_PARTS: Final = frozenset({"months", "weeks", "plan", "definitions", "answered_wait", "lost_wait", "witness"})
_WAITS: Final = ("wait", "time_in_service", "answered_wait", "lost_wait")
_FEWEST: Final = 8  # offices that further processes are started for


class OfficeEdition(NamedTuple):
    """Say which edition of an office's figures was published last; without a number, none was."""

    number: int | None = None
    at: int | None = None  # epoch ms
    same: bool = False  # the figures are still those of that edition


class FiguredOffice(NamedTuple):
    """Hold the figures of one office of many."""

    annual: Annual
    edition: OfficeEdition
    opened: int  # slots of opening hours in the period, as far as it was in service and they have passed


class NationFigures(NamedTuple):
    """Hold the figures of a nation, and of each of its offices that was in service, by site."""

    offices: Offices
    rolled: RollUp
    annuals: Mapping[str, Annual]
    editions: Mapping[str, OfficeEdition]


def nation_figures(
    offices: Offices, history: History, period: Period, today: date, *, processes: int = 1
) -> NationFigures:
    """Return the figures of all offices over a period as of a local day.

    So many `processes` share the work, each forked from this one: it must have no other threads then.
    """
    serving = [each for each in offices.sites.values() if each.place.serves(period.first, period.last)]
    made = _made(serving, history, period, today, processes if len(serving) >= _FEWEST else 1)
    found = {each.annual.site: each for each in counted(made, text("offices"), len(serving), of=text("offices"))}
    rolled = [_rolled(settings, found[settings.site]) for settings in serving]
    retired = offices.sites.keys() - found.keys()
    label = "" if offices.nation is None else offices.nation.office.name
    return NationFigures(
        offices,
        rollup(rolled, period, today, label, retired),
        {site: each.annual for site, each in found.items()},
        {site: each.edition for site, each in found.items()},
    )


def figures_of_office(settings: Settings, history: History, period: Period, today: date) -> FiguredOffice:
    """Return the figures of one office as a nation needs them."""
    annual = figures(settings, history, period, today, whole_only=True)
    return FiguredOffice(annual, _edition(history, annual), _opened(settings, annual))


class _Work(NamedTuple):
    """Hold what a process that is forked finds in its memory."""

    offices: list[Settings]
    history: History
    period: Period
    today: date

    def make(self, number: int) -> FiguredOffice:
        return figures_of_office(self.offices[number], self.history, self.period, self.today)


_work: _Work | None = None  # handed to forks by their memory: a history is too large for a pipe


def _made(
    serving: list[Settings], history: History, period: Period, today: date, processes: int
) -> Iterator[FiguredOffice]:
    """Yield the figures of offices as they come."""
    work = _Work(serving, history, period, today)
    if processes == 1:
        yield from map(work.make, range(len(serving)))
        return
    global _work  # noqa: PLW0603 -- see there
    history.index()
    _work = work
    try:
        with get_context("fork").Pool(processes) as pool:
            yield from pool.imap_unordered(_make, range(len(serving)), chunksize=2)
    finally:
        _work = None


def _make(number: int) -> FiguredOffice:
    assert _work is not None
    return _work.make(number)


def _rolled(settings: Settings, found: FiguredOffice) -> RolledOffice:
    place, label = settings.place, settings.office.name or settings.site
    return RolledOffice(found.annual, label, place.region, place.department, found.opened)


def _opened(settings: Settings, annual: Annual) -> int:
    place, period, opened = settings.place, annual.period, plan_of(settings).opened
    first = max(period.first, place.since or period.first)
    last = min(period.last, place.until or period.last, annual.today - timedelta(1))
    return sum(len(opened(day)) for day in Period(first, last).days()) if first <= last else 0


def _edition(history: History, annual: Annual) -> OfficeEdition:
    known = history.vintages(annual.site, annual.period)
    if not known:
        return OfficeEdition()
    last = known[-1]
    return OfficeEdition(last.number, last.at, _whole(last.annual) == _whole(annual))


def _whole(annual: Annual) -> Any:  # noqa: ANN401 -- plain data of any depth
    """Return the figures of a whole period as plain data, for two of them to be compared."""
    of = (annual.lines, annual.services, annual.channels)
    return [{name: _bare(msgspec.to_builtins(each)) for name, each in desks.items()} for desks in of]


def _bare(desk: Mapping[str, Any]) -> dict[str, Any]:
    """Return a desk's figures without what is not of the whole period; of waits, their number and mean alone."""
    waits = {name: desk[name] and (desk[name]["count"], desk[name]["mean"]) for name in _WAITS if name in desk}
    return {**{name: each for name, each in desk.items() if name not in _PARTS}, **waits}
