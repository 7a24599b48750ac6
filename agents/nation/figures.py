"""The figures of a nation over a period, from those of each office."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from datetime import date, timedelta
from functools import partial
from itertools import chain
from multiprocessing import get_context
from typing import Any, Final, NamedTuple

import msgspec

from agents.audit.stated import Stated
from agents.ending import by_parent
from agents.history.ledger import History
from agents.history.today import today
from agents.kafka.client import Topic, topic
from agents.kafka.input_ends import InputEnds, InputEndsReader
from agents.kafka.reading import Record, leaving_out, records
from agents.progress import counted
from agents.states.records import state_records
from agents.totals.history import BEFORE, figures
from agents.totals.plan import plan_of
from agents.translation import text
from config.offices import Offices
from config.settings import Settings
from config.shared import Shared
from streams.chain.breach import Breach
from streams.indicators.annual import Annual
from streams.indicators.period import Period
from streams.rollup.office import RolledOffice
from streams.rollup.unit import RollUp, rollup

_PARTS: Final = frozenset(
    {"months", "weeks", "plan", "definitions", "answered_wait", "lost_wait", "witness"}
    | {"closings", "repeats", "booked", "unticketed"}  # an edition of an earlier version lacks them
)
_WAITS: Final = ("wait", "time_in_service", "answered_wait", "lost_wait")
_FEWEST: Final = 8  # least number of offices for which further processes are started
_ISO: Final = len("2013-01-02")  # of a date; a part of a day follows it
_OF_A_DAY: Final = 3  # least number of parts in a day's key: site, line, day
_AT_ONCE: Final = 4  # offices whose records one process takes together


class OfficeEdition(NamedTuple):
    """The last published edition of an office's figures; without a number, there is none."""

    number: int | None = None
    at: int | None = None  # epoch ms
    same: bool = False  # the figures have not changed since


class FiguredOffice(NamedTuple):
    """The figures of one office of many."""

    annual: Annual
    edition: OfficeEdition
    breaches: Sequence[Breach]  # of the records behind the figures
    opened: int  # past slots of opening hours in the period while the office was in service


class NationFigures(NamedTuple):
    """The figures of a nation, with the editions and breaches of each office in service, by site."""

    offices: Offices
    rolled: RollUp
    editions: Mapping[str, OfficeEdition]
    breaches: Mapping[str, Sequence[Breach]]


def nation_figures(offices: Offices, history: History, period: Period, today: date) -> NationFigures:
    """Return the figures of all offices over a period as of a local day."""
    serving = serving_in(offices, period)
    made = (figures_of_office(each, history, period, today) for each in serving)
    return together(offices, period, today, made)


def read_nation(offices: Offices, period: Period, *, processes: int = 1) -> NationFigures:
    """Return the figures of all offices from the current records of the topics, as of today.

    After reading, `processes` are forked to share the work; each takes the records of some offices. Raises `KafkaError`
    if no broker answers.
    """
    serving, known = serving_in(offices, period), _records(offices)
    now = today(offices.shared, _last_dates(offices, known))
    work = _Work(offices.shared, serving, known, period, now)
    return together(offices, period, now, _shared(work, processes if len(serving) >= _FEWEST else 1))


def serving_in(offices: Offices, period: Period) -> list[Settings]:
    return [each for each in offices.sites.values() if each.place.serves(period.first, period.last)]


def together(offices: Offices, period: Period, today: date, made: Iterable[FiguredOffice]) -> NationFigures:
    """Return the figures of a nation from those of each office in service."""
    serving = serving_in(offices, period)
    found = {each.annual.site: each for each in counted(made, text("offices"), len(serving), of=text("offices"))}
    rolled = [_rolled(settings, found[settings.site]) for settings in serving]
    label = "" if offices.nation is None else offices.nation.office.name
    return NationFigures(
        offices,
        rollup(rolled, period, today, label, offices.sites.keys() - found.keys()),
        {site: each.edition for site, each in found.items()},
        {site: each.breaches for site, each in found.items()},
    )


def figures_of_office(settings: Settings, history: History, period: Period, today: date) -> FiguredOffice:
    """Return the figures of one office, limited to those that a nation shows."""
    annual = figures(settings, history, period, today, whole_only=True)
    breaches = history.breaches(settings.site, period)
    return FiguredOffice(annual, _edition(history, annual), breaches, _opened(settings, annual))


class _Records(NamedTuple):
    """The records of the topics: those of the ledger by site, and all others, which are few."""

    days: Mapping[str, Sequence[Record]]
    others: Sequence[Record]
    states: Stated
    ends: InputEnds  # of the inputs, after all these records were written


def _records(offices: Offices) -> _Records:
    days, others = defaultdict[str, list[Record]](list), list[Record]()
    ledger, before = topic(offices.shared, Topic.LEDGER), state_records(offices.shared)
    for record in records(offices.shared, *History(offices.shared).topics):
        if record.topic == ledger and record.key is not None:
            days[record.key.partition(b"/")[0].decode(errors="replace")].append(record)
        else:
            others.append(record)
    with closing(InputEndsReader(offices.shared)) as inputs:
        ends = inputs.read(fetched=True)
    return _Records(days, others, Stated(offices.shared, before, partial(state_records, offices.shared)), ends)


