"""The offices that an option of `tocsin simulate` selects, by their names or by a shared place."""

from __future__ import annotations

import re
from typing import Final

from agents.simulation.office import ALL, MOMENT, stretch_of
from config.offices import Offices
from config.settings import Settings
from streams.said import said

SHARED: Final = ("region", "department", "exchange", "provider")
_SITES: Final = said("all, a site, several as a+b, or those that share a place, as exchange=NAME")
_SILENCE: Final = re.compile(rf"(.+?):({MOMENT}):({MOMENT})")


def before_slash(text: str, offices: Offices) -> tuple[list[Settings], str]:
    """Return the offices in `SITES/...`, and the text after it; a single office needs no name. Raises `ValueError`."""
    if offices.nation is None:
        return list(offices.sites.values()), text
    sites, slash, rest = text.partition("/")
    if not slash:
        raise ValueError(said("{text}; expected SITES/ before it: {sites}", text=repr(text), sites=_SITES))
    return meant(sites, offices), rest


def silence_of(text: str, offices: Offices) -> dict[str, tuple[float, float]]:
    """Return the stretch (epoch s) in `SITES:FROM:TO`, for each site; raises `ValueError`."""
    match = _SILENCE.fullmatch(text)
    if match is None:
        raise ValueError(said("{text}; expected SITES:FROM:TO, SITES {sites}", text=repr(text), sites=_SITES))
    sites, start, end = match.groups()
    return {each.site: stretch_of(start, end, each) for each in meant(sites, offices)}


def meant(text: str, offices: Offices) -> list[Settings]:
    """Return the offices that a text selects; raises `ValueError`."""
    if text == ALL:
        return list(offices.sites.values())
    shared, equals, name = text.partition("=")
    if equals and shared in SHARED:
        found = [each for each in offices.sites.values() if getattr(each.place, shared) == name]
        if found:
            return found
    elif all(site in offices.sites for site in text.split("+")):
        return [offices.sites[site] for site in text.split("+")]
    raise ValueError(said("sites {text} are not in the configuration; expected {sites}", text=repr(text), sites=_SITES))
