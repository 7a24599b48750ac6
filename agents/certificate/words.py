"""The sentences of a certificate, in the chosen language. They also name the checks that were not made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from agents.analysis.written import number
from agents.certificate.certificate import CallsUsed, CertifiedLine, CertifiedSample, Untried
from agents.pages.checks import sentences as of_checks
from agents.pages.checks import share
from agents.pages.withheld import withheld
from agents.translation import counted, semicolon, spoken_language, text
from agents.writing import Writing
from streams.certificate.sensitivity import HORIZONS, Size, Smallest
from streams.said import Said, said

REFERENCE: Final = "answered-as-lost-silently"  # the most frequent cause of a wrong published rate

FAULTS: Final[Mapping[str, Said]] = {
    "answered-as-lost-silently": said("answered calls counted as lost, with no other sign"),
    "lost-again": said("lost calls counted several times"),
    "phantoms": said("phantom calls, with no wait"),
    "short-counted": said("callers who hang up within 5 s counted as lost"),
    "answered-missing": said("answered calls missing from the record"),
    "diverted-as-lost": said("diverted calls counted as lost"),
    "lost-missing": said("lost calls missing from the record"),
    "short-dropped": said("calls lost within a few seconds left out"),
    "ends-missing": said("ends of calls missing from the record"),
    "answered-as-lost": said("answered calls counted as lost, although the record shows the end of the talk"),
    "legs-as-lost": said("agents' ringing legs counted as lost"),
    "redialled": said("redialling machines counted"),
}
UNTRIED: Final[Mapping[Untried, Said]] = {
    "not kept": said(
        "Not tried, because they show only in callers and conversations, which need the events (--events)"
    ),
    "not told": said("Not tried, because they show only in callers and conversations, which this record lacks"),
    "days": said("Not tried, because there are too few starting days without a miscount"),
    "time": said("Not tried, because the time limit was reached (--limit)"),
}


def figure(line: CertifiedLine, zone: ZoneInfo) -> str:
    """Return the certified figure: the corrected rate beside the raw one, or why the rate is withheld."""
    raw, corrected = percent(line.raw.value or 0.0), percent(line.corrected.value or 0.0)
    if line.guard is not None:
        why = withheld(line.guard, line.coverage, zone, spoken_language())
        return text("{raw} of calls counted as lost; {why}", raw=raw, why=why)
    if line.method == "none":
        return text("{raw} of calls lost, no correction", raw=raw)
    return text("{corrected} of calls lost, corrected (counted: {raw})", corrected=corrected, raw=raw)


def percent(of: float) -> str:
    """Return a lost rate as text; only exactly 0 and 1 are written as 0% and 100%."""
    return share(of, spoken_language(), 2)


def sentences(line: CertifiedLine) -> list[str]:
    """Return the sentences that a reader should see first."""
    return [*of_checks(line.checks, spoken_language()), of_faults(line), *of_samples(line)]


def points(moved: float) -> str:
    """Return a difference of rates in points; a small difference is never rounded to 0.

    >>> points(0.0486), points(-0.0001)
    ('+4.9 points', '\u22120.01 points')
    """
    sign = "+" if moved >= 0 else "\u2212"
    return f"{sign}{_points(abs(moved) * 100, 1 if abs(moved) >= 0.001 else 2)}"  # noqa: PLR2004 -- a tenth of a point


def bound(of: float) -> str:
    """Return a bound in points, rounded up."""
    return _points(-(-of * 10_000 // 1) / 100, 2)


def _points(of: float, digits: int) -> str:
    shown = round(of, digits)
    return counted("{points} point", "{points} points", shown, points=number(shown, digits))


def worst(fault: Smallest) -> str:
    """Return how far the largest tried fault moves the rate, and for how many starting days it is detected."""
    return text(
        "{points}; {told} of {starts} days",
        points=points(fault.worst.points),
        told=fault.worst_told,
        starts=fault.starts,
    )


def untried(line: CertifiedLine) -> list[str]:
    """Return the faults that were not tried, by reason."""
    return [
        text("{why}: {faults}.", why=why, faults=semicolon().join(names))
        for reason, why in UNTRIED.items()
        if (names := [text(FAULTS[name]) for name, given in line.untried.items() if given == reason])
    ]


def interval(line: CertifiedLine) -> str | None:
    """Return the interval of the published rate; None if it has none."""
    low, high = line.corrected.low, line.corrected.high
    if low is None or high is None:
        return None
    return text("The true rate lies between {low} and {high} (interval at 95%).", low=percent(low), high=percent(high))


def size(of: Size | None) -> str:
    return text("never for certain") if of is None else points(of.points)


def unseen(faults: Sequence[Smallest]) -> list[Smallest]:
    """Return the faults for which no size is certain to be detected."""
    return [each for each in faults if each.told[HORIZONS[-1]] is None]


def of_faults(line: CertifiedLine) -> str:
    """Return one sentence on which faults would have been detected, and which not."""
    known = {each.mechanism: each for each in line.faults}
    if REFERENCE not in known:
        return text("No fault was tried on this line.")
    soon, later = (known[REFERENCE].told[within] for within in HORIZONS)
    days, more = HORIZONS
    if later is None:
        sentence = text("Answered calls counted as lost are not certain to be detected at any size.")
    elif soon is None:
        sentence = text(
            "Answered calls counted as lost would have been detected within {more} opening days if they moved the rate "
            "by {later} or more.",
            more=more,
            later=_plain(later),
        )
    else:
        sentence = text(
            "Answered calls counted as lost would have been detected within {more} opening days if they moved the rate "
            "by {later} or more, and within {days} if they moved it by {soon} or more.",
            more=more,
            later=_plain(later),
            days=days,
            soon=_plain(soon),
        )
    hidden = [text(FAULTS[each.mechanism]) for each in unseen(line.faults) if each.mechanism != REFERENCE]
    if not hidden:
        return sentence
    never = text("Not certain to be detected at any size: {faults}.", faults=semicolon().join(hidden))
    return f"{sentence} {never}"


def of_samples(line: CertifiedLine) -> list[str]:
    """Return the sentences on persons' checks of drawn calls."""
    found = [] if line.sample is None else [of_sample(line, line.sample)]
    if line.asked is not None:
        found.append(of_asked(line.asked))
    return found or [text("No calls were checked by a person.")]