def _history(shared: Shared, known: _Records, some: Iterable[Record]) -> History:
    """Return the history in some of the records."""
    history = History(shared)
    history.days.reach(known.ends)
    for record in some:
        with leaving_out(record):
            history.take(record)
    history.days.reach(known.ends, judge=True)
    history.stated = known.states.breaches
    return history


def _last_dates(offices: Offices, known: _Records) -> Iterator[date]:
    """Yield the last date of the ledger, and decode no records of earlier ones."""
    by_day = defaultdict[str, list[Record]](list)
    for record in chain.from_iterable(known.days.get(site, ()) for site in offices.sites):
        by_day[_day_in(record)].append(record)
    for day in sorted(by_day, reverse=True):
        days = _history(offices.shared, known, by_day[day]).days
        if found := set[date]().union(*map(days.dates, offices.sites)):
            yield from found
            return


class _Work(NamedTuple):
    """The data that forked processes inherit in memory."""

    shared: Shared
    offices: Sequence[Settings]
    records: _Records
    period: Period
    today: date

    def make(self, first: int, end: int) -> list[FiguredOffice]:
        own = self.offices[first:end]
        history = _history(self.shared, self.records, chain(*map(self._days, own), self.records.others))
        return [figures_of_office(each, history, self.period, self.today) for each in own]

    def _days(self, office: Settings) -> Iterator[Record]:
        """Yield the records behind an office's figures; those of other years only if a line's baseline needs them."""
        every = self.records.days.get(office.site, ())
        if any(line.expected_lost_rate is None for line in office.lines.values()):
            return iter(every)
        # Editions in the years that the period touches name days of those years, so all days of whole years are needed.
        years = self.period.years()
        first = min(date(years[0], 1, 1), self.period.first - BEFORE).isoformat()
        last = date(years[-1], 12, 31).isoformat()
        return (record for record in every if _lies_in(record, first, last))


def _lies_in(record: Record, first: str, last: str) -> bool:
    """Return whether a record of the ledger is of no day, or of a day from `first` to `last` (ISO 8601)."""
    day = _day_in(record)
    return not day or first <= day <= last


def _day_in(record: Record) -> str:
    """Return the day (ISO 8601) in the key of a record of the ledger; an empty string for a vintage."""
    parts = (record.key or b"").decode(errors="replace").split("/")
    return "" if len(parts) < _OF_A_DAY or parts[1] == "vintages" else parts[2][:_ISO]


_work: _Work | None = None  # forks inherit it in their memory, because a ledger is too large for a pipe


def _shared(work: _Work, processes: int) -> Iterator[FiguredOffice]:
    """Yield the figures of offices in order; each process computes some offices at a time."""
    global _work  # noqa: PLW0603 -- see there
    firsts = range(0, len(work.offices), _AT_ONCE)
    if processes == 1:
        yield from chain.from_iterable(work.make(first, first + _AT_ONCE) for first in firsts)
        return
    _work = work
    try:
        with ProcessPoolExecutor(processes, get_context("fork"), by_parent) as pool:
            yield from chain.from_iterable(pool.map(_make, firsts))
    finally:
        _work = None


def _make(first: int) -> list[FiguredOffice]:
    assert _work is not None
    return _work.make(first, first + _AT_ONCE)


def _rolled(settings: Settings, found: FiguredOffice) -> RolledOffice:
    place, label = settings.place, settings.office.name or settings.site
    apart = settings.apart(settings.lines)
    return RolledOffice(found.annual, label, place.region, place.department, found.opened, apart)


def _opened(settings: Settings, annual: Annual) -> int:
    place, period, opened = settings.place, annual.period, plan_of(settings).opened
    first = max(period.first, place.since or period.first)
    last = min(period.last, place.until or period.last, annual.today - timedelta(1))
    return sum(len(opened(day)) for day in Period(first, last).days()) if first <= last else 0


def _edition(history: History, annual: Annual) -> OfficeEdition:
    known = history.publications.vintages(annual.site, annual.period)
    if not known:
        return OfficeEdition()
    last = known[-1]
    return OfficeEdition(last.number, last.at, _whole(last.annual) == _whole(annual))


def _whole(annual: Annual) -> Any:  # noqa: ANN401 -- plain data of any depth
    """Return the figures of a whole period as plain data, to compare them."""
    of = (annual.lines, annual.services, annual.channels)
    return [{name: _bare(msgspec.to_builtins(each)) for name, each in desks.items()} for desks in of]


def _bare(desk: Mapping[str, Any]) -> dict[str, Any]:
    """Return only a desk's figures for the whole period; for waits, only their number and mean."""
    waits = {name: desk[name] and (desk[name]["count"], desk[name]["mean"]) for name in _WAITS if name in desk}
    return {**{name: each for name, each in desk.items() if name not in _PARTS}, **waits}
