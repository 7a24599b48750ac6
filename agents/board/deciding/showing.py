"""The incidents' pages as HTML, with a form for persons who may decide."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from agents.board.deciding.door import Door, Who
from agents.board.deciding.forms import once, state_of
from agents.board.deciding.taken import holder, taken, waiting
from agents.board.deciding.weights import KeptWeights
from agents.board.follower import Follower
from agents.board.frame import PageFrame, Within
from agents.board.incident_page import IncidentWriter
from agents.board.pages import Pages
from agents.desk_view.effect import Weight
from agents.desk_view.incidents import (
    INCIDENT_SORTS,
    INCIDENT_STATUSES,
    PAGE,
    Case,
    IncidentSort,
    cases,
    choices,
    desk_labels,
    view,
    views,
)
from agents.history.incident_schema import desk_in
from agents.history.ledger import History
from agents.history.questions import LineQuestion, known_questions
from agents.totals.plan import plan_of
from config.settings import Settings
from streams.events import Decision, Review, milliseconds
from streams.watch.incident import Standing
from streams.watch.incidents import counted_wrong

APPLY_SECONDS: Final = 30.0  # time for a worker to apply a decision; after that, the page warns
WEIGH_SECONDS: Final = 8.0  # time to compute the incident's effect; after that, the page omits it
A_POINT: Final = 0.01  # a decision that moves a rate by more has a heavier button
WRITTEN: Final = ("decision", "note", "who", "line", "from", "to", "state", "once", "shown")


class Draft(NamedTuple):
    """A person's unfinished form, and messages about it."""

    fields: Mapping[str, str] = {}
    said: Sequence[str] = ()
    status: int = 200  # HTTP status of the answer
    tried: Weight | None = None  # effect of changed bounds or of a declaration
    again: bool = False  # a repeated form is the same decision
    moves: bool = False  # `tried` is shown because the decision moves a published figure

    @property
    def written(self) -> dict[str, str]:
        """The values to fill the form with, never the secret."""
        return {name: self.fields.get(name, "") for name in WRITTEN}


NOTHING_WRITTEN: Final = Draft()


class Listing(NamedTuple):
    """What a list of incidents shows; the fields are the parameters of its address."""

    line: str | None = None
    status: Standing | None = None
    q: str = ""  # words to search
    sort: IncidentSort = "urgency"
    page: int = 1


