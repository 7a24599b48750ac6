"""The board's pages, from what is known to HTML."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from importlib.resources import files
from typing import Any, Final
from urllib.parse import urlencode

from markupsafe import Markup

from agents.board.incidents import INCIDENT_STATUSES, IncidentView
from agents.board.live import Live
from agents.pages.html import environment
from agents.pages.words import Both
from agents.pages.written import duration
from config.settings import Settings
from streams.watch.french import number

_SCRIPT: Final = files("agents.board").joinpath("templates/live.js").read_text(encoding="utf-8")
SCRIPT_HASH: Final = b64encode(sha256(_SCRIPT.encode()).digest()).decode()  # for the pages' security policy


class Pages:
    """Render the pages of an office, French first, English second and smaller; each says what is in `trouble`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._templates = environment("agents.board")
        self._templates.globals |= {"site": settings.site, "figure": _figure, "weight": _weight, "query": _query}

    def live(self, live: Live, trouble: Both | None) -> str:
        """Return the live board."""
        more = {"replay": self._settings.clock == "event", "script": Markup(_SCRIPT)}  # noqa: S704 -- our own file
        return self._page("live", "live", trouble, **live._asdict(), **more)

    def incidents(
        self, incidents: list[IncidentView], line: str | None, status: str | None, trouble: Both | None
    ) -> str:
        """Return the list of incidents, as it was asked for."""
        lines = {name: each.label for name, each in self._settings.lines.items()}
        chosen = {"chosen_line": line, "chosen_status": status}
        return self._page(
            "incidents", "incidents", trouble, incidents=incidents, lines=lines, statuses=INCIDENT_STATUSES, **chosen
        )

    def incident(self, incident: IncidentView, trouble: Both | None) -> str:
        """Return an incident with its evidence and how to decide of it."""
        return self._page("incident", "incidents", trouble, incident=incident)

    def years(self, years: Mapping[int, int], today: date, trouble: Both | None) -> str:
        """Return the list of years, each with how many editions were published."""
        return self._page("years", "years", trouble, years=years, today=today)

    def refused(self, said: Both, trouble: Both | None) -> str:
        """Return what is said where a page is not there."""
        return self._page("refused", "", trouble, said=said)

    def _page(self, name: str, here: str, trouble: Both | None, **more: Any) -> str:  # noqa: ANN401 -- as the template takes it
        return self._templates.get_template(f"{name}.html.j2").render(here=here, trouble=trouble, **more)


def staleness(read: float | None, trouble: str, now: float) -> Both:
    """Say since when the topics could not be read, and why."""
    why = f" ({trouble})" if trouble else ""
    if read is None:
        return Both(f"Kafka n'a pas encore été lu{why}.", f"Kafka has not been read yet{why}.")
    age = now - read
    return Both(
        f"Chiffres d'il y a {duration(age)} : Kafka ne répond pas{why}.",
        f"Figures of {timedelta(seconds=round(age))} ago: Kafka does not answer{why}.",
    )


def _figure(value: float | None) -> str:
    """Write what a check saw or expected, whatever its unit, with three digits that count.

    >>> [_figure(each) for each in (None, 0.3111, 42.6, 3.0, 999.6, 0.0000123)]
    ['—', '0,311', '42,6', '3', '1\u202f000', '0,0000123']
    """
    if value is None:
        return "—"
    if abs(value) >= 999.5:  # noqa: PLR2004 -- all digits of what has more than three before the comma
        return number(value)
    return f"{Decimal(f'{value:.3g}'):f}".replace(".", ",")


def _weight(score: float) -> str:
    """Write a weight with its sign, where it has any weight.

    >>> [_weight(each) for each in (7.53, -0.41, -0.01)]
    ['+7,5', '-0,4', '0']
    """
    return f"{score:+.1f}".replace(".", ",") if abs(score) >= 0.05 else "0"  # noqa: PLR2004 -- what would show as 0,0


def _query(line: str | None, status: str | None) -> str:
    """Return the query that asks for the incidents of a line and a status."""
    asked = urlencode({name: value for name, value in (("line", line), ("status", status)) if value is not None})
    return f"?{asked}" if asked else ""
