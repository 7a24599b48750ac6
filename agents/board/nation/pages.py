"""A nation's pages as HTML, in one language each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from markupsafe import Markup

from agents.across.shown import SCOPES
from agents.board.frame import PageFrame
from agents.board.nation.live import LiveKind, WaitingCase
from agents.board.nation.view import FIRST_CASES, UnitNow
from agents.board.pages import SCRIPT
from agents.board.signed import SignedPages
from agents.language import Language
from agents.translation import Words
from config.nation import Nation

SECTIONS: Final = ("across", "worst", "cases", "silent", "units", "offices")
CASES: Final = 50  # incidents on a page of the list


def unit_address(kind: LiveKind, name: str) -> str:
    """Return the address of a unit's page.

    >>> unit_address("region", "Île-de-France"), unit_address("nation", "")
    ('/regions/%C3%8Ele-de-France', '/')
    """
    return "/" if kind == "nation" else f"/{kind}s/{quote(name, safe='')}"


def nation_name(nation: Nation, text: Words) -> str:
    """Return a nation's name, or a default."""
    return nation.office.name or text("All offices")


class NationPages(SignedPages):
    def __init__(self, nation: Nation) -> None:
        self._nation = nation
        super().__init__(nation.office, self._shown)

    def unit(self, parts: Mapping[str, str], found: tuple[LiveKind, str], frame: PageFrame, *, full: bool) -> str:
        """Return a unit's page, made of its parts; `full` is for an unattended screen."""
        kind, name = found
        shown = {key: Markup(part) for key, part in parts.items()}  # noqa: S704 -- rendered by `parts`
        events = f"{unit_address(kind, name).rstrip('/')}/events"
        return self.render(
            "nation",
            kind,
            frame,
            parts=shown,
            kind=kind,
            unit=name,
            events=events,
            full=full,
            script=Markup(SCRIPT),  # noqa: S704 -- our own file
        )

    def parts(self, unit: UnitNow, frame: PageFrame, wrong: Sequence[str]) -> dict[str, str]:
        """Return the changing parts of a unit's page, by element id."""
        given = {"unit": unit, "replay": self._nation.clock == "event", "most": FIRST_CASES, "scopes": SCOPES}
        found: Any = self._templates[frame.language].get_template("nation_parts.html.j2").make_module(given)
        shown = {"trouble": found.trouble(frame.trouble, wrong), "office": found.sums()}
        empty = {name for name, rows in (("across", unit.faults), ("units", unit.units)) if not rows}
        shown |= {name: getattr(found, name)() for name in SECTIONS if name not in empty}
        return {name: str(part).strip() for name, part in shown.items()}

    def incidents(self, cases: Sequence[WaitingCase], page: int, frame: PageFrame) -> str:
        """Return the list of incidents to decide; pages count from 1, a number that is too high shows the last page."""
        last = max(1, -(-len(cases) // CASES))
        page = min(page, last)
        shown = cases[CASES * (page - 1) : CASES * page]
        return self.render("nation_incidents", "incidents", frame, cases=shown, count=len(cases), page=page, last=last)

    def _shown(self, language: Language) -> dict[str, Any]:
        nation = self._nation
        return {
            "site_name": nation_name(nation, Words(language)),
            "colour": nation.board.colour,
            "root": "",
            "above": (),
            "nation": True,
            "by_rights": nation.rights is not None,
            "address": unit_address,
        }