class IncidentPages:
    def __init__(
        self,
        settings: Settings,
        follower: Follower,
        pages: Pages,
        door: Door,
        weights: KeptWeights,
        within: Within,
    ) -> None:
        self._settings = settings
        self._follower = follower
        self._pages = pages
        self._door = door
        self._weights = weights
        self._root = within.root
        self._opened = plan_of(settings).opened

    @property
    def history(self) -> History:
        return self._follower.known.history

    def listed(self, frame: PageFrame, asked: Listing) -> str:
        """Return the list of incidents; a page number that is too high shows the last page."""
        every, weights = cases(self._settings, self.history), self._weights.known()
        chosen = views(self._settings, every, asked.line, asked.status, weights, asked.q, asked.sort)
        last = max(1, -(-len(chosen) // PAGE))
        page = min(asked.page, last)
        shown = chosen[PAGE * (page - 1) : PAGE * page]
        names, zone = {each.published["id"] for each in shown}, ZoneInfo(self._settings.timezone)
        outdated = self._weights.outdated({each.name: each.incidents for each in every if each.name in names})
        return self._pages.render(
            "incidents",
            "incidents",
            frame,
            incidents=shown,
            value=IncidentWriter(self._settings, frame.text, self._opened).value,
            outdated=None if outdated is None else datetime.fromtimestamp(outdated, zone),
            count=len(chosen),
            page=page,
            last=last,
            lines={desk.name: label for desk, label in desk_labels(self._settings).items()},
            statuses=INCIDENT_STATUSES,
            sorts=INCIDENT_SORTS,
            chosen=asked,
            address=self._address,
            may_decide=self._door.opens,
        )

    async def incident(self, case: Case, who: Who | None, frame: PageFrame, draft: Draft = NOTHING_WRITTEN) -> str:
        """Return an incident's page: evidence, effects of each decision, and the form."""
        history, text = self.history, frame.text
        writer = IncidentWriter(self._settings, text, self._opened)
        weight = await self._weight(case)
        shown = view(self._settings, case, weight)
        standing, late = self._standing(case, history)
        labels = writer.labels(case)
        decided = taken(history, self._settings.site, [each["id"] for each in case.parts])
        held = holder(decided)
        return self._pages.render(
            "incident",
            "incidents",
            frame,
            incident=shown,
            picture=await asyncio.to_thread(writer.picture, case, history),
            unjudged=writer.unjudged(case),
            witnesses=writer.witnesses(case),
            effects=writer.effects(weight.effects if weight else (), case.published["status"]),
            tried=writer.tried(draft.tried, draft.written["decision"]),
            corrected=any(map(counted_wrong, case.incidents)),
            question=writer.question(case),
            choices={each: labels[each] for each in choices(case.published["status"])},
            bounds=[_local(each) for each in (shown.begins, shown.ends)],
            weightier=_weightier(weight, choices(case.published["status"])),
            target=writer.target(case),
            story=writer.story(case),
            desk=desk_in(case.published),
            waiting=standing,
            late=late,
            questions=self._questions(case),
            state=state_of(case.published, decided),
            holder=held,
            held_since=held and datetime.fromtimestamp(milliseconds(held.at) / 1000, ZoneInfo(self._settings.timezone)),
            **self._form(who, draft),
        )

    def _questions(self, case: Case) -> list[LineQuestion]:
        """Return the questions of the incident's lines that wait for answers."""
        known, lines = self._follower.known, {each.get("line") for each in case.parts}
        asked = known_questions(self._settings, known.lines, known.history)
        return [each for each in asked if each.line in lines and each.left]

    def unseen(self, reviews: Sequence[Review], frame: PageFrame) -> str:
        """Return the page of a declared incident that no worker has opened yet."""
        return self._pages.render("incident_waiting", "incidents", frame, review=reviews[-1], late=_late(reviews))

    def declaration(self, who: Who | None, frame: PageFrame, draft: Draft = NOTHING_WRITTEN) -> str:
        """Return the page for declaring a miscount that no check found."""
        writer = IncidentWriter(self._settings, frame.text, self._opened)
        return self._pages.render(
            "declare",
            "incidents",
            frame,
            lines={name: each.label for name, each in self._settings.lines.items()},
            tried=writer.tried(draft.tried, "confirm"),
            **self._form(who, draft),
        )

    def _address(self, chosen: Listing, **other: Any) -> str:  # noqa: ANN401 -- fields of a listing
        """Return the address of the first page of a list that differs from the `chosen` one by the `other` fields."""
        asked = chosen._replace(**{"page": 1, **other})._asdict()
        given = {name: value for name, value in asked.items() if value != Listing._field_defaults[name]}
        return f"{self._root}/incidents{'?' * bool(given)}{urlencode(given)}"

    def _form(self, who: Who | None, draft: Draft) -> dict[str, Any]:
        """Return the variables of every form: its text, its sender and its hidden fields."""
        return {
            "who": who,
            "door": self._door,
            "draft": draft,
            "token": self._door.token(who),
            "once": draft.written["once"] if draft.again or draft.tried else once(),
        }

    def _standing(self, case: Case, history: History) -> tuple[list[Review], bool]:
        """Return the decisions that no worker has applied yet, and whether they are overdue."""
        found = [each for part in case.parts for each in waiting(history, self._settings.site, part)]
        return found, _late(found)

    async def _weight(self, case: Case) -> Weight | None:
        """Return an incident's effect by the latest records; None if it takes too long or cannot be computed."""
        task = asyncio.create_task(self._weights.of(case.name, case.incidents))
        done, _ = await asyncio.wait({task}, timeout=WEIGH_SECONDS)
        if done and task.exception() is None:
            return task.result()
        task.add_done_callback(lambda ended: ended.cancelled() or ended.exception())  # logged by `KeptWeights`
        return None


def _weightier(weight: Weight | None, possible: Sequence[Decision]) -> Decision | None:
    """Return the decision that moves a figure most, if it moves one by more than a point."""
    effects = [] if weight is None else weight.effects
    moved = {each: max((one.moves(each) for one in effects), default=0.0) for each in possible}
    most = max(possible, key=lambda each: moved[each])
    return most if moved[most] > A_POINT else None


def _late(reviews: Sequence[Review]) -> bool:
    return bool(reviews) and time.time() - milliseconds(reviews[-1].at) / 1000 > APPLY_SECONDS


def _local(moment: datetime) -> str:
    """Format a moment for a form's field."""
    return moment.replace(tzinfo=None).isoformat(timespec="seconds" if moment.second else "minutes")
