"""The configurations of 101 made-up prefectures of four lines and two counters, and of their nation."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml

from benchmarks.nation.prefectures import DEPARTMENTS

LINES: Final = {  # the prior of the lost rate by line, as in Lozère
    "standard": 0.02,
    "circulation": 0.0187,
    "cni-passeport": 0.0404,
    "etrangers": 0.0704,
}
SERVICES: Final = ("titres", "etrangers-guichet")
HOURS: Final = "Mo-Fr 08:30-12:00,13:30-16:30"
ON_ONE_EXCHANGE: Final = 4  # neighbouring departments of a region
PROVIDERS: Final = 3


class Desks(NamedTuple):
    """The desks of each office: lines with the prior of their lost rate, and services."""

    lines: Mapping[str, float]
    services: Sequence[str]


DESKS: Final = Desks(LINES, SERVICES)

# 5.6 million events a year: 101 offices, 250 opening days, 4 lines of 12 calls of 3.2 events, and 2 services of 6
# visitors of 4. A real nation has some ten times the calls; measurements by office and line stay the same.
CALLS_A_DAY: Final = 12
VISITORS_A_DAY: Final = 6


def write_nation(folder: Path, *, sites: int = 101, desks: Desks = DESKS, hours: str = HOURS, **shared: Any) -> Path:
    """Write the nation's file and a file of each office; return the nation's. `shared` applies to all offices.

    Beyond 101 offices, each department has several.
    """
    offices = folder / "offices"
    offices.mkdir(parents=True, exist_ok=True)
    members = []
    places = _places()
    for number in range(sites):
        (region, department, exchange), again = places[number % len(places)], number // len(places)
        site = f"{site_of(department)}-{again + 1}" if again else site_of(department)
        members.append({"file": f"offices/{site}.yaml", "region": region, "department": department})
        _write(offices / f"{site}.yaml", _office(site, department, exchange, number, desks, hours))
    nation = {
        "sites": members,
        "office": {"name": "Ministère de l'Exemple", "service": "Qualité de l'accueil"},
        **shared,
    }
    return _write(folder / "nation.yaml", nation)


def site_of(department: str) -> str:
    """Return the id of a department's office: its name in plain letters.

    >>> site_of("Côtes-d'Armor"), site_of("Territoire de Belfort")
    ('cotes-d-armor', 'territoire-de-belfort')
    """
    plain = unicodedata.normalize("NFKD", department).encode("ascii", "ignore").decode().lower()
    return plain.replace("'", "-").replace(" ", "-")


def _places() -> list[tuple[str, str, str]]:
    """Return region, department and exchange of each office."""
    return [
        (region, department, f"{site_of(region)}-{number // ON_ONE_EXCHANGE + 1}")
        for region, departments in DEPARTMENTS.items()
        for number, department in enumerate(departments)
    ]


def _office(site: str, department: str, exchange: str, number: int, desks: Desks, hours: str) -> dict[str, Any]:
    return {
        "site": site,
        "place": {"exchange": exchange, "provider": f"operateur-{'abc'[number % PROVIDERS]}"},
        "opening_hours": hours,
        "lines": {
            line: {"label": line.capitalize(), "target": 0.10, "expected_lost_rate": rate}
            for line, rate in desks.lines.items()
        },
        "services": {service: {"label": service.capitalize(), "target_wait": "20m"} for service in desks.services},
        "office": {"name": f"Préfecture d'exemple ({department})"},
    }


def _write(path: Path, document: dict[str, Any]) -> Path:
    path.write_text(yaml.safe_dump(document, allow_unicode=True, sort_keys=False))
    return path
