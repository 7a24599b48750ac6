"""The offices of `tocsin simulate`: one as configured, or all the offices of a nation, each with its own size."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import chain
from math import ceil
from typing import Any, Final, NamedTuple

import msgspec

from agents.simulation import places
from agents.simulation.office import ALL, faults_of, office_days, office_of, overloads_of, truth_document
from config.offices import Offices
from config.settings import Settings
from streams.events import Mode
from streams.simulation.chance import chance
from streams.simulation.faults.fault import Fault
from streams.simulation.nation import SimulatedSite, SiteTruth, seed_of, site_arrivals, size_of
from streams.simulation.office import OfficeDay
from streams.simulation.overload import Overload
from streams.simulation.placing import random_faults, random_overloads
from streams.simulation.simulate import Arrival
from streams.simulation.visits import ServiceProfile

TIME_IN_SERVICE: Final = 480.0  # s, mean
BUSY: Final = 0.7  # planned share of the opening hours in which the counters serve


class UsualOffice(NamedTuple):
    calls: Mapping[str, float]  # calls on a usual day, by line
    visitors: Mapping[str, float]  # visitors on a usual day, by service; other services have no events
    readings: Mode | None
    icc: float
    source_per_line: bool
    spread: float  # spread of the offices' sizes


class PlannedSite:
    """An office to simulate, with its faults, overloads and silences."""

    def __init__(self, settings: Settings, days: list[OfficeDay], seed: int, size: float, usual: UsualOffice) -> None:
        self.settings = settings
        self.days = days
        self.seed = seed
        self.size = size
        self.office = office_of(
            settings, usual.calls, usual.readings, usual.icc, source_per_line=usual.source_per_line, size=size
        )
        self.services = _services(settings, usual.visitors, days, size)
        self.faults: list[Fault] = []
        self.overloads: list[Overload] = []
        self.silences: list[tuple[float, float]] = []
        self.truth: SiteTruth | None = None

    def silence(self, start: float, end: float) -> None:
        """Suppress all events of the office between two moments (epoch s)."""
        self.silences.append((start, end))
        self.faults += [
            Fault(line=line.line, mechanism="silent", start=start, end=end, severity=1.0) for line in self.office.lines
        ]

    def at_random(self, faults: int, overloads: int) -> None:
        """Place this many faults and overloads at random moments."""
        self.faults += random_faults(faults, self.office, self.days, self.seed)
        self.overloads += random_overloads(overloads, self.office, self.days, self.seed)

    def play(self) -> Iterator[Arrival]:
        """Return the office's arrivals in order; raise `ValueError` at once for an impossible plan."""
        arriving, self.truth = site_arrivals(
            SimulatedSite(
                office=self.office,
                days=self.days,
                seed=self.seed,
                services=self.services,
                faults=self.faults,
                overloads=self.overloads,
                silences=self.silences,
            )
        )
        return arriving

    def document(self) -> dict[str, Any]:
        """Return the office's true figures as a JSON document; `play` must have ended."""
        assert self.truth is not None
        document = truth_document(self.truth.calls, self.days, self.settings.timezone)
        return document | ({"services": msgspec.to_builtins(self.truth.services)} if self.services else {})


class SimulationPlan:
    """The plan of a simulation; wrong names of offices or lines, and wrong moments, raise `ValueError`."""

    def __init__(self, offices: Offices, first: date, last: date, seed: int, usual: UsualOffice) -> None:
        self._offices = offices
        self._seed = seed
        self._asked: dict[str, list[dict[str, object]]] = defaultdict(list)
        self.sites = {
            site: PlannedSite(settings, days, *self._own(site, usual.spread), usual)
            for site, settings in offices.sites.items()
            if (days := _days_in_service(settings, first, last))
        }

    def _own(self, site: str, spread: float) -> tuple[int, float]:
        """Return the seed and the size of an office; a single office has the given seed and size 1."""
        if self._offices.nation is None:
            return self._seed, 1.0
        return seed_of(site, self._seed), size_of(site, self._seed, spread)

    def bounds(self) -> tuple[float, float]:
        """Return the beginning and the end of the simulation, in epoch seconds."""
        days = list(chain.from_iterable(each.days for each in self.sites.values()))
        return min(day.start for day in days), max(day.end for day in days)

    def fault(self, text: str) -> None:
        """Add counting faults by `[SITES/]LINE:MECHANISM:FROM:TO[:SEVERITY]`."""
        found, rest = places.before_slash(text, self._offices)
        self._note("faults", text, found)
        for settings in found:
            if settings.site in self.sites:
                self.sites[settings.site].faults += faults_of(rest, settings)

    def overload(self, text: str) -> None:
        """Add overloads by `[SITES/]LINE:CAUSE:FROM:TO[:SEVERITY]`."""
        found, rest = places.before_slash(text, self._offices)
        self._note("overloads", text, found)
        for settings in found:
            if settings.site in self.sites:
                self.sites[settings.site].overloads += overloads_of(rest, settings)

    def silence(self, text: str) -> None:
        """Silence offices by `SITES:FROM:TO`."""
        found = places.silence_of(text, self._offices)
        self._note("silences", text, [self._offices.sites[site] for site in found])
        for site, (start, end) in found.items():
            if site in self.sites:
                self.sites[site].silence(start, end)

    def at_random(self, faults: int, overloads: int) -> None:
        """Place this many faults and overloads at random moments and offices."""
        random = chance(self._seed, "sites")
        sites = list(self.sites)
        placed = [Counter(random.choice(sites) for _ in range(number)) for number in (faults, overloads)]
        for name, site in self.sites.items():
            site.at_random(*(each[name] for each in placed))

    def truth(self) -> dict[str, Any]:
        """Return the true figures as a JSON document, not by site if there is only one; `play` must have ended."""
        if self._offices.nation is None:
            (site,) = self.sites.values()
            return site.document()
        sites = {
            name: {"place": each.settings.place.model_dump(mode="json"), "size": each.size, **each.document()}
            for name, each in self.sites.items()
        }
        return {"seed": self._seed, "asked": self._asked, "sites": sites}

    def _note(self, what: str, text: str, offices: Sequence[Settings]) -> None:
        self._asked[what].append({"text": text, "sites": [each.site for each in offices]})


def _days_in_service(settings: Settings, first: date, last: date) -> list[OfficeDay]:
    since, until = settings.place.since or first, settings.place.until or last
    return office_days(settings, max(first, since), min(last, until))


def _services(
    settings: Settings, visitors: Mapping[str, float], days: Sequence[OfficeDay], size: float
) -> tuple[ServiceProfile, ...]:
    """Return the services with visitors, each with as many counters as it needs."""
    hours = [sum(closes - opens for opens, closes in day.opened) for day in days if day.opened]
    opened = sum(hours) / max(1, len(hours))
    many = {name: size * each for name in settings.services if (each := visitors.get(name, visitors.get(ALL)))}
    return tuple(
        ServiceProfile(
            service=name,
            visitors_a_day=each,
            counters=max(1, ceil(each * TIME_IN_SERVICE / (BUSY * max(opened, 1.0)))),
            time_in_service=TIME_IN_SERVICE,
        )
        for name, each in many.items()
    )
