"""The evidence of a shared fault as sentences in French and English, with its figures."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, log
from typing import Final

from msgspec.structs import replace

from streams.across.place import Scope
from streams.across.shared import SharedFault
from streams.across.spells import OVERLOAD
from streams.watch.counting import SILENCE
from streams.watch.incident import Evidence

CHECK: Final = "across offices"
NAMED: Final = 8  # sites that a sentence names
_LEAST: Final = 1e-12  # a year

_OF: Final[dict[Scope, tuple[str, str]]] = {
    "exchange": ("du central {}", "of exchange {}"),
    "provider": ("de l'opérateur {}", "of provider {}"),
    "department": ("du département {}", "of department {}"),
    "region": ("de la région {}", "of region {}"),
    "nation": ("de tout le pays", "of the whole nation"),
}
_DO: Final = {
    SILENCE: ("n'entendent plus aucun appel", "hear no call"),
    OVERLOAD: ("perdent plus d'appels que d'habitude", "lose more calls than usual"),
}
_MISCOUNT: Final = ("présentent la même erreur de comptage", "have the same miscount")
_AGAINST: Final = {
    SILENCE: ("étaient appelés pendant ce temps", "were called meanwhile"),
    OVERLOAD: ("étaient ouverts et n'en perdaient pas plus", "were open and lost no more"),
}
_SOUND: Final = ("étaient ouverts et comptaient juste", "were open and counted right")


def evidence_of(fault: SharedFault) -> list[Evidence]:
    """Return the evidence that the fault is shared, then the first evidence of each site."""
    found = [_together(fault)]
    if fault.against:
        french, english = _AGAINST.get(fault.sort, _SOUND)
        told, number = names(fault.against), len(fault.against)
        found.append(
            Evidence(
                CHECK, number, None, 0.0, f"{number} autres {french} : {told}", f"{number} others {english}: {told}"
            )
        )
    if fault.closing:
        found.append(
            Evidence(
                CHECK,
                None,
                None,
                0.0,
                "d'une ouverture à l'autre : peut-être fermés, mais leurs voisins étaient ouverts",
                "from opening to opening: closed perhaps, but their neighbours were open",
            )
        )
    return found + [
        replace(each, says=f"{site} : {each.says}", says_en=f"{site}: {each.says_en}")
        for site, told in fault.parts.items()
        for each in told[0].evidence[:1]
    ]


def names(sites: Sequence[str]) -> str:
    """Return sites separated by commas, cut after the first eight.

    >>> names([str(each) for each in range(10)])
    '0, 1, 2, 3, 4, 5, 6, 7…'
    """
    return ", ".join(sites[:NAMED]) + ("…" if len(sites) > NAMED else "")


def _together(fault: SharedFault) -> Evidence:
    count, of_all = len(fault.parts), len(fault.open)
    (fr, en), (do, does) = _OF[fault.scope], _DO.get(fault.sort, _MISCOUNT)
    years = floor(1 / max(fault.false_a_year, _LEAST))
    seldom, rarely = "des milliers d'années", "thousands of years"
    if years < 1000:  # noqa: PLR2004 -- a larger figure would not be believed
        seldom, rarely = f"{years} ans", f"{years} years"
    return Evidence(
        CHECK,
        count,
        round(fault.expected, 2),
        round(-log(max(fault.false_a_year, _LEAST)), 2),
        f"{count} des {of_all} sites ouverts {fr.format(fault.name)} {do} en même temps ; "
        f"le hasard ne le ferait pas une fois en {seldom}",
        f"{count} of the {of_all} open sites {en.format(fault.name)} {does} at once; "
        f"chance would not do that once in {rarely}",
    )
