"""The figures of a run, in words and tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import inf, isfinite
from statistics import median
from typing import Final

from benchmarks.detection.methods import NEEDS_RIVER, TOCSIN
from benchmarks.detection.prose import INTRODUCTION, READING
from benchmarks.detection.score import Score
from benchmarks.detection.tables import table
from benchmarks.detection.targets import targets
from benchmarks.detection.thresholds import section
from streams.simulation.overload import CAUSES

SOUND: Final = "sound"


def report(measured: Sequence[Score], costs: Mapping[int, tuple[int, float, float]], *, river: bool) -> str:
    """Return the whole report in Markdown."""
    own = [each for each in measured if each.method == TOCSIN]
    parts = [INTRODUCTION, _sizes(own)]
    if not river:
        parts.append(f"{' and '.join(NEEDS_RIVER)} were left out, as river was not installed.\n")
    parts += [
        "## What was asked, and what was reached\n",
        table(("asked", "seen", "even seeds", "odd seeds", "reached"), targets(own)),
        "## By method\n",
        _by_method(measured),
        "## By mechanism\n",
        _by_mechanism(measured),
        "## By volume\n",
        _by_volume(own),
        "## Sound lines under Tocsin\n",
        _sound(own),
        "## Real overloads\n",
        _overloads(own),
        "## What the watch costs\n",
        _cost(costs),
        READING,
        section(),
    ]
    return "\n".join(parts)


def share(flags: Iterable[bool]) -> str:
    """Return the share of flags that are set, in percent."""
    every = list(flags)
    return f"{sum(every) / len(every):.0%}" if every else "-"


def median_of(delays: Iterable[float | None], digits: int = 0) -> str:
    """Return the median of delays, where None stands for never."""
    every = [inf if each is None else each for each in delays]
    if not every:
        return "-"
    half = median(every)
    return f"{half:.{digits}f}" if isfinite(half) else "never"


def rate(scores: Sequence[Score], number: int) -> str:
    """Return a number of something as so many a line-year."""
    years = sum(each.years for each in scores)
    return f"{number / years:.2f}" if years else "-"


def faults(scores: Iterable[Score]) -> list[Score]:
    """Return the scores of faults that changed anything."""
    return [each for each in scores if each.works and each.what not in CAUSES]


def overloads(scores: Iterable[Score]) -> list[Score]:
    """Return the scores of real overloads."""
    return [each for each in scores if each.what in CAUSES]


def _sizes(own: Sequence[Score]) -> str:
    sound = [each for each in own if each.what == SOUND]
    return (
        f"This run: {sum(each.years for each in sound):.0f} line-years without a fault, {len(faults(own))} faults, "
        f"{len(overloads(own))} overloads ({sum(each.strong for each in own)} of them strong: callers truly lost over "
        f"three times as often as usual), and {sum(each.years for each in own if each.what != SOUND):.0f} line-years "
        "before and after those.\n"
    )


def _by_method(measured: Sequence[Score]) -> str:
    rows = []
    for method in dict.fromkeys(each.method for each in measured):
        own = [each for each in measured if each.method == method]
        sound = [each for each in own if each.what == SOUND]
        around = [each for each in own if each.what != SOUND]
        hurt = faults(own)
        rows.append(
            (
                f"**{method}**" if method == TOCSIN else method,
                share(each.found for each in hurt),
                share(each.found and each.named for each in hurt) if method == TOCSIN else "-",
                median_of(each.calls for each in hurt),
                median_of((each.opening_days for each in hurt), 2),
                rate(sound, sum(each.false for each in sound)),
                rate(around, sum(each.false for each in around)),
                share(each.found for each in overloads(own)),
            )
        )
    head = ("method", "faults found", "by a kind that fits", "median delay, calls", "opening days")
    return table(
        (*head, "false a sound line-year", "false a line-year around faults", "overloads taken for a fault"), rows
    )


def _by_mechanism(measured: Sequence[Score]) -> str:
    hurt = faults(measured)
    methods = [method for method in dict.fromkeys(each.method for each in measured) if method != TOCSIN]
    rows = []
    for what in sorted({each.what for each in hurt}):
        own = [each for each in hurt if each.what == what and each.method == TOCSIN]
        rows.append(
            (
                what,
                len(own),
                share(each.found for each in own),
                share(each.found and each.named for each in own),
                median_of(each.calls for each in own),
                median_of((each.opening_days for each in own), 2),
                *(
                    share(each.found for each in hurt if each.what == what and each.method == other)
                    for other in methods
                ),
            )
        )
    head = ("mechanism", "played", "found", "by a kind that fits", "median calls", "opening days")
    return "The last columns give the share that the others found.\n\n" + table((*head, *methods), rows)


def _by_volume(own: Sequence[Score]) -> str:
    rows = []
    for volume in sorted({each.volume for each in own}):
        hurt = faults(each for each in own if each.volume == volume)
        rows.append(
            (
                volume,
                len(hurt),
                share(each.found for each in hurt),
                share(each.found and each.named for each in hurt),
                median_of(each.calls for each in hurt),
                median_of((each.opening_days for each in hurt), 2),
            )
        )
    head = ("calls a day", "faults", "found", "by a kind that fits", "median calls", "opening days")
    return table(head, rows)


def _sound(own: Sequence[Score]) -> str:
    rows = []
    sound = [each for each in own if each.what == SOUND]
    # A scenario's name ends in its volume, rate, correlation and seed.
    for kind in sorted(
        {each.scenario.split(" #")[0] for each in sound}, key=lambda kind: (len(kind.split("/")[0]), kind)
    ):
        these = [each for each in sound if each.scenario.split(" #")[0] == kind]
        _, calls, expected, icc = kind.split()
        rows.append(
            (
                calls.split("/")[0],
                f"{float(expected):.2%}",
                icc,
                f"{sum(each.years for each in these):.0f}",
                sum(each.false for each in these),
                rate(these, sum(each.rushes for each in these)),
                share(
                    [True] * sum(each.real for each in these) + [False] * sum(each.rushes - each.real for each in these)
                ),
                rate(these, sum(each.undecided for each in these)),
            )
        )
    head = ("calls a day", "lost", "correlation", "line-years", "false miscounts", "overloads a year")
    return table((*head, "begun on a truly bad day", "undecided a year"), rows)


def _overloads(own: Sequence[Score]) -> str:
    rows = []
    for what in CAUSES:
        for strong in (False, True):
            these = [each for each in own if each.what == what and each.strong == strong]
            if these:
                rows.append(
                    (
                        what,
                        "strong" if strong else "mild",
                        len(these),
                        share(each.overload for each in these),
                        sum(each.found for each in these),
                    )
                )
    return table(("overload", "truly", "played", "called overload", "called miscount"), rows)


def _cost(costs: Mapping[int, tuple[int, float, float]]) -> str:
    rows = [
        (calls, f"{events:,}", f"{of_fold:.0%}", f"{1 / (1 - of_fold):.2f}", f"{each:.1f}")
        for calls, (events, of_fold, each) in costs.items()
    ]
    head = (
        "calls a day",
        "events",
        "of the fold's time",
        "times the fold without",
        "microseconds an event, this machine",
    )
    return (
        "`Line.fold` with its watch beside the same fold with an idle one, in turn, median of several rounds.\n\n"
        + table(head, rows)
    )
