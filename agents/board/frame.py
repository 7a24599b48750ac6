"""The frame of every page: its language, its address in the other language, and a warning if something is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from aiohttp import web

from agents.language import Language
from agents.translation import Words

COOKIE: Final = "lang"
LANGUAGES: Final = web.AppKey("languages", tuple[Language, ...])  # the board's languages
YEAR_SECONDS: Final = 365 * 86400
_LANGUAGES: Final = {each.value: each for each in Language}


class Within(NamedTuple):
    """Where an office's pages are: at the root, or below a nation's."""

    root: str = ""  # prefix of all addresses
    above: tuple[tuple[str, str], ...] = ()  # the pages above, from the top: name and address
    by_rights: bool = False  # access is limited
    tabs: bool = True  # the menu of the board's pages


class PageFrame(NamedTuple):
    language: Language
    other: str  # address of this page in the other language; empty if the board has only one
    trouble: str | None = None  # why the figures are old
    to_check: int = 0  # calls that wait for a person's answer

    @property
    def text(self) -> Words:
        """The page's language, as a function that translates."""
        return Words(self.language)


def frame_of(request: web.Request) -> PageFrame:
    """Return the frame of the requested page.

    The language comes from `?lang=`, the cookie or the browser, if the board speaks it.
    """
    spoken = request.app[LANGUAGES]
    asked = (
        _named(request.query),
        _named(request.cookies),
        accepted(request.headers.get("Accept-Language", ""), spoken),
    )
    language = next(each for each in asked if each in spoken)
    other = next((each for each in spoken if each is not language), None)
    return PageFrame(language, "" if other is None else str(request.rel_url.update_query(lang=other)))


def remember(request: web.Request, answer: web.StreamResponse) -> None:
    """Set a cookie for the language chosen by `?lang=`."""
    chosen = _named(request.query)
    if chosen in request.app[LANGUAGES]:
        answer.set_cookie(COOKIE, chosen, max_age=YEAR_SECONDS, httponly=True, samesite="Lax")


def accepted(header: str, spoken: Sequence[Language] = tuple(Language)) -> Language:
    """Return the spoken language that an `Accept-Language` header (RFC 9110, 12.5.4) prefers; the first by default.

    >>> accepted("de-DE, en-GB;q=0.8, fr;q=0.5"), accepted("de")
    (<Language.EN: 'en'>, <Language.FR: 'fr'>)
    """
    asked = [each.partition(";") for each in header.lower().split(",")]
    weighed = {tag.strip().partition("-")[0]: _weight(parameter) for tag, _, parameter in reversed(asked)}
    return max(spoken, key=lambda language: weighed.get(language, 0.0))  # the first of equal weights


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    try:
        return float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0


def _named(among: Mapping[str, str]) -> Language | None:
    return _LANGUAGES.get(among.get(COOKIE, ""))
