"""What the checks say, in French and English, with their figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from streams.watch.corroboration import Check, Witness
from streams.watch.french import number, percent
from streams.watch.incident import Evidence
from streams.watch.laws import Law
from streams.watch.review import DECLARED, OF_OFFICE
from streams.watch.slot import Slot
from streams.watch.usual import Usual
from streams.watch.written_day import both

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


GAPS: Final[dict[str, tuple[str, str]]] = {
    "no losses": ("perdu", "lost"),
    "no short losses": ("perdu en moins de 10 s", "lost within 10 s"),
    "no diverted": ("dévié", "diverted"),
}


def of_gap(cause: str, expected: float, score: float, day: int) -> Evidence:
    """Return what it says that no call of a sort has come since a local day (as an ordinal)."""
    french, english = GAPS[cause]
    le, since = both(day)
    return Evidence(
        cause,
        0.0,
        round(expected, 1),
        round(score, 2),
        f"aucun appel {french} depuis le {le}, alors que {expected:.0f} étaient attendus",
        f"no call {english} since {since}, where {expected:.0f} were expected",
    )


HOURS_OFF: Final[dict[int, tuple[str, str]]] = {
    -2: ("retardait de deux heures", "two hours behind"),
    -1: ("retardait d'une heure", "an hour behind"),
    1: ("avançait d'une heure", "an hour ahead"),
    2: ("avançait de deux heures", "two hours ahead"),
}


def of_clock(hours: int, score: float, day: int) -> Evidence:
    """Return what it says that calls come as if the clock were hours ahead (or behind) since a local day."""
    french, english = HOURS_OFF[hours]
    le, since = both(day)
    return Evidence(
        "hours of calls",
        hours,
        0.0,
        round(score, 2),
        f"depuis le {le}, les appels arrivent comme si l'horloge {french}",
        f"since {since}, calls come as if the clock were {english}",
    )


def of_law(name: str, law: Law, breaks: int, calls: int, score: float) -> Evidence:
    """Return what the breach of a law says: `breaks` of the `calls` (or events) broke it."""
    french, english = BREAKS[name]
    share = breaks / calls if calls else None
    return Evidence(
        name, share, law.usual, round(score, 2), f"{breaks} sur {calls} {french}", f"{breaks} of {calls} {english}"
    )


def _lost_rate(seen: Slot) -> float:
    return seen.lost / seen.offered if seen.offered else 0.0


def of_rate(seen: Slot, usual: Usual, score: float) -> Evidence:
    """Return what the rate itself says."""
    rate = _lost_rate(seen)
    expected = usual.lost / seen.offered if seen.offered else 0.0
    return Evidence(
        "lost rate",
        round(rate, 4),
        round(expected, 4),
        round(score, 2),
        f"{percent(rate, 2)} d'appels perdus ({seen.lost} sur {seen.offered}) ; d'ordinaire {percent(expected, 2)}",
        f"{rate:.2%} of calls lost ({seen.lost} of {seen.offered}), {expected:.2%} expected",
    )


def of_prior(seen: Slot, prior: float, times: float, score: float) -> Evidence:
    """Return what the guard of the prior says: the line loses more than so many times the configured rate."""
    rate = _lost_rate(seen)
    return Evidence(
        "configured rate",
        round(rate, 4),
        round(prior, 4),
        round(score, 2),
        f"{percent(rate, 2)} d'appels perdus, plus de {times:.0f} fois le taux configuré de {percent(prior, 2)}",
        f"{rate:.2%} of calls lost, over {times:.0f} times the configured rate of {prior:.2%}",
    )


_DIGITS: Final[Mapping[Check, int]] = {
    "wait law": 1,
    "waits of the lost": 1,
    "call-backs": 3,
    "lost at once": 3,
    "arrivals": 2,
    "refused": 3,
    "bursts": 2,
    "talk": 1,
}


def of_witness(seen: Witness) -> Evidence:
    """Return what a witness says; its score is the one against an overload."""
    digits = _DIGITS[seen.check]
    observed, expected = round(seen.observed, digits), round(seen.expected, digits)
    return Evidence(seen.check, observed, expected, seen.no_overload, *_words(seen))


def _words(seen: Witness) -> tuple[str, str]:
    """Return a witness's sentence, in French and English."""
    now, usual = seen.observed, seen.usual
    match seen.check:
        case "wait law":
            french = f"attente moyenne avant réponse {now:.0f} s (d'ordinaire {usual:.0f} s) ; "
            french += f"pour perdre autant d'appels, il faudrait qu'elle soit de {seen.expected:.0f} s"
            english = f"mean wait for an answer {now:.0f} s (usually {usual:.0f} s); "
            english += f"such losses would take {seen.expected:.0f} s"
        case "waits of the lost":
            french = f"les perdus ont attendu {now:.0f} s ; d'ordinaire {usual:.0f} s"
            english = f"the lost had waited {now:.0f} s; usually {usual:.0f} s"
        case "call-backs":
            french = f"{percent(now)} des appelants perdus rappellent dans la demi-heure ; d'ordinaire {percent(usual)}"
            english = f"{now:.0%} of the lost call again within half an hour; usually {usual:.0%}"
        case "lost at once":
            french = f"{percent(now)} des appels perdus n'ont pas attendu ; d'ordinaire {percent(usual)}"
            english = f"{now:.0%} of the lost calls never waited; usually {usual:.0%}"
        case "arrivals":
            french = f"{number(now, 2)} fois le nombre d'appels prévu, pertes inhabituelles non comprises"
            english = f"{now:.2f} times as many calls as expected, the losses beyond the usual left out"
        case "refused":
            french = f"selon le central, {percent(now)} des appels perdus ont été refusés, faute de ligne ou d'agent"
            english = f"the switch says that it refused {now:.0%} of the lost calls, for want of a line or an agent"
        case "bursts":
            french = f"d'une heure à l'autre, les pertes varient {number(now, 1)} fois plus que par hasard"
            english = f"from hour to hour, losses vary {now:.1f} times as much as by chance"
        case "talk":
            french = f"conversation moyenne {now:.0f} s ; d'ordinaire {usual:.0f} s"
            english = f"mean conversation {now:.0f} s; usually {usual:.0f} s"
    return french, english


