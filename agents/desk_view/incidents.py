"""Incidents as the board lists them: grouped by decision, the most urgent first."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple, TypeAlias, assert_never, get_args
from unicodedata import combining, normalize
from zoneinfo import ZoneInfo

from agents.desk_view.effect import Weight
from agents.history.incident_json import incident_of
from agents.history.incident_schema import IncidentJson, desk_in
from agents.history.ledger import History
from agents.history.office import gathered_json, silences_of
from agents.language import Language
from agents.pages import words
from agents.translation import Words
from config.settings import Settings
from streams.events import Decision
from streams.watch.incident import DeskKind, Incident, Standing
from streams.watch.incidents import awaits
from streams.watch.office import LINES, office_ids
from streams.watch.review import DeskName

_FRENCH: Final = Words(Language.FR)
INCIDENT_STATUSES: Final[tuple[Standing, ...]] = get_args(Standing)
PAGE: Final = 25  # incidents
IncidentSort: TypeAlias = Literal["urgency", "effect", "begin", "length", "calls"]
INCIDENT_SORTS: Final[tuple[IncidentSort, ...]] = get_args(IncidentSort)


class Case(NamedTuple):
    """Incidents that are decided together: a single one of a line, or one of each line if all lines were silent."""

    published: IncidentJson
    parts: list[IncidentJson]  # the lines' incidents; an incident of one line has only itself as a part
    office: str | None = None  # id of the office's incident that this one is part of

    @property
    def name(self) -> str:
        return str(self.published["id"])

    @property
    def incidents(self) -> list[Incident]:
        return [incident_of(each) for each in self.parts]

    @property
    def standing(self) -> Standing:
        """The status; `open` if a decision is due, even after the end."""
        status: Standing = self.published["status"]
        return "open" if any(map(awaits, self.incidents)) else status


class IncidentView(NamedTuple):
    published: Mapping[str, Any]
    standing: Standing
    label: str  # label of the line; an incident of the office has those of all lines concerned
    what: Mapping[Language, str] | None  # the kind, unless the verdict already says it
    begins: datetime
    ends: datetime
    detected: datetime
    commands: list[str]  # commands that decide on it
    weight: Weight | None = None  # None while it is being computed
    office: str | None = None  # id of the office's incident that this one is part of

    @property
    def seconds(self) -> float:
        """The duration (s)."""
        return (self.ends - self.begins).total_seconds()

    def is_of(self, desks: Collection[str]) -> bool:
        """Return whether it is of one of these desks."""
        return not set(desks).isdisjoint(desk_in(dict(self.published)).name.split(LINES))

    @property
    def decisions(self) -> list[tuple[datetime, Mapping[str, Any]]]:
        """The decisions with their moments."""
        return [(datetime.fromisoformat(each["at"]), each) for each in self.published["decisions"]]

    @property
    def order(self) -> tuple[bool, bool, float, float]:
        """The sort key: incidents to decide come first, then possible miscounts, larger effects, later incidents."""
        return self.standing != "open", self.published["verdict"] == "overload", -self._size, -self.begins.timestamp()

    def sorted_by(self, sort: IncidentSort) -> tuple[float, ...]:
        """Return the sort key: the most urgent, the largest or the latest first."""
        match sort:
            case "urgency":
                return self.order
            case "effect":
                return -self._size, *self.order
            case "begin":
                return (-self.begins.timestamp(),)
            case "length":
                return -self.seconds, *self.order
            case "calls":
                return -(0 if self.weight is None else self.weight.offered), *self.order
            case never:
                assert_never(never)

    def says(self, search: str) -> bool:
        """Whether each word of a search is in the texts of its row or its decisions, whatever the case or accents."""
        published = self.published
        verdict = [_FRENCH(words.VERDICTS[published["verdict"]]), words.VERDICTS[published["verdict"]].words]
        decided = [f"{each['by']} {each.get('note') or ''}" for each in published["decisions"]]
        what = self.what.values() if self.what else ()
        own = _plain(" ".join([self.label, published["id"], *verdict, *what, *decided]))
        return all(each in own for each in _plain(search).split())

    @property
    def _size(self) -> float:
        return 0.0 if self.weight is None else self.weight.size


def cases(settings: Settings, history: History) -> list[Case]:
    """Return an office's incidents; a silence of all lines at once is one case."""
    known = history.incidents.of(settings.site)
    return gathered_cases(settings, history, known)


