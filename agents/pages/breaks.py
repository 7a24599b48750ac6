"""Breaks in a series, in words: by which definition a line or a channel was counted, and when that changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from agents.pages.words import Both
from agents.writing import FRENCH
from streams.calls.definition import Basis, LineDefinition
from streams.events import Reason
from streams.indicators.breaks import Break, Definition
from streams.indicators.indicator import Indicator
from streams.watch.french import number

_REASONS: Final[Mapping[Reason, str]] = {
    "abandoned": "abandon",
    "timeout": "attente trop longue",
    "full": "file pleine",
    "closed": "fermé",
    "no_agents": "aucun agent",
    "key": "touche",
    "transfer": "transfert",
    "voicemail": "messagerie",
    "callback": "rappel demandé",
    "unknown": "motif inconnu",
}
_BASES: Final[Mapping[Basis, str]] = {"lost_over_offered": "taux : perdus sur reçus"}
_DAYS: Final = {"working": Both("ouvrés", "working"), "calendar": Both("calendaires", "calendar")}


def defined(by: Definition) -> Both:
    """Say a definition.

    >>> week = LineDefinition(lost_reasons=("full", "timeout"), short_call=5_000, within=20_000)
    >>> defined(week).en
    'lost by full, timeout; short below 5 s; in time within 20 s; rate lost_over_offered'
    """
    if isinstance(by, LineDefinition):
        short, within = by.short_call / 1000, by.within / 1000
        reasons = ", ".join(_REASONS[each] for each in by.lost_reasons) or "aucun motif"
        return Both(
            f"perdus pour : {reasons} ; appel court sous {number(short, 1 if short % 1 else 0)} s ; "
            f"réponse à temps en {number(within, 1 if within % 1 else 0)} s ; {_BASES[by.definition]}",
            f"lost by {', '.join(by.lost_reasons) or 'no reason'}; short below {short:g} s; "
            f"in time within {within:g} s; rate {by.definition}",
        )
    if by.target_days is None:
        return Both(f"sans délai cible, jours {_DAYS[by.days].fr}", f"no target, {_DAYS[by.days].en} days")
    return Both(
        f"à temps en {by.target_days} jours {_DAYS[by.days].fr}",
        f"in time within {by.target_days} {_DAYS[by.days].en} days",
    )


def said(change: Break) -> Both:
    """Say when the definition changed, and both definitions."""
    before, after = defined(change.before), defined(change.after)
    mixed = Both(" (ce jour mêle les deux)", " (that day holds both)") if change.mixed else Both("", "")
    return Both(
        f"rupture de série le {FRENCH.day(change.day)}{mixed.fr} : avant, {before.fr} ; depuis, {after.fr}",
        f"break in the series on {change.day}{mixed.en}: before, {before.en}; since, {after.en}",
    )


def all_said(each: Indicator) -> list[Both]:
    """Say every break of an indicator, and of how many days the definition is not known."""
    unknown = []
    if each.unstamped:
        unknown.append(
            Both(
                f"définition inconnue de {each.unstamped} j, écrits par une version antérieure",
                f"the definition of {each.unstamped} days is unknown: an earlier version wrote them",
            )
        )
    return [*map(said, each.breaks), *unknown]


def in_one(texts: Iterable[Both]) -> Both:
    """Join what is said in one cell or line."""
    told = list(texts)
    return Both(" | ".join(each.fr for each in told), " | ".join(each.en for each in told))
