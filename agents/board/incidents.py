"""The incidents as the board lists and shows them."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple, get_args
from zoneinfo import ZoneInfo

from agents.history.incident_json import incident_of
from agents.history.incident_schema import IncidentJson
from agents.history.ledger import History
from agents.history.office import gathered_json, silences_of
from agents.pages import words
from agents.pages.words import Both
from config.settings import Settings
from streams.events import Decision
from streams.watch.incident import Standing
from streams.watch.office import LINES, office_ids

INCIDENT_STATUSES: tuple[Standing, ...] = get_args(Standing)


class IncidentView(NamedTuple):
    """Hold an incident to show."""

    published: Mapping[str, Any]
    label: str  # of its line; of the office's, those of the lines
    what: Both | None  # where the verdict does not say all
    begins: datetime
    ends: datetime
    detected: datetime
    commands: list[str]  # with which a person decides on it
    office: str | None = None  # id of the office's that it is a part of

    @property
    def decisions(self) -> list[tuple[datetime, Mapping[str, Any]]]:
        """Return what was decided, each with its moment."""
        return [(datetime.fromisoformat(each["at"]), each) for each in self.published["decisions"]]


def listed(settings: Settings, history: History) -> list[IncidentJson]:
    """Return an office's incidents; where all lines were silent at once, that is one."""
    known = list(history.incidents(site=settings.site).values())
    return gathered_json(known, silences_of(settings, known, lambda: history), ZoneInfo(settings.timezone))


def found(settings: Settings, history: History, name: str) -> IncidentView | None:
    """Return the incident of an id as it is shown, of a line or of the office; None where there is none."""
    known = history.incidents(site=settings.site)
    silences = silences_of(settings, known.values(), lambda: history)
    if name in known:
        return view(settings, known[name], office_ids(silences).get(name))
    of_office = gathered_json(list(known.values()), silences, ZoneInfo(settings.timezone))
    return next((view(settings, each) for each in of_office if each["id"] == name), None)


def views(
    settings: Settings, incidents: Iterable[Mapping[str, Any]], line: str | None = None, status: str | None = None
) -> list[IncidentView]:
    """Return the incidents of a line and a status, or of all, the latest first."""
    chosen = [
        each for each in incidents if line in {None, *each["line"].split(LINES)} and status in {None, each["status"]}
    ]
    return sorted((view(settings, each) for each in chosen), key=lambda each: each.begins, reverse=True)


def view(settings: Settings, published: Mapping[str, Any], office: str | None = None) -> IncidentView:
    """Return an incident as it is shown; `office` is the id of the office's that it is a part of."""
    lines = published["line"].split(LINES)
    labels = [settings.lines[name].label if name in settings.lines else name for name in lines]
    begins, ends, detected = (datetime.fromisoformat(published[name]) for name in ("from", "to", "detected_at"))
    decided: list[Decision] = ["confirm", "dismiss"] if published["status"] in {"open", "closed"} else ["reopen"]
    return IncidentView(
        published,
        LINES.join(labels),
        None if published["kind"] == published["verdict"] else words.what(incident_of(published)),
        begins,
        ends,
        detected,
        [f"tocsin review {each} {shlex.quote(published['id'])}" for each in decided],
        office,
    )
