"""The pages of a nation, from what is known to HTML: each in one language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from jinja2 import Environment
from markupsafe import Markup

from agents.across.shown import SCOPES
from agents.board.deciding.door import Door, Who
from agents.board.deciding.showing import Draft
from agents.board.frame import PageFrame
from agents.board.nation.live import LiveKind, WaitingCase
from agents.board.nation.view import FIRST_CASES, UnitNow
from agents.board.pages import SCRIPT, STATED
from agents.language import Language
from agents.pages.html import spoken
from agents.pages.logo import logo
from agents.translation import Words
from config.nation import Nation

SECTIONS: Final = ("across", "worst", "cases", "silent", "units", "offices")
CASES: Final = 50  # incidents on a page of the list


def unit_address(kind: LiveKind, name: str) -> str:
    """Return the address of the page of a unit.

    >>> unit_address("region", "Île-de-France"), unit_address("nation", "")
    ('/regions/%C3%8Ele-de-France', '/')
    """
    return "/" if kind == "nation" else f"/{kind}s/{quote(name, safe='')}"


def nation_name(nation: Nation, text: Words) -> str:
    """Return how a nation is called where it does not say so."""
    return nation.office.name or text("All offices")


class NationPages:
    """Render the pages of a nation, each in the language of its frame."""

    def __init__(self, nation: Nation) -> None:
        self._nation = nation
        self._templates = {language: self._speaking(language) for language in Language}

    def unit(self, parts: Mapping[str, str], found: tuple[LiveKind, str], frame: PageFrame) -> str:
        """Return the page of a unit, of its parts."""
        kind, name = found
        shown = {key: Markup(part) for key, part in parts.items()}  # noqa: S704 -- as rendered below
        events = f"{unit_address(kind, name).rstrip('/')}/events"
        return self.render(
            "nation",
            kind,
            frame,
            parts=shown,
            kind=kind,
            unit=name,
            events=events,
            script=Markup(SCRIPT),  # noqa: S704 -- our own file
        )

    def parts(self, unit: UnitNow, frame: PageFrame, wrong: Sequence[str]) -> dict[str, str]:
        """Return the parts of a unit's page that change, by their ids."""
        given = {"unit": unit, "replay": self._nation.clock == "event", "most": FIRST_CASES, "scopes": SCOPES}
        found: Any = self._templates[frame.language].get_template("nation_parts.html.j2").make_module(given)
        shown = {"trouble": found.trouble(frame.trouble, wrong), "office": found.sums()}
        empty = {name for name, rows in (("across", unit.faults), ("units", unit.units)) if not rows}
        shown |= {name: getattr(found, name)() for name in SECTIONS if name not in empty}
        return {name: str(part).strip() for name, part in shown.items()}

    def incidents(self, cases: Sequence[WaitingCase], page: int, frame: PageFrame) -> str:
        """Return the list of what awaits a decision; pages count from 1, and one too many is the last."""
        last = max(1, -(-len(cases) // CASES))
        page = min(page, last)
        shown = cases[CASES * (page - 1) : CASES * page]
        return self.render("nation_incidents", "incidents", frame, cases=shown, count=len(cases), page=page, last=last)

    def door(self, frame: PageFrame, door: Door, who: Who | None, draft: Draft, more: Mapping[str, Any]) -> str:
        """Return the page that says who somebody is and what they may do, or asks for their secret."""
        token = door.token(who)
        return self.render("door", "", frame, door=door, who=who, draft=draft, token=token, **more)

    def accessibility(self, frame: PageFrame) -> str:
        """Return the statement of accessibility."""
        return self.render("accessibility", "", frame, stated=STATED, contact=self._nation.office.contact)

    def refused(self, said: str, frame: PageFrame) -> str:
        """Return what is said where a page is not there."""
        return self.render("refused", "", frame, said=said)

    def render(self, name: str, here: str, frame: PageFrame, **more: Any) -> str:  # noqa: ANN401 -- as the template takes it
        """Return the page of a template; `here` is the entry of the menu that it belongs to."""
        template = self._templates[frame.language].get_template(f"{name}.html.j2")
        return template.render(here=here, frame=frame, **more)

    def _speaking(self, language: Language) -> Environment:
        found, nation = spoken("agents.board", language), self._nation
        office = nation.office
        found.globals |= {
            "site_name": nation_name(nation, Words(language)),
            "signed": " · ".join(filter(None, (office.name, office.service, office.contact))),
            "logo": logo(office.logo),
            "colour": nation.board.colour,
            "root": "",
            "above": (),
            "nation": True,
            "by_rights": nation.rights is not None,
            "address": unit_address,
        }
        return found
