"""Pages signed by an office or a nation: templates by language, and the pages that both have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from jinja2 import Environment

from agents.board.frame import PageFrame
from agents.language import Language
from agents.pages.html import logo, spoken
from config.office import Signatory

if TYPE_CHECKING:
    from agents.board.deciding.door import Door, Who
    from agents.board.deciding.showing import Draft

STATED: Final = date(2026, 11, 26)  # when the accessibility statement was last checked against the pages


class SignedPages:
    """Pages, each in the language of its frame; `shown` returns the signatory's template variables for a language."""

    def __init__(self, office: Signatory, shown: Callable[[Language], Mapping[str, Any]]) -> None:
        self._contact = office.contact
        self._templates = {language: _speaking(language, office, shown(language)) for language in Language}

    def accessibility(self, frame: PageFrame) -> str:
        return self.render("accessibility", "", frame, stated=STATED, contact=self._contact)

    def door(self, frame: PageFrame, door: Door, who: Who | None, draft: Draft, more: Mapping[str, Any]) -> str:
        """Return the page of a person's name and rights, or the one that asks for a secret."""
        token = door.token(who)
        return self.render("door", "", frame, door=door, who=who, draft=draft, token=token, **more)

    def refused(self, said: str, frame: PageFrame) -> str:
        """Return the page that says why something is not shown."""
        return self.render("refused", "", frame, said=said)

    def render(self, name: str, here: str, frame: PageFrame, **more: Any) -> str:  # noqa: ANN401 -- whatever the template uses
        """Render a template; `here` is its entry of the menu."""
        template = self._templates[frame.language].get_template(f"{name}.html.j2")
        return template.render(here=here, frame=frame, **more)


def _speaking(language: Language, office: Signatory, shown: Mapping[str, Any]) -> Environment:
    found = spoken("agents.board", language)
    signed = " · ".join(filter(None, (office.name, office.service, office.contact)))
    found.globals |= {"signed": signed, "logo": logo(office.logo), "tabs": True, **shown}
    return found
