"""The checks that stand behind a figure, in words, and in which part of the time they could not speak."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from agents.pages.words import Both
from agents.writing import FRENCH
from streams.certificate.coverage import Absence, Check, CheckedShare

CHECKS: Final[Mapping[Check, Both]] = {
    "prior": Both("taux perdu comparé au taux configuré", "lost rate against the configured one"),
    "usual": Both("taux perdu comparé à l'habitude de la ligne", "lost rate against what the line usually loses"),
    "copies": Both("lignes écrites en double", "rows written twice"),
    "callers": Both(
        "un seul appel à la fois par appelant, rappels automatiques, appels fantômes",
        "one call at a time for each caller, redialling machines, phantom calls",
    ),
    "talks": Both("pas de conversation dans un appel perdu", "no conversation in a lost call"),
    "ends": Both("chaque appel a une fin", "every call ends"),
    "waits": Both("attentes conformes aux horodatages", "waits as their moments say"),
    "silence": Both("silence de la ligne", "silence of the line"),
    "emptied": Both("sorte d'appel qui disparaît (perdus, dirigés)", "a sort of call that comes no more"),
    "hours": Both("appels aux heures habituelles (horloge)", "calls at their usual hours (clock)"),
    "closed": Both("appels comptés pendant la fermeture", "calls counted while closed"),
    "readings": Both("totaux du compteur rapprochés des appels", "the counter's totals against the calls"),
    "witness": Both("second relevé, appel par appel", "a second record, call by call"),
}

NO_WITNESS: Final = Both(
    "Aucun second relevé n'a été rapproché appel par appel : un appelant absent du relevé n'est compté nulle part.",
    "No second record was compared call by call: a caller who is not in the record is counted nowhere.",
)

ABSENCES: Final[Mapping[Absence, Both]] = {
    "not counted": Both("jours absents du registre", "days that the ledger does not have"),
    "no calls": Both("aucun appel", "no calls"),
    "learning": Both("habitude pas encore apprise", "what is usual not learnt yet"),
    "no rate": Both("aucun taux configuré", "no rate configured"),
    "not told": Both("le relevé ne le dit pas", "the record does not tell it"),
    "not known": Both("le registre n'en garde pas la trace", "the ledger does not keep it"),
    "no readings": Both("aucun total du compteur", "no readings of the counter"),
    "no witness": Both("aucun second relevé", "no second record"),
    "not heard": Both("le second relevé n'en dit rien", "the second record tells nothing of them"),
}


def share(of: float, digits: int = 1) -> Both:
    """Write a share; one that is neither none nor all is never written as either.

    >>> share(0.0001).en, share(0.99999).en, share(1.0).en
    ('0.1 %', '99.9 %', '100.0 %')
    """
    least = 10.0 ** -(2 + digits)
    shown = min(max(of, least), 1 - least) if 0 < of < 1 else of
    return Both(FRENCH.percent(shown, digits), f"{shown * 100:.{digits}f} %")


def absences(checked: CheckedShare) -> Both:
    """Say where a check could not speak and why, each reason with its share."""
    parts = [(ABSENCES[why], share(number / checked.whole)) for why, number in sorted(checked.silent.items())]
    return Both(
        " ; ".join(f"{why.fr} {part.fr}" for why, part in parts),
        "; ".join(f"{why.en} {part.en}" for why, part in parts),
    )


def sentences(checks: Sequence[CheckedShare]) -> list[Both]:
    """Say how much of the open time was watched, which checks could speak nowhere, and that no second record did."""
    return [
        _watched(checks),
        *([NO_WITNESS] if any(each.check == "witness" and not each.spoke for each in checks) else []),
    ]


def _watched(checks: Sequence[CheckedShare]) -> Both:
    by_name = {each.check: each for each in checks}
    usual, why = share(by_name["usual"].share), absences(by_name["usual"])
    silent = [each for each in checks if not each.spoke and each.check != "witness"]
    never = [CHECKS[each.check] for each in silent if "not known" not in each.silent]
    hidden = [CHECKS[each.check] for each in silent if "not known" in each.silent]
    fr = [f"Le taux a été comparé à l'habitude de la ligne pendant {usual.fr} des heures d'ouverture ({why.fr})."]
    en = [f"The rate was held against what the line usually loses in {usual.en} of the opening hours ({why.en})."]
    if never:
        fr.append(f"N'ont pas été contrôlés : {' ; '.join(each.fr for each in never)}.")
        en.append(f"Not checked: {'; '.join(each.en for each in never)}.")
    if hidden:
        fr.append(f"Le registre ne montre pas qu'ont été contrôlés : {' ; '.join(each.fr for each in hidden)}.")
        en.append(f"The ledger does not show that these were checked: {'; '.join(each.en for each in hidden)}.")
    return Both(" ".join(fr), " ".join(en))
