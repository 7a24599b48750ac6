"""The tables of held-out runs, in Markdown: the aims, then every situation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from statistics import median
from typing import Final

from benchmarks.detection.held_out.aims import AIMS, delay, moving, of_kind, shown, unmarked
from benchmarks.detection.held_out.families.catalogue import SITUATIONS
from benchmarks.detection.held_out.questions import Mode
from benchmarks.detection.held_out.run import Run
from benchmarks.detection.share import Share
from benchmarks.detection.words import table

FAR: Final = 0.05  # of the lost rate


def tables(runs: Sequence[Run]) -> str:
    """Return all tables of these runs, by mode of answering."""
    modes = dict.fromkeys(each.answers for each in runs)
    return "\n".join(_of_mode([each for each in runs if each.answers == mode], mode) for mode in modes)


def _of_mode(runs: Sequence[Run], mode: Mode) -> str:
    worlds, seeds = {each.world for each in runs}, {each.seed for each in runs}
    cost = sum(each.seconds for each in runs) / len(runs)
    return f"""## Answers: {mode}

{len(runs)} runs: {len(worlds)} worlds, {len(seeds)} seeds each; {cost:.1f} s of processing time a run.

{aims(runs, mode)}
{len(AIMS)} aims are looked at. Each has an exact 95 % interval; an aim is *shown* if its whole interval is within the
limit when the intervals of all aims hold together at 95 % (Bonferroni). The months of one run are alike, so intervals
over months are too narrow. Median delay of the faults that move the rate: {shown(delay(moving(runs)))} calls.

{estimates(runs)}

{situations(runs)}"""


def aims(runs: Sequence[Run], mode: Mode) -> str:
    """Return a row for each aim."""
    body = []
    for aim in AIMS:
        found, bound = aim.figure(runs), "at least" if aim.least else "at most"
        reached = ("-", "-") if found.value is None else aim.reached(found, mode)
        body.append((aim.says, found, f"{bound} {aim.limit(mode):.3g}", *reached))
    return table(("aim", "found [95 %]", "limit", "reached", "shown"), body)


def estimates(runs: Sequence[Run]) -> str:
    """Return what the figures that persons' answers estimate are worth, months and whole runs together."""
    figures = [each for run in runs for each in (*run.figures, run.whole)]
    few = sum(each.guard == "answers" for each in figures)
    found = [
        (abs(each.rate - each.true), each) for each in figures if each.method == "sample" and each.rate is not None
    ]
    errors = [100 * error for error, _ in found] or [0.0]
    return (
        f"Figures by method `sample`: {len(found)} published, off by {median(errors):.2f} points (median) and"
        f" {max(errors):.1f} (worst); off by more than {100 * FAR:.0f} points:"
        f" {Share.of(error > FAR for error, _ in found)}; the interval holds the true rate:"
        f" {Share.of(each.holds for _, each in found)}; withheld for too few answers: {few}."
    )


def situations(runs: Sequence[Run]) -> str:
    """Return a row for each situation, over worlds and seeds."""
    head = (
        *("situation", "moves, points", "reported", "calls", "doubted or reported", "false (kinds)", "overloads"),
        *("months judged", "withheld", "off", "unmarked", "interval holds", "months right: withheld", "whole run off"),
        "questions a run",
    )
    names = [name for name in SITUATIONS if any(each.situation == name for each in runs)]
    return table(head, [_row(name, [each for each in runs if each.situation == name]) for name in names])


def _row(name: str, runs: Sequence[Run]) -> tuple[object, ...]:
    faults = of_kind(runs, "fault")
    months = [month for each in runs for month in each.figures]
    # A month of a real change is right, and can still be published wrong.
    wrong = [each for each in months if each.wrong] if faults else months
    right = [each for each in months if not each.wrong] if faults else months
    published = [each for each in wrong if not each.withheld]
    whole = [each.whole for each in runs]
    kinds = Counter(kind for each in runs for kind in each.false)
    return (
        name,
        f"{sum(each.moves for each in faults) / len(faults):+.1f}" if faults else "",
        Share.of(each.told is not None for each in faults).short,
        shown(delay(faults)),
        Share.of(each.told is not None or each.doubted is not None for each in faults).short,
        ", ".join(f"{kind} {number}" for kind, number in kinds.most_common()) or 0,
        sum(each.overloads for each in runs),
        len(wrong),
        sum(each.withheld for each in wrong),
        Share.of(each.off for each in published).short,
        unmarked(published).short,
        Share.of(each.holds for each in published).short,
        Share.of(each.withheld for each in right).short,
        f"{sum(each.off for each in whole)} of {sum(not each.withheld for each in whole)}",
        f"{sum(each.questions for each in runs) / len(runs):.1f}",
    )
