"""A reader's view of a nation's unit: the offices that the reader may see, and sums if that is all of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from agents.board.cards import State
from agents.board.nation.kept import NationNow
from agents.board.nation.live import LiveKind, OfficeLive, UnitLive, WaitingCase, summed, unit_of, units
from agents.language import Language
from config.settings import Settings
from streams.across.shared import SharedFault
from streams.calls.counts import Counts
from streams.figures.counted import Counted

WORST: Final = 10  # most offices at the top of a page
FIRST_CASES: Final = 8  # incidents on a unit's page; the list has all
MOST_ROWS: Final = 150  # offices in the nation's table; if there are more, only the regions' pages list them


class UnitView(NamedTuple):
    """The key of a view: persons with the same key see the same rendering."""

    language: Language
    kind: LiveKind
    name: str  # empty for the nation
    seen: frozenset[str]  # sites


class ShownUnit(NamedTuple):
    """A unit in a table; `sums` are None if some of its offices are hidden, because sums would reveal those."""

    live: UnitLive
    sums: Counted[Counts] | None


class ShownFault(NamedTuple):
    """A shared fault, with the visible offices and their incidents."""

    fault: SharedFault
    begins: datetime
    offices: Sequence[tuple[Settings, str]]


class UnitNow(NamedTuple):
    live: UnitLive  # its visible offices, the worst first
    sums: Counted[Counts] | None  # of all its offices; None if some are hidden
    now: NationNow
    units: Sequence[ShownUnit]  # below this one
    cases: Sequence[WaitingCase]
    faults: Sequence[ShownFault]

    @property
    def worst(self) -> Sequence[OfficeLive]:
        """The offices that now lose most calls in excess of their targets."""
        losing = [each for each in self.live.offices if each.beyond > 0 and not each.unheard]
        return sorted(losing, key=lambda each: (-each.beyond, each.order))[:WORST]

    @property
    def silent(self) -> Sequence[OfficeLive]:
        """The offices without reports or with missing calls."""
        return [each for each in self.live.offices if each.unheard or each.state is State.SILENT]

    @property
    def rows(self) -> Sequence[OfficeLive]:
        """The offices that the table shows; empty if there are too many to show."""
        return self.live.offices if self.live.kind != "nation" or len(self.live.offices) <= MOST_ROWS else ()


def unit_now(now: NationNow, view: UnitView) -> UnitNow:
    every = [each for each in now.live if view.kind == "nation" or unit_of(view.kind, each) == view.name]
    live, sums = _shown(UnitLive(view.kind, view.name, every), view.seen)
    below: LiveKind = "region" if view.kind == "nation" else "department"
    shown = [_shown(each, view.seen) for each in units(below, every)] if view.kind != "department" else []
    sites = {each.site for each in live.offices}
    cases = [each for each in now.waiting if each.settings.site in sites]
    return UnitNow(
        live,
        sums,
        now,
        [each for each in shown if each.live.offices],
        cases,
        [each for each in (_fault(now, fault, sites) for fault in now.faults) if each.offices],
    )


def _fault(now: NationNow, fault: SharedFault, sites: Collection[str]) -> ShownFault:
    """Return the view of a fault; it reveals nothing about hidden offices, not even their number."""
    offices = [(now.offices.sites[site], parts[0].id) for site, parts in fault.parts.items() if site in sites]
    return ShownFault(fault, datetime.fromtimestamp(fault.bounds()[0] / 1000, now.at.tzinfo), offices)


def _shown(unit: UnitLive, seen: frozenset[str]) -> ShownUnit:
    offices = [each for each in unit.offices if each.site in seen]
    whole = len(offices) == len(unit.offices)
    return ShownUnit(unit._replace(offices=offices), summed(offices) if whole else None)


def members(sites: Sequence[Settings], kind: LiveKind, name: str) -> list[str]:
    """Return the sites of a unit's offices."""
    return [
        each.site
        for each in sites
        if kind == "nation" or name == (each.place.region if kind == "region" else each.place.department)
    ]
