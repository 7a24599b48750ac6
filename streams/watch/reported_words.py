"""What the checks of a counter's readings say, in French and English, with their figures."""

from __future__ import annotations

from streams.checks.day_rate import RateChange
from streams.checks.parts import PartsState
from streams.checks.repeats import RepeatedBlock
from streams.watch.french import number, percent
from streams.watch.incident import Evidence
from streams.watch.written_day import both


def of_parts(state: PartsState) -> Evidence:
    """Return what it says that parts exceed their whole, and which figure the right arithmetic gives."""
    answered, lost = state.answered, state.lost
    rate = lost / (answered + lost)
    told = (
        (
            f"{number(answered)} décrochés et {number(lost)} perdus pour {number(state.offered)} reçus "
            f"({state.readings} relevés)"
        ),
        f"{answered:,} answered and {lost:,} lost of {state.offered:,} offered ({state.readings} readings)",
    )
    right: float | None = None
    if state.summed == "lost":
        right = (lost - answered) / lost
        why = (
            (
                "la colonne prise pour les perdus est la somme des décrochés et des perdus : "
                f"{number(lost)} - {number(answered)} = {number(lost - answered)} perdus, soit {percent(right, 2)}"
            ),
            (
                "the column taken for lost is the sum of answered and lost: "
                f"{lost:,} - {answered:,} = {lost - answered:,} lost, which is {right:.2%}"
            ),
        )
    elif state.summed == "answered":
        right = lost / state.offered
        why = (
            (
                "la colonne prise pour les décrochés est la somme des décrochés et des perdus : "
                f"{number(answered)} - {number(lost)} = {number(answered - lost)} décrochés, soit {percent(right, 2)} "
                f"de perdus ; ou celle des reçus n'a que les décrochés : {percent(rate, 2)}"
            ),
            (
                "the column taken for answered is the sum of answered and lost: "
                f"{answered:,} - {lost:,} = {answered - lost:,} answered, which is {right:.2%} lost; "
                f"or the column taken for offered holds the answered alone: {rate:.2%}"
            ),
        )
    else:
        why = (
            "aucune somme de deux colonnes ne l'explique : une autre définition ?",
            "no sum of two columns explains it: another definition?",
        )
    return Evidence(
        "parts of the whole",
        round(rate, 4),
        None if right is None else round(right, 4),
        0.0,
        f"{told[0]} : {why[0]}",
        f"{told[1]}: {why[1]}",
    )


def of_block(found: RepeatedBlock, first: int, before: int) -> Evidence:
    """Return what it says that readings since a local day are those since an earlier one (both as ordinals)."""
    (le, since), (du, then) = both(first), both(before)
    return Evidence(
        "same block",
        found.length,
        0.0,
        round(found.weight, 2),
        f"{found.length} relevés de suite, depuis le {le}, répètent ceux du {du} chiffre pour chiffre",
        f"{found.length} readings in a row since {since} repeat those of {then} figure by figure",
    )


def of_days(change: RateChange) -> Evidence:
    """Return what it says that days lose another share of their calls than such days usually do."""
    rate, usual = change.lost / change.offered, change.usual_lost / change.offered
    le, since = both(change.since)
    return Evidence(
        "lost rate of days",
        round(rate, 4),
        round(usual, 4),
        round(change.score, 2),
        (
            f"depuis le {le}, {percent(rate, 2)} d'appels perdus ({number(change.lost)} sur "
            f"{number(change.offered)}, {change.days} jours) ; d'ordinaire {percent(usual, 2)}"
        ),
        (
            f"since {since}, {rate:.2%} of calls lost ({change.lost:,} of {change.offered:,}, {change.days} days), "
            f"{usual:.2%} expected"
        ),
    )


def of_arrivals(times: float) -> Evidence:
    """Return what the number of calls says, the losses beyond the usual left out."""
    return Evidence(
        "arrivals",
        round(times, 2),
        1.0,
        0.0,
        f"{number(times, 2)} fois le nombre d'appels prévu, pertes inhabituelles non comprises",
        f"{times:.2f} times as many calls as expected, the losses beyond the usual left out",
    )
