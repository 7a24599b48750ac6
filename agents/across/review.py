"""Review of a nation's incidents: shared faults first, each once, then each office's other incidents.

A decision on a shared fault is a decision on each of its parts, written to the log of each office.
"""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple
from zoneinfo import ZoneInfo

from rich.console import Console

from agents.across.evidence import names
from agents.across.reading import faults_of
from agents.across.shown import AcrossJson, across_json, described, scope_of
from agents.history.incident_json import incident_of
from agents.history.incident_schema import desk_in
from agents.history.incident_words import kind, says, standing, verdict
from agents.history.ledger import History, read_history
from agents.history.numbered import Numbered, numbered
from agents.history.office import silences_of
from agents.history.review import ReviewError, in_order, print_evidence
from agents.table import PrintedTable
from agents.translation import counted, labelled, text
from config.offices import Offices
from config.settings import Settings
from streams.across.shared import SharedFault
from streams.said import said
from streams.watch.incidents import awaits


class OfficeCase(NamedTuple):
    """An office's incident, with its number in that office's own list."""

    settings: Settings
    case: Numbered


class Nationwide:
    def __init__(self, offices: Offices, history: History) -> None:
        self.offices = offices
        self.zone = ZoneInfo(offices.shared.timezone)
        self._history = history
        self._known = {
            site: incidents for site, incidents in history.incidents.by_site().items() if site in offices.sites
        }

    @classmethod
    def read(cls, offices: Offices) -> Nationwide:
        """Read the present content of the topics; raise `KafkaError` if no broker answers."""
        return cls(offices, read_history(offices.shared))

    @cached_property
    def faults(self) -> list[SharedFault]:
        """The shared faults, those to review first, then the latest first."""
        found = faults_of(self.offices, self._history)
        return sorted(found, key=lambda each: (not _awaits(each), -each.bounds()[0]))

    def left(self, line: str | None = None) -> list[OfficeCase]:
        """Return, by office, the incidents that belong to no shared fault: those of one line, or of all lines."""
        parts = {(site, each.id) for fault in self.faults for site, own in fault.parts.items() for each in own}
        found = []
        for site in self.offices.sites:
            for case in self._listed(site):
                own = {(site, each["id"]) for each in case.parts}
                if not own <= parts and line in {None, *(desk_in(each).name for each in case.parts)}:
                    found.append(OfficeCase(self.offices.sites[site], case))
        return found

    def fault(self, name: str) -> SharedFault | None:
        """Return a shared fault by id; a dismissed one is found as it was, so that it can be reopened."""
        found = next((each for each in self.faults if each.id == name), None)
        if found is not None:
            return found
        return next((each for each in faults_of(self.offices, self._history, undone=True) if each.id == name), None)

    def site_of(self, name: str) -> str:
        """Return the one office that has an incident of this id.

        Raises `ReviewError` if none or several have one.
        """
        sites = [site for site, known in self._known.items() if name in known]
        if len(sites) == 1:
            return sites[0]
        if sites:
            raise ReviewError(
                said(
                    "several offices have an incident {name}: {sites}; choose one with --site",
                    name=repr(name),
                    sites=names(sites),
                )
            )
        raise ReviewError(said("incident {name} is unknown; expected an id of `tocsin review list`", name=repr(name)))

    def _listed(self, site: str) -> list[Numbered]:
        settings = self.offices.sites[site]
        known = in_order(self._known.get(site, {}).values())
        return numbered(known, silences_of(settings, known, lambda: self._history), ZoneInfo(settings.timezone))


def listed_json(nation: Nationwide, line: str | None) -> dict[str, list[AcrossJson]]:
    """Return the shared faults and the other incidents as JSON, each with its number in its list."""
    return {
        "across": [across_json(each, nation.zone) for each in _of_line(nation.faults, line)],
        "incidents": [
            {**part, "office": row.case.incident["id"] if row.case.is_of_office else None, "number": row.case.number}
            for row in nation.left(line)
            for part in row.case.parts
            if line in {None, desk_in(part).name}
        ],
    }


def print_nation(nation: Nationwide, line: str | None, console: Console) -> None:
    """Print the shared faults, each once with its offices, then the other incidents of each office."""
    faults, left = _of_line(nation.faults, line), nation.left(line)
    if faults:
        table = PrintedTable(text("Of several offices"))
        table.words(text("incident"), text("scope"), text("status"), text("verdict"), text("kind"))
        table.words(text("from"), text("to"))
        table.figures(text("offices"))
        for each in faults:
            shared = across_json(each, nation.zone)
            what = standing(shared), verdict(shared), kind(shared)
            table.row(each.id, scope_of(each), *what, shared["from"], shared["to"], str(len(each.parts)))
        console.print(table)
        for each in faults:
            shared = across_json(each, nation.zone)
            line_of = labelled(each.id, f"{says(shared['evidence'][0])} ({names(list(each.parts))})")
            console.print(line_of, highlight=False, soft_wrap=True, markup=False)
    rest = PrintedTable(text("Of one office"))
    rest.words(text("site"))
    rest.figures(text("number"))
    rest.words(text("incident"), text("status"), text("verdict"), text("kind"), text("from"), text("to"))
    for settings, (number, own, _) in left:
        what = standing(own), verdict(own), kind(own)
        rest.row(settings.site, str(number), own["id"], *what, own["from"], own["to"])
    console.print(rest)
    count = len(faults) + len(left)
    waiting = sum(map(_awaits, faults)) + sum(any(awaits(incident_of(part)) for part in row.case.parts) for row in left)
    found = counted("{count} incident", "{count} incidents", count)
    console.print(text("{incidents}, {count} to review", incidents=found, count=waiting), highlight=False)
    console.print(text("each office has its own numbers: choose the office with --site"), highlight=False)


def print_fault(fault: SharedFault, zone: ZoneInfo, console: Console) -> None:
    """Print a shared fault with its evidence, and its incidents by office."""
    shared = across_json(fault, zone)
    console.print(f"{fault.id}  {standing(shared)}", style="bold", highlight=False, soft_wrap=True)
    console.print(described(fault, zone), highlight=False, soft_wrap=True, markup=False)
    print_evidence(shared, console)
    for site, incidents in shared["sites"].items():
        for each in incidents:
            own = labelled(site, f"{each['id']}, {standing(each)}")
            console.print(f"  {own}", highlight=False, soft_wrap=True, markup=False)


def _of_line(faults: list[SharedFault], line: str | None) -> list[SharedFault]:
    return [each for each in faults if line in {None, *(one.line for one in each.incidents)}]


def _awaits(fault: SharedFault) -> bool:
    return any(map(awaits, fault.incidents))