_TOTALS: Final = {
    "offered": ("appels reçus", "calls offered"),
    "answered": ("appels répondus", "calls answered"),
    "lost": ("appels perdus", "calls lost"),
}


def of_counter(kind: str, total: str | None, by: int, day: int, hour: int) -> Evidence:
    """Return what a line's counter says since a local day (as an ordinal) and hour.

    `by` is how many calls the counter has beyond the events. For a `reset` it is how far the counter fell; without a
    total, the milliseconds that no reading covers.
    """
    le, since = both(day)
    french, english = f"depuis le {le}, {hour} h", f"since {since}, {hour}:00"
    if total is None:
        return Evidence(
            "readings",
            by,
            0.0,
            0.0,
            f"{french}, {by // 60_000} min ne sont couvertes par aucun relevé",
            f"{english}, no reading covers {by // 60_000} min",
        )
    nom, noun = _TOTALS[total]
    said, says = {
        "reset": (f"a reculé de {-by}", f"fell by {-by}"),
        "stuck": (f"est figé, à {by:+} des événements", f"stands still, {by:+} from the events"),
        "missing": (f"avance de {by:+} sans aucun événement", f"grew by {by:+} without any event"),
        "mismatch": (f"s'écarte de {by:+} des événements", f"is {by:+} from the events"),
    }[kind]
    return Evidence(
        f"counter of {noun}",
        by,
        0.0,
        0.0,
        f"{french}, le compteur des {nom} {said}",
        f"{english}, the counter of {noun} {says}",
    )


_SECOND: Final[Mapping[str, tuple[str, str]]] = {
    "only there": ("appels que seul le second relevé connaît", "calls that the second record alone has"),
    "only here": ("appels que le second relevé n'a pas", "calls that the second record does not have"),
    "answered there": (
        "appels comptés perdus, répondus selon le second relevé",
        "calls counted as lost, answered by the second record",
    ),
    "told otherwise": (
        "appels dont le second relevé dit autre chose",
        "calls of which the second record says something else",
    ),
}


def of_second_record(cause: str, calls: list[str], source: str) -> Evidence:
    """Return what the line's witness says, by the calls on which it differs."""
    french, english = _SECOND[cause]
    number = len(calls)
    return Evidence(
        "second record",
        float(number),
        0.0,
        float(number),
        f"{number} {french} ({source})",
        f"{number} {english} ({source})",
        calls,
    )


def of_declaration(by: str, note: str) -> Evidence:
    """Return what a person said who declared an incident; a note that is kept apart is not said."""
    fr, en = (f" : {note}", f": {note}") if note else ("", "")
    return Evidence(DECLARED, None, None, 0.0, f"déclaré par {by}{fr}", f"declared by {by}{en}")


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


def of_office(why: str) -> Evidence:
    """Return what it says that no line of the office hears a call."""
    said, says = {
        "closed": ("tous les services muets : fermé ?", "all lines silent: closed, or the feed is down?"),
        "feed": (
            "tous les services muets : central ou flux coupé ?",
            "all lines silent: exchange or feed down?",
        ),
    }[why]
    return Evidence(OF_OFFICE, None, None, 0.0, said, says)
