"""What a certificate says, in French and English; what was not checked is said as loudly as what was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from agents.certificate.certificate import CallsUsed, CertifiedLine, Untried
from agents.pages.both import Both, withheld
from agents.pages.both import sentences as of_checks
from agents.pages.both import share as percent
from agents.writing import FRENCH
from streams.certificate.sensitivity import HORIZONS, Size, Smallest
from streams.watch.french import number

REFERENCE: Final = "answered-as-lost-silently"  # the fault that a published rate is most often wrong by

FAULTS: Final[Mapping[str, Both]] = {
    "answered-as-lost-silently": Both(
        "réponses comptées comme perdues, sans autre trace", "answers counted as lost, with no other sign"
    ),
    "lost-again": Both("appels perdus comptés plusieurs fois", "lost calls counted several times"),
    "phantoms": Both("appels fantômes, sans attente", "phantom calls, with no wait"),
    "short-counted": Both("raccrochés en moins de 5 s comptés perdus", "who hangs up within 5 s counted as lost"),
    "answered-missing": Both("réponses absentes du relevé", "answers missing from the record"),
    "diverted-as-lost": Both("appels dirigés ailleurs comptés perdus", "diverted calls counted as lost"),
    "lost-missing": Both("appels perdus absents du relevé", "lost calls missing from the record"),
    "short-dropped": Both("pertes rapides écartées", "quick losses left out"),
    "ends-missing": Both("fins d'appel absentes du relevé", "ends of calls missing from the record"),
    "answered-as-lost": Both(
        "réponses comptées comme perdues, fin de conversation relevée",
        "answers counted as lost, the end of the talk told",
    ),
    "legs-as-lost": Both("sonneries d'agents comptées comme appels perdus", "agents' ringing legs counted as lost"),
    "redialled": Both("rappels automatiques comptés", "redialling machines counted"),
}
UNTRIED: Final[Mapping[Untried, Both]] = {
    "not kept": Both(
        "Non essayés, car ils se voient aux appelants et aux conversations, que seuls les événements disent (--events)",
        "Not tried, as they show in callers and talks, which only events tell (--events)",
    ),
    "not told": Both(
        "Non essayés, car ils se voient aux appelants et aux conversations, que ce relevé ne dit pas",
        "Not tried, as they show in callers and talks, which this record does not tell",
    ),
    "days": Both(
        "Non essayés, faute d'assez de jours sans anomalie d'où partir",
        "Not tried, for want of sound days to begin from",
    ),
    "time": Both(
        "Non essayés, le temps accordé étant passé (--limit)", "Not tried, as the time given was over (--limit)"
    ),
}
NO_SAMPLE: Final = Both(
    "Aucun appel n'a été vérifié par une personne.",
    "No call was checked by a person.",
)


def figure(line: CertifiedLine, zone: ZoneInfo) -> Both:
    """Say the figure that is certified: the corrected one beside the raw one, else why there is none."""
    raw, corrected = percent(line.raw.value or 0.0, 2), percent(line.corrected.value or 0.0, 2)
    if line.guard is not None:
        why = withheld(line.guard, line.coverage, zone)
        return Both(f"{raw.fr} d'appels perdus comptés ; {why.fr}", f"{raw.en} counted as lost; {why.en}")
    if line.method == "none":
        return Both(f"{raw.fr} d'appels perdus, sans correction", f"{raw.en} lost, no correction")
    return Both(
        f"{corrected.fr} d'appels perdus, corrigés (comptés : {raw.fr})",
        f"{corrected.en} lost, corrected (counted: {raw.en})",
    )


def sentences(line: CertifiedLine) -> list[Both]:
    """Return what a reader should know first."""
    return [*of_checks(line.checks), of_faults(line), of_sample(line)]


def points(share: float) -> Both:
    """Write a difference of rates in points; a small one is not written as none.

    >>> points(0.0486).en, points(0.0192).fr
    ('+4.9 points', '+1,9 point')
    """
    shown = share * 100
    digits = 1 if abs(shown) >= 0.1 else 2  # noqa: PLR2004 -- a tenth of a point
    sign = "+" if shown >= 0 else "\u2212"
    many = abs(round(shown, digits)) >= 2  # noqa: PLR2004 -- French has a plural from two on
    return Both(
        f"{sign}{number(abs(shown), digits)} point{'s' if many else ''}", f"{sign}{abs(shown):.{digits}f} points"
    )


def worst(fault: Smallest) -> Both:
    """Say what the worst of a fault that was tried does to the rate, and from how many days it is told."""
    moved = points(fault.worst.points)
    return Both(
        f"{moved.fr} ; depuis {fault.worst_told} jours sur {fault.starts}",
        f"{moved.en}; from {fault.worst_told} of {fault.starts} days",
    )


def untried(line: CertifiedLine) -> list[Both]:
    """Say which faults were not tried, by the reason."""
    return [
        Both(
            f"{why.fr} : {' ; '.join(FAULTS[name].fr for name in names)}.",
            f"{why.en}: {'; '.join(FAULTS[name].en for name in names)}.",
        )
        for reason, why in UNTRIED.items()
        if (names := [name for name, given in line.untried.items() if given == reason])
    ]


def interval(line: CertifiedLine) -> Both | None:
    """Say the interval of the published rate; None where it has none."""
    low, high = line.corrected.low, line.corrected.high
    if low is None or high is None:
        return None
    least, most = percent(low, 2), percent(high, 2)
    return Both(f"entre {least.fr} et {most.fr} (95 %)", f"between {least.en} and {most.en} (95 %)")


def size(of: Size | None) -> Both:
    """Write the smallest size that is told; none where none is."""
    return Both("à aucune taille", "at no size") if of is None else points(of.points)


def unseen(faults: Sequence[Smallest]) -> list[Smallest]:
    """Return the faults that are not surely told, however big they are."""
    return [each for each in faults if each.told[HORIZONS[-1]] is None]


def of_faults(line: CertifiedLine) -> Both:
    """Say in one sentence what would have been seen, and what not."""
    known = {each.mechanism: each for each in line.faults}
    if REFERENCE not in known:
        return Both("Aucune erreur n'a été essayée sur cette ligne.", "No fault was tried on this line.")
    soon, later = (known[REFERENCE].told[within] for within in HORIZONS)
    days, more = HORIZONS
    if later is None:
        said = Both(
            "Aucune taille ne garantit que des réponses comptées comme perdues soient signalées",
            "Answers counted as lost are not sure to be told at any size",
        )
    else:
        fr = "" if soon is None else f", et en {days} jours à partir de {_plain(soon).fr}"
        en = "" if soon is None else f", and within {days} where by {_plain(soon).en}"
        said = Both(
            f"Des réponses comptées comme perdues auraient été signalées en {more} jours d'ouverture si elles "
            f"déplaçaient le taux de {_plain(later).fr} ou plus{fr}",
            f"Answers counted as lost would have been told within {more} opening days where they moved the rate by "
            f"{_plain(later).en} or more{en}",
        )
    hidden = [FAULTS[each.mechanism] for each in unseen(line.faults) if each.mechanism != REFERENCE]
    if not hidden:
        return Both(f"{said.fr}.", f"{said.en}.")
    return Both(
        f"{said.fr}. Aucune taille ne garantit que soient signalés : {' ; '.join(each.fr for each in hidden)}.",
        f"{said.en}. Not sure to be told at any size: {'; '.join(each.en for each in hidden)}.",
    )


def of_sample(line: CertifiedLine) -> Both:
    """Say in one sentence what a person found of the calls that were drawn."""
    if line.sample is None:
        return NO_SAMPLE
    result, sample = line.sample.result, line.sample
    within, every = bound(result.within), round(line.raw.whole or 0)
    first, last = (date.fromisoformat(each) for each in (sample.first, sample.last))
    return Both(
        f"Une personne a vérifié {result.checked} appels tirés au sort parmi {number(sample.calls)} des "
        f"{number(every)} comptés, du {FRENCH.day(first)} au {FRENCH.day(last)} : {result.wrong} mal comptés, "
        f"{result.unknown} sans réponse. Hors des erreurs de comptage connues, le taux est compté juste à {within.fr} "
        "près (deux tests unilatéraux à 5 %).",
        f"A person checked {result.checked} calls drawn from {sample.calls:,} of the {every:,} counted, {first} to "
        f"{last}: {result.wrong} counted wrong, {result.unknown} unknown. Outside of the known miscounts the rate is "
        f"counted right within {within.en} (two one-sided tests at 5 %).",
    )


def of_calls(calls: CallsUsed, starts: int) -> Both:
    """Say what the faults were put into, and from how many days."""
    fr, en = f"Essais depuis {starts} jours sans anomalie", f"Tried from {starts} sound days on"
    if calls.source == "ledger":
        return Both(
            f"{fr}, sur les {number(calls.calls)} appels du registre, reconstitués par quarts d'heure sans "
            "appelants ni conversations : les erreurs y sont plus difficiles à voir.",
            f"{en}, on the {calls.calls:,} calls of the ledger, rebuilt by quarters of an hour without callers and "
            "talks: faults are harder to see in them.",
        )
    return Both(
        f"{fr}, sur les événements de {number(calls.calls)} appels ; le registre en compte {number(calls.counted)}.",
        f"{en}, on the events of {calls.calls:,} calls; the ledger counts {calls.counted:,}.",
    )


def _plain(of: Size) -> Both:
    told = points(of.points)
    return Both(told.fr.lstrip("+"), told.en.lstrip("+"))


def bound(share: float) -> Both:
    """Write a bound in points, rounded up."""
    up = -(-share * 10_000 // 1) / 10_000
    return Both(f"{number(up * 100, 2)} point{'s' if up * 100 >= 2 else ''}", f"{up * 100:.2f} points")  # noqa: PLR2004