def found(settings: Settings, history: History, name: str) -> Case | None:
    """Return an incident of a line or the office by id; None if unknown.

    A dismissed incident of the office is no longer listed, but is found here, so that it can be reopened.
    """
    known = history.incidents.of(settings.site)
    if name in known:
        silences = silences_of(settings, known.values(), lambda: history)
        return Case(known[name], [known[name]], office_ids(silences).get(name))
    standing = (each for each in gathered_cases(settings, history, known) if each.name == name)
    undone = {key: {**each, "status": "closed"} for key, each in known.items() if each["status"] == "dismissed"}
    dismissed = (
        Case({**each.published, "status": "dismissed"}, [known[part["id"]] for part in each.parts])
        for each in gathered_cases(settings, history, undone)
        if each.name == name
    )
    return next(standing, None) or next(dismissed, None)


def gathered_cases(settings: Settings, history: History, known: Mapping[str, IncidentJson]) -> list[Case]:
    """Return these incidents of an office; a silence of all lines at once is one case."""
    silences = silences_of(settings, known.values(), lambda: history)
    parts = {each.id: [known[name] for name in each.incidents if name in known] for each in silences}
    every = gathered_json(list(known.values()), silences, ZoneInfo(settings.timezone))
    return [Case(each, parts.get(each["id"], [each])) for each in every]


def views(
    settings: Settings,
    listed: Iterable[Case],
    line: str | None = None,
    status: str | None = None,
    weights: Mapping[str, Weight] | None = None,
    search: str = "",
    sort: IncidentSort = "urgency",
) -> list[IncidentView]:
    """Return the incidents of a line and a status, or all, with the words of a search; by default most urgent first."""
    known = weights or {}
    chosen = [
        view(settings, each, known.get(each.name))
        for each in listed
        if line in {None, *desk_in(each.published).name.split(LINES)} and status in {None, each.standing}
    ]
    return sorted((each for each in chosen if each.says(search)), key=lambda each: each.sorted_by(sort))


def _plain(text: str) -> str:
    """Return a text without case and accents.

    >>> _plain("Étrangers")
    'etrangers'
    """
    return "".join(each for each in normalize("NFD", text.casefold()) if not combining(each))


def _what(incident: Incident) -> dict[Language, str]:
    return {language: words.what(incident, language) for language in Language}


def view(settings: Settings, case: Case, weight: Weight | None = None) -> IncidentView:
    published = case.published
    labels = labels_of(settings, desk_in(published))
    begins, ends, detected = (datetime.fromisoformat(published[name]) for name in ("from", "to", "detected_at"))
    return IncidentView(
        published,
        case.standing,
        LINES.join(labels),
        None if published["kind"] == published["verdict"] else _what(incident_of(published)),
        begins,
        ends,
        detected,
        [f"tocsin review {each} {shlex.quote(published['id'])}" for each in choices(published["status"])],
        weight,
        case.office,
    )


def desk_labels(settings: Settings) -> dict[DeskName, str]:
    """Return the labels of an office's lines, services and channels."""
    desks: Mapping[DeskKind, Mapping[str, Any]] = {
        "line": settings.lines,
        "service": settings.services,
        "channel": settings.requests,
    }
    return {DeskName(kind, name): each.label or name for kind, own in desks.items() for name, each in own.items()}


def labels_of(settings: Settings, desk: DeskName) -> list[str]:
    """Return the label of a desk, or the labels of the lines if several are named."""
    known, names = desk_labels(settings), desk.name.split(LINES) if desk.kind == "line" else [desk.name]
    return [known.get(DeskName(desk.kind, name), name) for name in names]


def choices(status: Standing) -> list[Decision]:
    """Return the possible decisions on an incident of a status."""
    match status:
        case "confirmed":
            return ["reopen", "dismiss"]
        case "dismissed":
            return ["reopen", "confirm"]
        case "open" | "closed":
            return ["confirm", "dismiss"]
        case never:
            assert_never(never)
