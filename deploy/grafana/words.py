"""What values are called on the boards, and in which colour: French, as the officials read it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from grafana_foundation_sdk.models.dashboard import (
    DashboardRegexMapOptions,
    DashboardSpecialValueMapOptions,
    RegexMap,
    SpecialValueMap,
    SpecialValueMatch,
    ValueMap,
    ValueMapping,
    ValueMappingResult,
)

from agents.language import Language
from agents.pages import withheld
from agents.pages.words import MISCOUNTS, SHEETS
from agents.translation import Words
from deploy.grafana.colours import DOUBT, GREY, MISSED, PLAIN

SHARE: Final = "percentunit"
SECONDS: Final = "dthms"  # 00:01:30, the same in every language
COUNT: Final = "none"
HOURS: Final = "suffix: h"
DAYS: Final = "suffix: j"
MINUTES: Final = "suffix: min"
AGENTS: Final = "suffix: agents"
DATE: Final = "time:DD/MM/YYYY"
MOMENT: Final = "time:DD/MM/YYYY HH:mm"

NO_CALL: Final = "aucun appel"
NO_TICKET: Final = "aucun ticket"
NOTHING: Final = "aucune donnée"
NO_CELL: Final = "—"
NOT_THIS_YEAR: Final = "pas cette année"

WINDOWS: Final = {"5m": "sur 5 min", "15m": "sur 15 min", "1h": "sur 1 h", "1d": "sur 1 j"}
OUTCOMES: Final = {"answered": "répondus", "lost": "perdus", "diverted": "déviés", "unresolved": "sans issue connue"}
TICKETS: Final = {
    "served": "servis",
    "no_show": "absents à l'appel",
    "cancelled": "annulés",
    "transferred": "réorientés",
}
REASONS: Final = {
    "abandoned": "abandon",
    "timeout": "délai dépassé",
    "full": "file pleine",
    "closed": "fermé",
    "no_agents": "aucun agent",
    "key": "touche",
    "transfer": "transfert",
    "voicemail": "messagerie",
    "callback": "rappel",
    "unknown": "motif inconnu",
}
RESULTS: Final = {"ok": "retenus", "duplicate": "doublons", "late": "tardifs", "invalid": "rejetés"}
FRENCH: Final = Words(Language.FR)
FLOWS: Final = {
    "call-attempts": "appels",
    "call-witnesses": "second relevé",
    "counter-tickets": "tickets",
    "line-readings": "relevés",
    "requests": "demandes",
    "reviews": "décisions",
}
VERDICTS: Final = {
    "miscount": "erreur de comptage suspectée",
    "overload": "surcharge réelle",
    "undecided": "à départager",
}
KINDS: Final[dict[str, str]] = {kind: FRENCH(each) for kind, each in MISCOUNTS.items()}


def mapping(texts: Mapping[str, str], colours: Mapping[str, str] | None = None) -> list[ValueMapping]:
    """Return what shows values as those texts, in those colours."""
    of = colours or {}
    return [
        ValueMap(
            {
                value: ValueMappingResult(text=text, color=of.get(value), index=index)
                for index, (value, text) in enumerate(texts.items())
            }
        )
    ]


def matching(texts: Mapping[str, str]) -> list[ValueMapping]:
    """Return what shows values that match an expression as a text."""
    return [
        RegexMap(DashboardRegexMapOptions(pattern, ValueMappingResult(text=text, index=index)))
        for index, (pattern, text) in enumerate(texts.items())
    ]


def absent(text: str) -> list[ValueMapping]:
    """Return what shows a text where there is no number."""
    result = ValueMappingResult(text=text, index=0)
    return [SpecialValueMap(DashboardSpecialValueMapOptions(SpecialValueMatch.NULL_AND_NAN, result))]


STATE: Final = mapping(
    {"0": "fermé", "1": "ouvert", "2": "surcharge réelle", "3": "comptage suspect"},  # as short as afar it must be
    {"0": GREY, "1": PLAIN, "2": MISSED, "3": DOUBT},
)
COUNTING: Final = mapping(
    {"0": "rien à signaler", "1": "surcharge réelle", "2": "erreur de comptage suspectée"},
    {"0": GREY, "1": MISSED, "2": DOUBT},
)
WITHHELD: Final = mapping(
    {"0": "publiée", **{f"{code}": FRENCH(each) for code, each in enumerate(withheld.REASONS.values(), 1)}},
    {"0": PLAIN, **{f"{code}": DOUBT for code in range(1, 1 + len(withheld.REASONS))}},
)
YES: Final = mapping({"0": "non", "1": "oui"})
WHOLE: Final = mapping({"0": "intacts", "1": "à ne pas publier"}, {"0": PLAIN, "1": MISSED})
REACHED: Final = mapping({"0": "tenue", "1": "manquée"}, {"0": PLAIN, "1": MISSED})
UP: Final = mapping({"0": "arrêté", "1": "en marche"}, {"0": MISSED, "1": PLAIN})
FRESH: Final = mapping({"0": "à jour", "1": "en retard"}, {"0": PLAIN, "1": MISSED})
VERDICT: Final = mapping(VERDICTS, {"miscount": DOUBT, "overload": MISSED, "undecided": GREY})
KIND: Final = mapping(KINDS)
# A board shows the indicators of many offices at once, each with its own limit.
TITLES: Final = {kind: sheet.title for kind, sheet in SHEETS.items() if kind != "within_target"}
INDICATOR: Final = matching(
    {
        "^within_target:.*": "Taux de réponse dans le délai cible",
        **{f"^{kind}:.*": FRENCH(title) for kind, title in TITLES.items()},
    }
)
FLOW: Final = matching({f".*{topic}$": words for topic, words in FLOWS.items()})
