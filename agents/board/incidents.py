"""The incidents as the board lists and shows them."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple, get_args

from config.settings import Settings
from streams.events import Decision
from streams.watch.incident import Standing

INCIDENT_STATUSES: tuple[Standing, ...] = get_args(Standing)


class IncidentView(NamedTuple):
    """Hold an incident to show."""

    published: Mapping[str, Any]
    label: str  # of its line
    begins: datetime
    ends: datetime
    detected: datetime
    commands: list[str]  # with which a person decides on it

    @property
    def decisions(self) -> list[tuple[datetime, Mapping[str, Any]]]:
        """Return what was decided, each with its moment."""
        return [(datetime.fromisoformat(each["at"]), each) for each in self.published["decisions"]]


def views(
    settings: Settings, incidents: Mapping[str, Mapping[str, Any]], line: str | None = None, status: str | None = None
) -> list[IncidentView]:
    """Return the incidents of a line and a status, or of all, the latest first."""
    chosen = [each for each in incidents.values() if line in {None, each["line"]} and status in {None, each["status"]}]
    return sorted((view(settings, each) for each in chosen), key=lambda each: each.begins, reverse=True)


def view(settings: Settings, published: Mapping[str, Any]) -> IncidentView:
    """Return an incident as it is shown."""
    known = settings.lines.get(published["line"])
    begins, ends, detected = (datetime.fromisoformat(published[name]) for name in ("from", "to", "detected_at"))
    decided: list[Decision] = ["confirm", "dismiss"] if published["status"] in {"open", "closed"} else ["reopen"]
    return IncidentView(
        published,
        published["line"] if known is None else known.label,
        begins,
        ends,
        detected,
        [f"tocsin review {each} {shlex.quote(published['id'])}" for each in decided],
    )