def of_asked(sample: CertifiedSample) -> str:
    """Return one sentence on the calls that were drawn regularly."""
    result = sample.result
    return text(
        "People checked {checked} calls that are drawn regularly, risky ones more often: {wrong} counted wrong, "
        "{unknown} without an answer. If these calls represent the whole period, the counted rate is too high by at "
        "most {high}, and too low by at most {low} (each bound at 5%).",
        checked=number(result.checked),
        wrong=number(result.wrong),
        unknown=number(result.unknown),
        high=bound(result.high),
        low=bound(-result.low),
    )


def of_sample(line: CertifiedLine, sample: CertifiedSample) -> str:
    """Return one sentence on a person's check of the calls that were drawn for this certificate."""
    result = sample.result
    writing = Writing(spoken_language())
    first, last = (writing.day(date.fromisoformat(each)) for each in (sample.first, sample.last))
    return text(
        "A person checked {checked} calls, drawn from {calls} of the {every} counted from {first} to "
        "{last}: {wrong} counted wrong, {unknown} without an answer. Outside the known miscounts, the "
        "rate is right to within {bound} (two one-sided tests at 5%).",
        checked=number(result.checked),
        calls=number(sample.calls),
        every=number(line.raw.whole or 0),
        first=first,
        last=last,
        wrong=number(result.wrong),
        unknown=number(result.unknown),
        bound=bound(result.within),
    )


def of_calls(calls: CallsUsed, starts: int) -> str:
    """Return which calls the faults were put into, and how many starting days were tried."""
    if calls.source == "ledger":
        return text(
            "Each fault was put into the line's own days, from {starts} starting days without a miscount, "
            "using the ledger's {calls} calls. The ledger has them by quarter-hour, without callers and "
            "conversations, so faults are harder to detect.",
            starts=starts,
            calls=number(calls.calls),
        )
    return text(
        "Each fault was put into the line's own days, from {starts} starting days without a miscount, "
        "using the events of {calls} calls; the ledger counts {counted}.",
        starts=starts,
        calls=number(calls.calls),
        counted=number(calls.counted),
    )


def _plain(of: Size) -> str:
    return points(of.points).lstrip("+")
