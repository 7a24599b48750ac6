"""The list of an office's incidents, in which each has a number that a person may use to name it.

Numbers follow the moments in the incidents' ids, so neither a decision nor new bounds change a number.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from agents.history.incident_schema import IncidentJson, desk_in
from agents.history.office import gathered_json
from streams.watch.office import OfficeSilence, office_ids
from streams.watch.review import OF_OFFICE

LAST: Final = "last"  # name of the incident that began last


class Numbered(NamedTuple):
    """An incident, its number, and the lines' incidents in it; an incident of one line has only itself in it."""

    number: int
    incident: IncidentJson
    parts: list[IncidentJson]

    @property
    def is_of_office(self) -> bool:
        """Return whether it is a silence of all lines at once."""
        return bool(self.incident["cause"] == OF_OFFICE)


def numbered(known: Sequence[IncidentJson], silences: Sequence[OfficeSilence], zone: ZoneInfo) -> list[Numbered]:
    """Return the incidents in order, numbered from 1; a silence of the office has the number of its first line."""
    numbers = {each["id"]: number for number, each in enumerate(sorted(known, key=_begun), 1)}
    names = office_ids(silences)
    parts: defaultdict[str, list[IncidentJson]] = defaultdict(list)
    for each in known:
        name: str = each["id"]
        parts[names.get(name, name)].append(each)
    return [
        Numbered(min(numbers[part["id"]] for part in parts[each["id"]]), each, parts[each["id"]])
        for each in gathered_json(known, silences, zone)
    ]


def named(listed: Sequence[Numbered], name: str) -> Numbered | None:
    """Return the incident with this number, or the one that `last` means; None if there is none."""
    if name == LAST:
        return max(listed, key=lambda each: each.number, default=None)
    return next((each for each in listed if str(each.number) == name), None)


def is_number(name: str) -> bool:
    """Return whether a name is a number or `last`, and thus not an incident's lasting id."""
    return name == LAST or name.isdecimal()


def _begun(incident: IncidentJson) -> tuple[str, str]:
    """Return a sort key: the moment in an incident's id, then its desk."""
    name = desk_in(incident).name
    return incident["id"].removeprefix(f"{name}-"), name
