"""The evidence of a shared fault as JSON, with a sentence in both languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, assert_never

from agents.language import Language
from agents.translation import Words
from streams.across.evidence import CHECK, Against, Closing, SharedEvidence, SharedFacts, Together
from streams.across.place import Scope
from streams.across.spells import OVERLOAD
from streams.said import Said, said
from streams.watch.counting import SILENCE

NAMED: Final = 8  # most sites that a sentence names
_MOST_YEARS: Final = 1000  # a larger figure would not be believed

SCOPES: Final[Mapping[Scope, Said]] = {
    "exchange": said("of exchange {name}"),
    "provider": said("of provider {name}"),
    "department": said("of department {name}"),
    "region": said("of region {name}"),
    "nation": said("of the whole nation"),
}
TOGETHER: Final[Mapping[str, Said]] = {
    SILENCE: said("{count} of the {open} open sites {scope} hear no call at once"),
    OVERLOAD: said("{count} of the {open} open sites {scope} lose more calls than usual at once"),
}
MISCOUNT: Final = said("{count} of the {open} open sites {scope} have the same miscount at once")
AGAINST: Final[Mapping[str, Said]] = {
    SILENCE: said("{count} others were called meanwhile: {sites}"),
    OVERLOAD: said("{count} others were open and lost no more: {sites}"),
}
SOUND: Final = said("{count} others were open and counted right: {sites}")


def shared_evidence_json(evidence: SharedEvidence) -> dict[str, Any]:
    """Return the evidence in the JSON form that an incident's evidence has."""
    return {
        "check": CHECK,
        "observed": evidence.observed,
        "expected": evidence.expected,
        "score": evidence.score,
        "says": _sentence(evidence.facts, Words(Language.FR)),
        "says_en": _sentence(evidence.facts, Words(Language.EN)),
    }


def names(sites: Sequence[str]) -> str:
    """Return sites separated by commas, cut after the first eight.

    >>> names([str(each) for each in range(10)])
    '0, 1, 2, 3, 4, 5, 6, 7…'
    """
    return ", ".join(sites[:NAMED]) + ("…" if len(sites) > NAMED else "")


def _sentence(facts: SharedFacts, text: Words) -> str:
    match facts:
        case Together():
            return f"{_together(facts, text)}{text.semicolon}{_seldom(facts.years, text)}"
        case Against():
            return text(AGAINST.get(facts.sort, SOUND), count=len(facts.sites), sites=names(facts.sites))
        case Closing():
            return text("from opening to opening: closed perhaps, but their neighbours were open")
        case _:
            assert_never(facts)


def _together(facts: Together, text: Words) -> str:
    scope = text(SCOPES[facts.scope], name=facts.name)
    return text(TOGETHER.get(facts.sort, MISCOUNT), count=facts.offices, open=facts.open, scope=scope)


def _seldom(years: int, text: Words) -> str:
    if years < _MOST_YEARS:
        return text("chance would not do that once in {years} years", years=years)
    return text("chance would not do that once in thousands of years")
