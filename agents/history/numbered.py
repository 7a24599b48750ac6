"""The incidents of an office as they are listed, each with the number by which a person may name it.

Numbers follow the order in which incidents began, as their ids say: neither a decision nor other bounds change one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from agents.history.incident_schema import IncidentJson
from agents.history.office import gathered_json
from streams.watch.office import OfficeSilence, office_ids
from streams.watch.review import OF_OFFICE

LAST: Final = "last"  # names the incident that began last


class Numbered(NamedTuple):
    """Hold an incident, its number, and the lines' incidents that it stands for; one of a line stands for itself."""

    number: int
    incident: IncidentJson
    parts: list[IncidentJson]

    @property
    def is_of_office(self) -> bool:
        """Tell whether all lines were silent at once."""
        return bool(self.incident["cause"] == OF_OFFICE)


def numbered(known: Sequence[IncidentJson], silences: Sequence[OfficeSilence], zone: ZoneInfo) -> list[Numbered]:
    """Return the incidents in their order, with numbers from 1; a silence of the office has that of its first line."""
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
    """Return the incident that a number or `last` names; None where it names none."""
    if name == LAST:
        return max(listed, key=lambda each: each.number, default=None)
    return next((each for each in listed if str(each.number) == name), None)


def is_number(name: str) -> bool:
    """Tell whether a name is no id: what it names depends on when one asks."""
    return name == LAST or name.isdecimal()


def _begun(incident: IncidentJson) -> tuple[str, str]:
    """Return what sorts an incident by the moment in its id, then by its line."""
    line: str = incident["line"]
    return incident["id"].removeprefix(f"{line}-"), line
