"""What the checks say, in French and English, with their figures."""

from __future__ import annotations

from typing import Final

from streams.watch.corroboration import Usual
from streams.watch.incident import Evidence
from streams.watch.laws import Law
from streams.watch.slot import Slot

BREAKS: Final[dict[str, tuple[str, str]]] = {
    "copied rows": ("répètent un autre appel, ligne pour ligne", "repeat another call, row for row"),
    "one call at a time": (
        "sont perdus pendant que le même appelant est déjà en ligne",
        "are lost while the same caller is in another call already",
    ),
    "no redialling machine": (
        "sont perdus à nouveau, du même appelant, dans la demi-minute",
        "are lost again, of the same caller, within half a minute",
    ),
    "no talk in a lost call": (
        "sont comptés perdus, alors qu'une conversation est notée",
        "are counted lost, though a conversation is on record",
    ),
    "nobody at no time": ("sont perdus sans attente et sans appelant", "are lost without a wait and without a caller"),
    "every call ends": ("n'ont aucune issue une heure après", "have no outcome an hour later"),
    "waits as timed": ("ont une attente contraire à leurs horaires", "have a wait that contradicts their own moments"),
    "closed hours": ("sont perdus alors que le site est fermé", "are lost while the office is closed"),
    "on time": ("sont datés d'avant ce qui était déjà dit", "are dated before what had been said already"),
    "possible waits": ("sont perdus après une attente impossible", "are lost after an impossible wait"),
}


def of_law(name: str, law: Law, breaks: int, calls: int, score: float) -> Evidence:
    """Return what a law's breach is: `breaks` of so many calls (or events)."""
    french, english = BREAKS[name]
    share = breaks / calls if calls else None
    return Evidence(
        name, share, law.usual, round(score, 2), f"{breaks} sur {calls} {french}", f"{breaks} of {calls} {english}"
    )


def of_rate(seen: Slot, usual: Usual, score: float) -> Evidence:
    """Return what the rate itself says."""
    rate = seen.lost / seen.offered if seen.offered else 0.0
    expected = usual.lost / seen.offered if seen.offered else 0.0
    return Evidence(
        "lost rate",
        round(rate, 4),
        round(expected, 4),
        round(score, 2),
        f"{rate:.2%} d'appels perdus ({seen.lost} sur {seen.offered}), {expected:.2%} attendus",
        f"{rate:.2%} of calls lost ({seen.lost} of {seen.offered}), {expected:.2%} expected",
    )


def of_silence(expected: float) -> Evidence:
    """Return what the silence of an open line says."""
    return Evidence(
        "silence",
        0.0,
        round(expected, 1),
        round(expected, 2),
        f"aucun appel alors que {expected:.0f} étaient attendus",
        f"no call, where {expected:.0f} were expected",
    )
