"""The figures of a run, in words and tables: docs/detection-measured.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean, median
from typing import Final

from benchmarks.detection import prose, thresholds
from benchmarks.detection.cells import (
    CORRECTED,
    FALSE,
    FALSE_A_YEAR,
    FOUND,
    HOURLY,
    TAKEN,
    Cell,
    false_a_year,
    faults,
    figures,
    hourly,
    published,
    real,
)
from benchmarks.detection.cost import MOST, Cost
from benchmarks.detection.rivals.drift import NAMES, has_river
from benchmarks.detection.score import Score
from benchmarks.detection.targets import TARGETS, rows
from benchmarks.detection.tocsin import TOCSIN
from benchmarks.detection.words import median_of, share, table

ASKED: Final = ("target", "result", "even seeds", "odd seeds", "met")
NOTHING: Final = {"", "0", "0.00"}
BY_HOURS: Final = {"sound", "hanging", "real-losses", "overloads", "bank-sound"}


def page(measured: Sequence[Score], costs: Sequence[Cost], real_callers: str) -> str:
    """Return the whole report in Markdown; `real_callers` is a section of its own."""
    own = [each for each in measured if each.method == TOCSIN]
    parts = [
        prose.INTRODUCTION,
        _sizes(own),
        "## Targets\n",
        table(ASKED, [*rows(own, TARGETS), *_cost_rows(costs)]),
        prose.TARGETS.format(number=len(TARGETS) + 1),
        "## Scoring\n",
        prose.SCORES,
        *(part for name, (title, says) in prose.FAMILIES.items() for part in family(own, name, title, says)),
        "## Methods\n",
        methods(measured),
        prose.METHODS,
        *([] if has_river() else [f"{' and '.join(NAMES)} were left out, as river was not installed.\n"]),
        real_callers,
        prose.OWN,
        "## Cost of the watch\n",
        _costs(costs),
        prose.READING,
        thresholds.section(),
    ]
    return "\n".join(parts)


def family(own: Sequence[Score], name: str, title: str, says: str) -> list[str]:
    """Return what is shown of a family: what was told and corrected, and overload by hours."""
    these = [each for each in own if each.family == name]
    if not these:
        return []
    columns = {**(FOUND if faults(these) else {}), **(TAKEN if real(these) else {}), **FALSE}
    parts = [f"## {title}\n", says + "\n", by_kind(these, columns), _corrected(these)]
    if name in BY_HOURS and hourly(these):
        parts.append(by_kind([each for each in these if each.hours], HOURLY))
    if name == "hanging":
        parts.append(_persistence(these))
    if name == "faults":
        parts.append(_by_volume(these))
    return parts


def by_kind(these: Sequence[Score], cells: Mapping[str, Cell]) -> str:
    """Return a table with a row for each kind of scenario and one for all, without columns of zeros."""
    kinds = list(dict.fromkeys(each.what for each in these))
    of = {what: [each for each in these if each.what == what] for what in kinds}
    rows = {**of, **({"**all**": these} if len(of) > 1 else {})}
    columns = {name: [cell(some) for some in rows.values()] for name, cell in cells.items()}
    shown = {name: column for name, column in columns.items() if name == FALSE_A_YEAR or not NOTHING.issuperset(column)}
    runs = [len(some) for some in rows.values()]
    return table(("", "runs", *shown), zip(rows, runs, *shown.values(), strict=True))


def _corrected(these: Sequence[Score]) -> str:
    """Return the table of corrected figures; where each is raw and right there is nothing to show."""
    if all(each.method == "none" and each.error == 0 for each in figures(these)):
        return "Nothing was corrected, and every figure is right.\n"
    return by_kind(these, CORRECTED)


def methods(measured: Sequence[Score], *, prefix: str = "") -> str:
    """Return what each method found, and what it cost in false alarms, in the families of a prefix."""
    body = []
    for method in dict.fromkeys(each.method for each in measured):
        own = [each for each in measured if each.method == method]
        hurt = [each for each in faults(own) if each.family == f"{prefix}faults"]
        befallen = real(own)
        body.append(
            (
                f"**{method}**" if method == TOCSIN else method,
                share(each.found for each in hurt),
                median_of(each.calls for each in hurt),
                median_of((each.opening_days for each in hurt), 2),
                *(
                    ()
                    if prefix
                    else (
                        share(each.found for each in faults(own) if each.family == "early"),
                        false_a_year([each for each in own if each.family == "hanging"]),
                        share(each.found for each in befallen),
                    )
                ),
                false_a_year([each for each in own if each.family == f"{prefix}sound"]),
                false_a_year([each for each in own if each.family == f"{prefix}faults"]),
            )
        )
    more = (
        ()
        if prefix
        else (
            "found of those from the first day",
            "false a year, correlated days",
            "real losses and overloads called miscount",
        )
    )
    return table(
        ("", "faults found", "calls", "opening days", *more, "false a year, sound", "false a year, around faults"), body
    )


def _sizes(own: Sequence[Score]) -> str:
    sound = [each for each in own if not each.fault and not real([each])]
    return (
        f"This run: {sum(each.years for each in sound):.0f} sound line-years, {len(faults(own))} faults, "
        f"{len(real(own))} real losses and overloads, and {len(published(own))} corrected figures published.\n"
    )


def _cost_rows(costs: Sequence[Cost]) -> list[tuple[str, ...]]:
    if not costs:
        return []
    first = costs[0]
    says = f"the watch's share of processing time, at {first.calls_a_day} calls a day: at most {MOST:.0%}"
    return [(says, f"{first.watch:.0%}", "-", "-", "yes" if first.watch <= MOST else "**no**")]


def _costs(costs: Sequence[Cost]) -> str:
    body = [(each.calls_a_day, f"{each.events:,}", f"{each.watch:.0%}", f"{each.microseconds:.1f}") for each in costs]
    return (
        "`Line.fold` with its watch against the same with an idle watch, alternating, median of several rounds.\n\n"
        + table(("calls a day", "events", "of processing time", "µs an event, this machine"), body)
    )


def _persistence(these: Sequence[Score]) -> str:
    body = []
    for volume in sorted({each.volume for each in these}):
        lines = [each for each in these if each.volume == volume and each.persistence is not None]
        seen = [each.persistence for each in lines if each.persistence is not None]
        lags = [each.lag for each in seen if each.lag is not None]
        years = sum(each.years for each in lines)
        body.append(
            (
                f"here, {volume} calls a day",
                f"{median(lags):.2f}" if lags else "-",
                f"{fmean(each.far for each in seen):.1%}",
                f"{sum(each.runs for each in seen) / years:.1f}",
            )
        )
    # 28 lines, 24 November 2025 to 5 April 2026, day totals as a public dashboard has them.
    body.append(("NHS 111, 28 lines in 133 days", "0.43 (0.19 without the trend)", "18.6%", "1.7"))
    head = ("", "correlation of two days in a row", "days above twice the median", "runs of five of them, a line-year")
    return table(head, body)


def _by_volume(these: Sequence[Score]) -> str:
    volumes = sorted({each.volume for each in these})
    of = {volume: [each for each in these if each.volume == volume] for volume in volumes}
    body = [(volume, len(some), *(cell(some) for cell in FOUND.values())) for volume, some in of.items()]
    return table(("calls a day", "runs", *FOUND), body)
